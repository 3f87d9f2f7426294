//! Typed handles of the ddvs contracts: what can be sent to each, and what each holds.
//!
//! A handle is an address and what it follows from; it keeps no state. Its senders return an
//! [`Outgoing`](crate::Outgoing) for an [`OwnerWallet`](crate::OwnerWallet) to send, its readers
//! fetch the account through a [`Backend`](crate::Backend) each time.

mod delector;
mod root;
mod wallet;

pub use delector::DElector;
pub use root::DePoolRoot;
pub use wallet::DePoolWallet;

use ddvs_contracts::params::{DdvsParams, PARAM_DDVS};
use tycho_types::cell::Load;
use tycho_types::models::StdAddr;
use tycho_types::models::StoragePrices;

use crate::{Backend, ChainId, ClientError, Refusal};

/// Data of an active account, parsed; `None` if the account is not active.
pub(crate) fn read<T: for<'a> Load<'a>>(
    backend: &dyn Backend,
    address: &StdAddr,
) -> Result<Option<T>, ClientError> {
    let account = backend.account(address)?;
    match account.data() {
        Some(data) => data
            .parse::<T>()
            .map(Some)
            .map_err(|cause| ClientError::fault(format!("reading account {address}"), cause)),
        None => Ok(None),
    }
}

/// The same; an account that is not active is refused.
pub(crate) fn read_active<T: for<'a> Load<'a>>(
    backend: &dyn Backend,
    address: &StdAddr,
) -> Result<T, ClientError> {
    read(backend, address)?.ok_or_else(|| Refusal::NotActive(address.clone()).into())
}

/// Param 200 of a chain.
///
/// Fails with a fault when the chain's config lacks it.
pub fn params(backend: &dyn Backend, chain: ChainId) -> Result<DdvsParams, ClientError> {
    let what = || format!("reading param {PARAM_DDVS} of chain {chain}");
    let cell = backend
        .config(chain)?
        .get_raw_cell(PARAM_DDVS)
        .map_err(|cause| ClientError::fault(what(), cause))?
        .ok_or_else(|| ClientError::fault(what(), anyhow::anyhow!("it is missing")))?;
    cell.parse()
        .map_err(|cause| ClientError::fault(what(), cause))
}

/// Prices of storage on `chain`, in force.
///
/// Fails when the config cannot be read, or holds none.
pub fn storage_prices(backend: &dyn Backend, chain: ChainId) -> Result<StoragePrices, ClientError> {
    let what = || format!("reading the storage prices of chain {chain}");
    let prices = backend
        .config(chain)?
        .get_storage_prices()
        .map_err(|cause| ClientError::fault(what(), cause))?;
    let last = prices.values().last();
    last.ok_or_else(|| ClientError::fault(what(), anyhow::anyhow!("there are none")))?
        .map_err(|cause| ClientError::fault(what(), cause))
}
