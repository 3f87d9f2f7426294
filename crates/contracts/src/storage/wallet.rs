//! Storage of a DePool Wallet.

use tycho_types::cell::Lazy;
use tycho_types::models::StdAddr;
use tycho_types::num::Tokens;
use tycho_types::prelude::*;

use crate::messages::Price;
use crate::network::Network;

/// Storage of a DePool Wallet; `held` is zero and `positions` is empty in the StateInit.
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
pub struct WalletStorage {
    /// Who may stake and withdraw.
    pub owner: StdAddr,
    /// The chain on which the wallet lives.
    pub chain: i8,
    /// The network whose Roots it trusts.
    pub network: Lazy<Network>,
    /// Sum of all positions.
    pub held: Tokens,
    /// By Root; at most 16.
    pub positions: Dict<StdAddr, Position>,
}

/// One wallet's part in one pool. The coins lie in the wallet.
#[derive(Debug, Clone, PartialEq, Eq, Default, Store, Load)]
pub struct Position {
    /// Stake sent, the Root has not answered.
    pub pending: Tokens,
    /// Staked.
    pub staked: Tokens,
    /// When the lock ends.
    pub lock_until: u32,
    /// Unstake sent, the Root has not answered.
    pub leaving: Tokens,
    /// Release sent, the Root has not answered.
    pub releasing: Tokens,
    /// An unstake has not been answered.
    pub unstaking: bool,
    /// A settle has not been answered.
    pub settling: bool,
    /// The slash of this Root has been settled.
    pub settled: bool,
    /// By the time at which they may be released; at most 9.
    pub unlocking: Dict<u32, Tokens>,
}

impl Price {
    /// What `amount_nano` is worth after the slash, rounded down, in nano.
    pub fn worth(&self, amount_nano: u128) -> u128 {
        let (numerator, denominator) = (self.numerator.into_inner(), self.denominator.into_inner());
        if denominator == 0 {
            return 0;
        }
        let worth = num_bigint::BigUint::from(amount_nano) * numerator / denominator;
        // at most amount_nano: a slash adds nothing
        u128::try_from(worth).unwrap_or(amount_nano)
    }
}
