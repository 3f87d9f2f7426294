//! Get methods of a DePool Wallet.

use tycho_types::error::Error;
use tycho_types::models::StdAddr;
use tycho_types::num::Tokens;
use tycho_types::prelude::*;
use tycho_vm::RcStackValue;

use super::{StackError, StackReader, addr_arg, int_arg};
use crate::messages::Price;
use crate::network::Network;
use crate::storage::Position;

/// Coins of a wallet by kind: [`WalletBalances`].
pub const BALANCES: &str = "balances";
/// All positions: `Dict<StdAddr, Position>`.
pub const POSITIONS: &str = "positions";
/// The [`Position`] with one Root.
pub const POSITION: &str = "position";
/// The [`Position`] with one Root after a slash.
pub const POSITION_VALUE: &str = "position_value";
/// Static data: [`WalletInfo`].
pub const WALLET_INFO: &str = "wallet_info";

/// Coins of a wallet by kind; `held` is the sum of the last five.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WalletBalances {
    /// The account's balance.
    pub balance: Tokens,
    /// Amount that the owner may withdraw, in nano; negative while the balance does not cover held coins and the
    /// storage reserve.
    pub free_nano: i128,
    /// Amount that the owner may stake with another Root, in nano: that position needs a larger reserve.
    pub stakable_nano: i128,
    /// Amount that the owner may not move.
    pub held: Tokens,
    /// Stake requested, not answered by the Root yet.
    pub pending: Tokens,
    /// Staked.
    pub staked: Tokens,
    /// Unstake requested, not answered by the Root yet.
    pub leaving: Tokens,
    /// Unlocking amounts, due or not.
    pub unlocking: Tokens,
    /// Release requested, not answered by the Root yet.
    pub releasing: Tokens,
}

/// Static data of a wallet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WalletInfo {
    /// The owner, who may stake and withdraw.
    pub owner: StdAddr,
    /// The chain in the wallet's static data.
    pub chain: i8,
    /// Its network.
    pub network: Network,
}

/// Reads the result of [`BALANCES`].
pub fn balances(stack: &[RcStackValue]) -> Result<WalletBalances, StackError> {
    let mut r = StackReader::new(stack, 9)?;
    Ok(WalletBalances {
        balance: r.tokens()?,
        free_nano: r.int()?,
        stakable_nano: r.int()?,
        held: r.tokens()?,
        pending: r.tokens()?,
        staked: r.tokens()?,
        leaving: r.tokens()?,
        unlocking: r.tokens()?,
        releasing: r.tokens()?,
    })
}

/// Reads the result of [`POSITIONS`].
pub fn positions(stack: &[RcStackValue]) -> Result<Dict<StdAddr, Position>, StackError> {
    StackReader::new(stack, 1)?.dict()
}

/// Arguments of [`POSITION`].
///
/// Fails only when a cell cannot be built, which no address causes.
pub fn position_args(root: &StdAddr) -> Result<Vec<RcStackValue>, Error> {
    Ok(vec![addr_arg(root)?])
}

/// Arguments of [`POSITION_VALUE`].
///
/// Fails only when a cell cannot be built, which no address causes.
pub fn position_value_args(root: &StdAddr, price: &Price) -> Result<Vec<RcStackValue>, Error> {
    Ok(vec![
        addr_arg(root)?,
        int_arg(price.numerator.into_inner()),
        int_arg(price.denominator.into_inner()),
    ])
}

/// Reads the result of [`POSITION`] and [`POSITION_VALUE`]: all zero if there is no position.
pub fn position(stack: &[RcStackValue]) -> Result<Position, StackError> {
    let mut r = StackReader::new(stack, 8)?;
    Ok(Position {
        pending: r.tokens()?,
        releasing: r.tokens()?,
        unstaking: r.bool()?,
        settling: r.bool()?,
        settled: r.bool()?,
        locks: r.dict()?,
        leaving: r.dict()?,
        unlocking: r.dict()?,
    })
}

/// Reads the result of [`WALLET_INFO`].
pub fn wallet_info(stack: &[RcStackValue]) -> Result<WalletInfo, StackError> {
    let mut r = StackReader::new(stack, 3)?;
    Ok(WalletInfo {
        owner: r.addr()?,
        chain: r.int()?,
        network: r.parse()?,
    })
}
