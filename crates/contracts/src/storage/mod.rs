//! Storage of the contracts, field by field as in Tolk. Amounts are in nano, times in Unix seconds.

mod content;
mod delector;
mod pending;
mod registered;
mod root;
mod waiting;
mod wallet;

pub use self::content::*;
pub use self::delector::*;
pub use self::pending::*;
pub use self::registered::*;
pub use self::root::*;
pub use self::waiting::*;
pub use self::wallet::*;
