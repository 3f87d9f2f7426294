//! Messages of the contracts (`contracts/shared/messages.tolk`), one file for each receiver.

mod delector;
mod root;
mod wallet;

pub use delector::*;
pub use root::*;
pub use wallet::*;

use tycho_types::cell::{Cell, CellBuilder, Load, Store};
use tycho_types::error::Error;

/// Leftover value, sent by any contract to who paid.
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
#[tlb(tag = "#d53276db")]
pub struct Excesses {
    /// As in the request.
    pub query_id: u64,
}

/// The body cell of a message.
///
/// Fails only when a field does not fit, e.g. an amount above 2^120.
pub fn body(message: impl Store) -> Result<Cell, Error> {
    CellBuilder::build_from(message)
}
