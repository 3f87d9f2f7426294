//! Pools, wallets, positions.

use serde::{Deserialize, Serialize};
use tycho_types::cell::HashBytes;
use tycho_types::models::StdAddr;

/// Value of one coin that was staked before a slash: `numerator / denominator`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceRow {
    /// Remaining coins of `denominator`.
    pub numerator_nano: u128,
    /// Coins before the slash.
    pub denominator_nano: u128,
}

impl PriceRow {
    /// Returns the loss of the coins before the slash.
    pub fn lost_nano(&self) -> u128 {
        self.denominator_nano.saturating_sub(self.numerator_nano)
    }
}

/// A DePool Root: one validator's pool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PoolRow {
    /// Its address.
    pub address: StdAddr,
    /// Account of the validator's owner.
    pub owner: StdAddr,
    /// Seconds from Lock until a stake may leave.
    pub lock_period: u32,
    /// Seconds from unstake until coins are free.
    pub unlock_period: u32,
    /// Smallest stake that it accepts.
    pub min_stake_nano: u128,
    /// Distinguishes Roots of one owner.
    pub nonce: u64,
    /// The key that counts.
    pub key: Option<HashBytes>,
    /// The key to be counted next.
    pub next_key: Option<HashBytes>,
    /// Staked by the validator itself.
    pub owner_active_nano: u128,
    /// Unstaked by the validator itself, not released.
    pub owner_unlocking_nano: u128,
    /// Staked by all others.
    pub users_active_nano: u128,
    /// Unstaked by all others, not released.
    pub users_unlocking_nano: u128,
    /// Stake that the D'Elector counts.
    pub counted_nano: u128,
    /// Stake that it was asked to count, while that is not answered.
    pub asked_nano: Option<u128>,
    /// Closed by its owner.
    pub is_closed: bool,
    /// Removed for misbehaviour.
    pub is_removed: bool,
    /// Reason of the last refused update.
    pub last_reason: Option<u8>,
    /// Levels that must stay in the pool because they counted, by the time until which they must.
    pub floors: Vec<(u32, u128)>,
    /// After a slash: price of the owner's coins.
    pub owner_price: Option<PriceRow>,
    /// After a slash: price of all others' coins.
    pub users_price: Option<PriceRow>,
    /// Balance of the Root itself, for its storage.
    pub balance_nano: u128,
    /// Logical time of this state.
    pub lt: u64,
}

impl PoolRow {
    /// Returns what a slash took, of the owner's coins and of all others' together; `None` before a slash.
    pub fn slashed_nano(&self) -> Option<u128> {
        let (owner, users) = self.owner_price.zip(self.users_price)?;
        owner.lost_nano().checked_add(users.lost_nano())
    }
}

/// A DePool Wallet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WalletRow {
    /// Its address.
    pub address: StdAddr,
    /// Owner of its coins.
    pub owner: StdAddr,
    /// Its balance.
    pub balance_nano: u128,
    /// Sum of all positions.
    pub held_nano: u128,
    /// Its positions, by Root.
    pub positions: Vec<PositionRow>,
    /// Logical time of this state.
    pub lt: u64,
}

/// A wallet's position with one pool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PositionRow {
    /// The Root.
    pub root: StdAddr,
    /// Stake requested, not answered.
    pub pending_nano: u128,
    /// Staked, by the time at which the lock ends.
    pub locks: Vec<(u32, u128)>,
    /// Unstake requested, not answered.
    pub leaving_nano: u128,
    /// Release requested, not answered.
    pub releasing_nano: u128,
    /// Amounts by the time at which they may be released.
    pub unlocking: Vec<(u32, u128)>,
    /// Whether the slash of this Root has been settled.
    pub is_settled: bool,
}

impl PositionRow {
    /// Returns everything that is staked.
    pub fn staked_nano(&self) -> u128 {
        self.locks.iter().map(|(_, nano)| nano).sum()
    }

    /// Returns the whole position.
    pub fn total_nano(&self) -> u128 {
        let unlocking: u128 = self.unlocking.iter().map(|(_, nano)| nano).sum();
        self.pending_nano + self.staked_nano() + self.leaving_nano + self.releasing_nano + unlocking
    }
}
