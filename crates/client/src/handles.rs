//! Typed handles of the ddvs contracts: their messages and their state.
//!
//! A handle is an address and the data from which it follows; it keeps no state. Its senders return an
//! [`Outgoing`](crate::Outgoing) for an [`OwnerWallet`](crate::OwnerWallet) to send, its readers fetch the account
//! through a [`Live`] each time.

mod delector;
mod root;
mod wallet;

pub use delector::DElector;
pub use root::DePoolRoot;
pub use wallet::{DePoolWallet, Receiver};

use ddvs_contracts::params::{DdvsParams, PARAM_DDVS};
use tycho_types::cell::Load;
use tycho_types::models::StdAddr;
use tycho_types::models::StoragePrices;

use crate::{AccountView, ChainId, ClientError, Live, Refusal, getter};

/// How long a message that is signed now may take to run, in seconds: storage fees for that time are not free coins.
const SOON_S: u32 = crate::owner::DEFAULT_TTL_S;

/// Data of an active account, parsed; `None` if the account is not active.
pub(crate) fn read<T: for<'a> Load<'a>>(
    live: &dyn Live,
    address: &StdAddr,
) -> Result<Option<T>, ClientError> {
    let account = live.account(address)?;
    match account.data() {
        Some(data) => data
            .parse::<T>()
            .map(Some)
            .map_err(|cause| ClientError::fault(format!("reading account {address}"), cause)),
        None => Ok(None),
    }
}

/// Like [`read`]; refuses an account that is not active.
pub(crate) fn read_active<T: for<'a> Load<'a>>(
    live: &dyn Live,
    address: &StdAddr,
) -> Result<T, ClientError> {
    read(live, address)?.ok_or_else(|| Refusal::NotActive(address.clone()).into())
}

/// Param 200 of a chain.
///
/// Fails with a fault when the chain's config lacks it.
pub fn params(live: &dyn Live, chain: ChainId) -> Result<DdvsParams, ClientError> {
    let what = || format!("reading param {PARAM_DDVS} of chain {chain}");
    let cell = live
        .config(chain)?
        .get_raw_cell(PARAM_DDVS)
        .map_err(|cause| ClientError::fault(what(), cause))?
        .ok_or_else(|| ClientError::fault(what(), anyhow::anyhow!("it is missing")))?;
    cell.parse()
        .map_err(|cause| ClientError::fault(what(), cause))
}

/// Prices of storage on `chain`, in force.
///
/// Fails when the config cannot be read, or contains none.
pub fn storage_prices(live: &dyn Live, chain: ChainId) -> Result<StoragePrices, ClientError> {
    let what = || format!("reading the storage prices of chain {chain}");
    let prices = live
        .config(chain)?
        .get_storage_prices()
        .map_err(|cause| ClientError::fault(what(), cause))?;
    let last = prices.values().last();
    last.ok_or_else(|| ClientError::fault(what(), anyhow::anyhow!("there are none")))?
        .map_err(|cause| ClientError::fault(what(), cause))
}

/// Returns the nano that an account will owe for its storage at a Unix time in seconds. They are charged before a
/// message's contract runs, so a contract never sees the balance that an account shows.
pub fn storage_due_nano(account: &AccountView, prices: &StoragePrices, at_s: u32) -> u128 {
    let Some(state) = &account.account else {
        return 0;
    };
    let stat = &state.storage_stat;
    let owed = stat.due_payment.map_or(0, |due| due.into_inner());
    let seconds = match stat.last_paid {
        0 => 0,
        paid => at_s.saturating_sub(paid),
    };
    let (bit_price, cell_price) = match account.address.workchain {
        crate::MASTERCHAIN => (prices.mc_bit_price_ps, prices.mc_cell_price_ps),
        _ => (prices.bit_price_ps, prices.cell_price_ps),
    };
    let each_second = u128::from(bit_price) * u128::from(stat.used.bits.into_inner())
        + u128::from(cell_price) * u128::from(stat.used.cells.into_inner());
    owed.saturating_add((each_second * u128::from(seconds)).div_ceil(1 << 16))
}

/// Like [`storage_due_nano`], for a message that is signed now, however late it runs.
///
/// Fails when the network cannot be read.
pub fn storage_due_soon_nano(live: &dyn Live, account: &AccountView) -> Result<u128, ClientError> {
    let prices = storage_prices(live, account.address.workchain)?;
    let now = getter::unix_time(live.now_ms()?);
    Ok(storage_due_nano(
        account,
        &prices,
        now.saturating_add(SOON_S),
    ))
}
