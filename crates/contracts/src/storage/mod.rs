//! Storage of the contracts, field by field as in Tolk. Amounts are in nano, times in unix seconds.

mod delector;
mod root;
mod wallet;

pub use self::delector::*;
pub use self::root::*;
pub use self::wallet::*;
