//! Pools, wallets, positions.

use tycho_types::cell::HashBytes;
use tycho_types::models::StdAddr;

use super::{Reader, address_after, rows};
use crate::rows::{PoolRow, PositionRow, WalletRow};
use crate::{IndexError, key, tables};

impl Reader {
    /// A pool.
    pub fn pool(&self, root: &StdAddr) -> Result<Option<PoolRow>, IndexError> {
        self.get(tables::POOLS, &key::address(root))
    }

    /// Pools, those with the most counted stake first, after a given one.
    pub fn pools(
        &self,
        after: Option<(u128, &StdAddr)>,
        limit: usize,
    ) -> Result<Vec<PoolRow>, IndexError> {
        let after = after.map(|(nano, root)| key::by_stake(nano, root));
        let after = after.as_ref().map(|key| key.as_slice());
        let found = self.ascending(tables::POOLS_BY_STAKE, &[], after, limit)?;
        let mut pools = Vec::with_capacity(found.len());
        for (key, _) in found {
            pools.extend(self.pool(&address_after(&key, 16)?)?);
        }
        Ok(pools)
    }

    /// Pools of a validator.
    pub fn pools_by_owner(
        &self,
        owner: &StdAddr,
        after: Option<&StdAddr>,
        limit: usize,
    ) -> Result<Vec<PoolRow>, IndexError> {
        let found = self.of(tables::POOLS_BY_OWNER, owner, after, limit)?;
        let mut pools = Vec::with_capacity(found.len());
        for (key, _) in found {
            pools.extend(self.pool(&address_after(&key, 33)?)?);
        }
        Ok(pools)
    }

    /// The pool that last had a consensus key.
    pub fn pool_by_key(&self, consensus_key: &HashBytes) -> Result<Option<PoolRow>, IndexError> {
        match self.raw(tables::POOL_BY_KEY, consensus_key.as_slice())? {
            Some(own) => self.get(tables::POOLS, &own),
            None => Ok(None),
        }
    }

    /// A wallet.
    pub fn wallet(&self, address: &StdAddr) -> Result<Option<WalletRow>, IndexError> {
        self.get(tables::WALLETS, &key::address(address))
    }

    /// Wallets by address.
    pub fn wallets(
        &self,
        after: Option<&StdAddr>,
        limit: usize,
    ) -> Result<Vec<WalletRow>, IndexError> {
        let after = after.map(key::address);
        let after = after.as_ref().map(|key| key.as_slice());
        rows(self.ascending(tables::WALLETS, &[], after, limit)?)
    }

    /// Wallets of an owner, on any chain.
    pub fn wallets_by_owner(
        &self,
        owner: &StdAddr,
        after: Option<&StdAddr>,
        limit: usize,
    ) -> Result<Vec<WalletRow>, IndexError> {
        let found = self.of(tables::WALLETS_BY_OWNER, owner, after, limit)?;
        let mut wallets = Vec::with_capacity(found.len());
        for (key, _) in found {
            wallets.extend(self.wallet(&address_after(&key, 33)?)?);
        }
        Ok(wallets)
    }

    /// Positions with a Root, each with its wallet's address.
    pub fn positions(
        &self,
        root: &StdAddr,
        after: Option<&StdAddr>,
        limit: usize,
    ) -> Result<Vec<(StdAddr, PositionRow)>, IndexError> {
        let found = self.of(tables::POSITIONS, root, after, limit)?;
        let read = |(key, value): &super::Entry| {
            Ok((address_after(key, 33)?, postcard::from_bytes(value)?))
        };
        found.iter().map(read).collect()
    }

    fn of(
        &self,
        table: super::Bytes,
        first: &StdAddr,
        after: Option<&StdAddr>,
        limit: usize,
    ) -> Result<Vec<super::Entry>, IndexError> {
        let after = after.map(|second| key::pair(first, second));
        let after = after.as_ref().map(|key| key.as_slice());
        self.ascending(table, &key::address(first), after, limit)
    }
}
