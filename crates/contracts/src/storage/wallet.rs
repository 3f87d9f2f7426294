//! Storage of a DePool Wallet.

use tycho_types::cell::Lazy;
use tycho_types::models::StdAddr;
use tycho_types::num::Tokens;
use tycho_types::prelude::*;

use crate::messages::Price;
use crate::network::Network;

/// Storage of a DePool Wallet; `held` and `count` are zero and `positions` is empty in the StateInit.
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
pub struct WalletStorage {
    /// The owner, who may stake and withdraw.
    pub owner: StdAddr,
    /// The chain on which the wallet lives.
    pub chain: i8,
    /// The network whose Roots it trusts.
    pub network: Lazy<Network>,
    /// Sum of all positions.
    pub held: Tokens,
    /// Number of positions.
    pub count: u8,
    /// Positions by Root; at most 16.
    pub positions: Dict<StdAddr, Position>,
}

/// One wallet's position with one pool. The coins are in the wallet.
#[derive(Debug, Clone, PartialEq, Eq, Default, Store, Load)]
pub struct Position {
    /// Stake requested, not answered by the Root yet.
    pub pending: Tokens,
    /// Release requested, not answered by the Root yet.
    pub releasing: Tokens,
    /// Whether an unstake has not been answered.
    pub unstaking: bool,
    /// Whether a settle has not been answered.
    pub settling: bool,
    /// Whether the slash of this Root has been settled.
    pub settled: bool,
    /// Staked amounts by the end of their lock; at most 4.
    pub locks: Dict<u32, Tokens>,
    /// Amounts taken out of `locks` by an unstake that is not answered yet.
    pub leaving: Dict<u32, Tokens>,
    /// Amounts by the time from which they may be released; at most 9.
    pub unlocking: Dict<u32, Tokens>,
}

impl Position {
    /// Returns everything that is staked, in nano.
    pub fn staked_nano(&self) -> u128 {
        total_nano(&self.locks)
    }

    /// Returns everything that an unanswered unstake has requested, in nano.
    pub fn leaving_nano(&self) -> u128 {
        total_nano(&self.leaving)
    }

    /// Returns everything that is unlocking, in nano.
    pub fn unlocking_nano(&self) -> u128 {
        total_nano(&self.unlocking)
    }

    /// Returns everything that the wallet must not touch, in nano.
    pub fn held_nano(&self) -> u128 {
        self.pending.into_inner()
            + self.releasing.into_inner()
            + self.staked_nano()
            + self.leaving_nano()
            + self.unlocking_nano()
    }

    /// Returns the end of the last lock on the coins that an unstake of `amount_nano` would take, in Unix seconds;
    /// `None` when fewer are staked.
    pub fn locked_until(&self, amount_nano: u128) -> Option<u32> {
        let mut rest = amount_nano;
        for (until, amount) in times(&self.locks) {
            if amount >= rest {
                return Some(until);
            }
            rest -= amount;
        }
        None
    }

    /// Returns the amount that an unstake may take at `now`, in nano.
    pub fn unlocked_nano(&self, now: u32) -> u128 {
        let ended = times(&self.locks).filter(|(until, _)| *until <= now);
        ended.map(|(_, amount)| amount).sum()
    }
}

/// Returns amounts in nano by time, earliest first, up to an entry that cannot be read.
pub fn times(amounts: &Dict<u32, Tokens>) -> impl Iterator<Item = (u32, u128)> + '_ {
    let entries = amounts.iter().map_while(Result::ok);
    entries.map(|(time, amount)| (time, amount.into_inner()))
}

fn total_nano(amounts: &Dict<u32, Tokens>) -> u128 {
    times(amounts).map(|(_, amount)| amount).sum()
}

impl Price {
    /// Returns the value of `amount_nano` after the slash, rounded down, in nano.
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
