//! Get methods of a DePool Root.

use tycho_types::error::Error;
use tycho_types::models::StdAddr;
use tycho_types::num::Tokens;
use tycho_types::prelude::*;
use tycho_vm::RcStackValue;

use super::{StackError, StackReader, addr_arg, int_arg};
use crate::messages::Price;
use crate::network::{Network, RootTerms};
use crate::storage::{ChainTotals, Flight, Prices};

/// Totals and state: [`RootTotals`].
pub const TOTALS: &str = "totals";
/// The same amounts by chain of the wallets, scaled by the prices after a removal: `Dict<i8, ChainTotals>`.
pub const TOTALS_BY_CHAIN: &str = "totals_by_chain";
/// Static data: [`RootInfo`].
pub const ROOT_INFO: &str = "root_info";
/// Consensus keys: [`KeyInfo`].
pub const KEY_INFO: &str = "key_info";
/// Value of a staked coin: [`Prices`], all one unless the validator was removed.
pub const PRICES: &str = "prices";
/// The update in flight: `Option<Flight>`.
pub const FLIGHT: &str = "flight";
/// Amounts that must stay in the pool, by the time until which they must: `Dict<u32, Tokens>`.
pub const FLOORS: &str = "floors";
/// Amounts that could be released immediately: [`Releasable`].
pub const RELEASABLE: &str = "releasable";
/// The Root's storage reserve and its surplus: [`Reserves`].
pub const RESERVES: &str = "reserves";
/// Stake that the D'Elector should count: [`Tokens`].
pub const DESIRED: &str = "desired";
/// Address of an owner's wallet: [`StdAddr`].
pub const WALLET_ADDRESS: &str = "wallet_address";

/// Totals and state of a Root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RootTotals {
    /// Staked by the validator itself.
    pub owner_active: Tokens,
    /// Unstaked by the validator itself, not yet released.
    pub owner_unlocking: Tokens,
    /// Staked by all others.
    pub users_active: Tokens,
    /// Unstaked by all others, not yet released.
    pub users_unlocking: Tokens,
    /// Stake that the D'Elector counts, by its last answer.
    pub counted: Tokens,
    /// Number of the last update sent.
    pub seq: u32,
    /// An update has not been answered.
    pub in_flight: bool,
    /// Stake requested by that update.
    pub in_flight_total: Tokens,
    /// Closed by the owner.
    pub closed: bool,
    /// Removed for misbehaviour.
    pub removed: bool,
    /// Reason of the last refused update: a [`Reason`](crate::Reason).
    pub last_reason: Option<u8>,
}

/// Static data of a Root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RootInfo {
    /// Its D'Elector & Config.
    pub delector: StdAddr,
    /// Terms that can never change.
    pub terms: RootTerms,
    /// Its network.
    pub network: Network,
    /// Code of the wallets that it trusts.
    pub wallet_code: Cell,
}

/// Consensus keys of a Root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyInfo {
    /// The key that the D'Elector has applied.
    pub key: Option<HashBytes>,
    /// The key to be applied next, in flight or waiting.
    pub next_key: Option<HashBytes>,
}

/// Unlocking coins of a pool that could be released immediately.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Releasable {
    /// The owner's.
    pub owner: Tokens,
    /// Those of all others together.
    pub users: Tokens,
}

/// Coins that a Root keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reserves {
    /// Reserve for its storage.
    pub reserve: Tokens,
    /// Coins beyond the reserve and the value kept for the next update, in nano; negative while the reserve is not
    /// full.
    pub surplus_nano: i128,
}

/// Reads the result of [`TOTALS`].
pub fn totals(stack: &[RcStackValue]) -> Result<RootTotals, StackError> {
    let mut r = StackReader::new(stack, 11)?;
    Ok(RootTotals {
        owner_active: r.tokens()?,
        owner_unlocking: r.tokens()?,
        users_active: r.tokens()?,
        users_unlocking: r.tokens()?,
        counted: r.tokens()?,
        seq: r.int()?,
        in_flight: r.bool()?,
        in_flight_total: r.tokens()?,
        closed: r.bool()?,
        removed: r.bool()?,
        last_reason: r.maybe_int()?,
    })
}

/// Reads the result of [`TOTALS_BY_CHAIN`].
pub fn totals_by_chain(stack: &[RcStackValue]) -> Result<Dict<i8, ChainTotals>, StackError> {
    StackReader::new(stack, 1)?.dict()
}

/// Reads the result of [`ROOT_INFO`].
pub fn root_info(stack: &[RcStackValue]) -> Result<RootInfo, StackError> {
    let mut r = StackReader::new(stack, 4)?;
    Ok(RootInfo {
        delector: r.addr()?,
        terms: r.parse()?,
        network: r.parse()?,
        wallet_code: r.cell()?,
    })
}

/// Reads the result of [`KEY_INFO`].
pub fn key_info(stack: &[RcStackValue]) -> Result<KeyInfo, StackError> {
    let mut r = StackReader::new(stack, 2)?;
    Ok(KeyInfo {
        key: r.maybe_hash()?,
        next_key: r.maybe_hash()?,
    })
}

/// Reads the result of [`FLOORS`].
pub fn floors(stack: &[RcStackValue]) -> Result<Dict<u32, Tokens>, StackError> {
    StackReader::new(stack, 1)?.dict()
}

/// Reads the result of [`RELEASABLE`].
pub fn releasable(stack: &[RcStackValue]) -> Result<Releasable, StackError> {
    let mut r = StackReader::new(stack, 2)?;
    Ok(Releasable {
        owner: r.tokens()?,
        users: r.tokens()?,
    })
}

/// Reads the result of [`RESERVES`].
pub fn reserves(stack: &[RcStackValue]) -> Result<Reserves, StackError> {
    let mut r = StackReader::new(stack, 2)?;
    Ok(Reserves {
        reserve: r.tokens()?,
        surplus_nano: r.int()?,
    })
}

/// Reads the result of [`PRICES`].
pub fn prices(stack: &[RcStackValue]) -> Result<Prices, StackError> {
    let mut r = StackReader::new(stack, 4)?;
    let mut price = || {
        Ok(Price {
            numerator: r.tokens()?,
            denominator: r.tokens()?,
        })
    };
    Ok(Prices {
        owner: price()?,
        users: price()?,
    })
}

/// Reads the result of [`FLIGHT`].
pub fn flight(stack: &[RcStackValue]) -> Result<Option<Flight>, StackError> {
    let cell = StackReader::new(stack, 1)?.maybe_cell()?;
    cell.map(|cell| {
        cell.parse::<Flight>()
            .map_err(|source| StackError::Parse { index: 0, source })
    })
    .transpose()
}

/// Reads the result of [`DESIRED`].
pub fn desired(stack: &[RcStackValue]) -> Result<Tokens, StackError> {
    StackReader::new(stack, 1)?.tokens()
}

/// Arguments of [`WALLET_ADDRESS`].
///
/// Fails only when a cell cannot be built, which no address causes.
pub fn wallet_address_args(owner: &StdAddr, chain: i8) -> Result<Vec<RcStackValue>, Error> {
    Ok(vec![addr_arg(owner)?, int_arg(chain)])
}

/// Reads the result of [`WALLET_ADDRESS`].
pub fn wallet_address(stack: &[RcStackValue]) -> Result<StdAddr, StackError> {
    StackReader::new(stack, 1)?.addr()
}
