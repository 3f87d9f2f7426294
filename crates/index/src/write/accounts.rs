//! Accounts, pools, wallets, positions.

use super::{Writer, get, put};
use crate::rows::{AccountRow, EventKind, EventRow, PoolRow, WalletRow};
use crate::{Facts, IndexError, key};

impl Writer<'_> {
    /// Writes accounts that are newer than their known state.
    pub(super) fn accounts(&mut self, facts: &Facts, is_first: bool) -> Result<(), IndexError> {
        for account in &facts.accounts {
            self.account(account)?;
        }
        for pool in &facts.pools {
            let is_new = self.pool(pool)?;
            if is_new && !is_first {
                let mut event = EventRow::new(EventKind::POOL_OPENED, facts.block.at);
                event.account = Some(pool.address.clone());
                event.owner = Some(pool.owner.clone());
                self.event(event)?;
            }
        }
        for wallet in &facts.wallets {
            let is_new = self.wallet(wallet)?;
            if is_new && !is_first {
                let mut event = EventRow::new(EventKind::WALLET_OPENED, facts.block.at);
                event.account = Some(wallet.address.clone());
                event.owner = Some(wallet.owner.clone());
                self.event(event)?;
            }
        }
        Ok(())
    }

    fn account(&mut self, row: &AccountRow) -> Result<(), IndexError> {
        let own = key::address(&row.address);
        let known = get::<AccountRow>(&self.accounts, &own)?;
        match &known {
            Some(known) if known.last_lt > row.last_lt => return Ok(()),
            Some(known) if known.code_hash != row.code_hash => {
                if let Some(code) = &known.code_hash {
                    let old = key::by_code(code, &row.address);
                    self.accounts_by_code.remove(old.as_slice())?;
                }
            }
            Some(_) => {}
            None => self.count("accounts")?,
        }
        if let Some(code) = &row.code_hash {
            let by_code = key::by_code(code, &row.address);
            self.accounts_by_code
                .insert(by_code.as_slice(), [].as_slice())?;
        }
        put(&mut self.accounts, &own, row)
    }

    /// Writes a pool; returns whether it was unknown.
    fn pool(&mut self, row: &PoolRow) -> Result<bool, IndexError> {
        let own = key::address(&row.address);
        let known = get::<PoolRow>(&self.pools, &own)?;
        if let Some(known) = &known {
            if known.lt > row.lt {
                return Ok(false);
            }
            let old = key::by_stake(known.counted_nano, &row.address);
            self.pools_by_stake.remove(old.as_slice())?;
        } else {
            self.count("pools")?;
        }
        let by_stake = key::by_stake(row.counted_nano, &row.address);
        self.pools_by_stake
            .insert(by_stake.as_slice(), [].as_slice())?;
        let by_owner = key::pair(&row.owner, &row.address);
        self.pools_by_owner
            .insert(by_owner.as_slice(), [].as_slice())?;
        for consensus_key in [&row.key, &row.next_key].into_iter().flatten() {
            self.pool_by_key
                .insert(consensus_key.as_slice(), own.as_slice())?;
        }
        put(&mut self.pools, &own, row)?;
        Ok(known.is_none())
    }

    /// Writes a wallet; returns whether it was unknown.
    fn wallet(&mut self, row: &WalletRow) -> Result<bool, IndexError> {
        let own = key::address(&row.address);
        let known = get::<WalletRow>(&self.wallets, &own)?;
        if let Some(known) = &known {
            if known.lt > row.lt {
                return Ok(false);
            }
            for position in &known.positions {
                let old = key::pair(&position.root, &row.address);
                self.positions.remove(old.as_slice())?;
            }
        } else {
            self.count("wallets")?;
            let by_owner = key::pair(&row.owner, &row.address);
            self.wallets_by_owner
                .insert(by_owner.as_slice(), [].as_slice())?;
        }
        for position in &row.positions {
            let place = key::pair(&position.root, &row.address);
            put(&mut self.positions, &place, position)?;
        }
        put(&mut self.wallets, &own, row)?;
        Ok(known.is_none())
    }
}
