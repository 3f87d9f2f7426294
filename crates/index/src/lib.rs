//! History of a ddvs network, by account, message, pool and batch.
//!
//! Blocks come in as [`Observed`]: the block, and the state afterwards of the accounts that it touched. [`decode()`] turns one
//! into [`Facts`], a pure function. [`Index`] stores facts in redb, in a file or in memory, and serves paginated reads by key
//! range, so a page costs the same in a network of a hundred accounts and of a hundred thousand.
//!
//! All data follow from the chain: a store can be deleted and rebuilt. A store of another schema or network is refused.

pub mod decode;
pub mod error;
pub mod identity;
pub mod rows;

mod agreement;
mod key;
mod observe;
mod prune;
mod read;
mod store;
mod tables;
mod trouble;
mod whole;
mod write;

pub use decode::{Facts, decode};
pub use error::IndexError;
pub use identity::Identity;
pub use observe::{Observed, observe};
pub use prune::{Horizon, Keep, Pruned};
pub use read::{Like, Located, Reader};
pub use store::{Index, SCHEMA};
pub use trouble::{Trouble, guarded};
pub use whole::{forget_unfinished, is_unfinished, make_whole};
pub use write::Taken;
