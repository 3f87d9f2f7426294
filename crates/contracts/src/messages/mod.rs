//! Messages, field by field as in `contracts/shared/messages.tolk`. Amounts are in nano, times in Unix seconds.
//!
//! Each is declared once, by `messages!` in the file of its receiver: its encoding, who sends it, the event that it
//! causes, and which of its fields is the amount, the Root or the reason. `contracts/messages.json`, the index, the
//! dashboard and the samples of tests follow from that.

mod body;
mod declare;
mod delector;
mod entry;
mod evidence;
mod info;
mod root;
mod wallet;

use tycho_types::error::Error;
use tycho_types::prelude::*;

pub use self::body::*;
use self::declare::messages;
pub use self::delector::*;
pub use self::entry::*;
pub use self::evidence::*;
pub use self::info::*;
pub use self::root::*;
pub use self::wallet::*;

/// A message body: a struct with an op code.
pub trait Message: Store + for<'a> Load<'a> {
    /// The op code: crc32 of the message's line in `contracts/schema.tlb`, with the high bit clear for requests and
    /// set for answers.
    const OP: u32;
    /// Name of the Tolk struct.
    const NAME: &'static str;

    /// Returns what the message says.
    fn facts(&self) -> MessageFacts;

    /// Encodes the body as a cell.
    ///
    /// Fails only when an amount has more than 120 bits.
    fn to_cell(&self) -> Result<Cell, Error> {
        CellBuilder::build_from(self)
    }
}

/// Parses the op code of a `#[tlb(tag = "#01234567")]`.
pub(crate) const fn op_of(tag: &str) -> u32 {
    match u32::from_str_radix(tag.split_at(1).1, 16) {
        Ok(op) => op,
        Err(_) => panic!("a tag is a # and eight hexadecimal digits"),
    }
}
