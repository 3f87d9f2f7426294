//! What a block is made of: what came from outside, in the order in which it was taken.

use ddvs_types::{ChainId, Lanes};
use tycho_types::cell::Cell;
use tycho_types::error::Error;

use crate::chain::MAX_COINS_NANO;
use crate::external::External;
use crate::route::{self, Head, MessageHead};
use crate::{BodyRefusal, GoesOn};

/// A message from another chain.
#[derive(Debug, Clone)]
pub struct Import {
    /// The chain that sent it.
    pub source: ChainId,
    /// The message.
    pub cell: Cell,
    /// Its header, as far as a chain needs it.
    pub head: MessageHead,
}

impl Import {
    /// Reads the header of a message from one chain to another.
    ///
    /// Fails only when it is no internal message from an account of the one to an account of the other: no chain can
    /// speak for accounts of another one.
    pub fn read(source: ChainId, destination: ChainId, cell: Cell) -> Result<Self, Error> {
        match route::read_head(&cell)? {
            Head::Internal(head)
                if head.source.workchain == source && head.destination.workchain == destination =>
            {
                Ok(Self { source, cell, head })
            }
            _ => Err(Error::InvalidData),
        }
    }
}

/// Messages from other chains that a block may import, each lane in order.
///
/// A block takes as many as it has room for, so they are asked for one by one.
pub trait Imports {
    /// Logical time and source of the next one; the block compares it with what the chain itself has left over.
    fn next(&mut self) -> Option<(u64, ChainId)>;

    /// Takes the next one, which is of `source`.
    fn take(&mut self, source: ChainId) -> Option<Import>;
}

/// Inputs of a block.
pub struct Inputs<'a> {
    /// Time of the block, in ms since 1970.
    pub time_ms: u64,
    /// Messages from other chains.
    pub imports: &'a mut dyn Imports,
    /// External messages, each given once.
    pub externals: &'a mut dyn FnMut() -> Option<External>,
    /// Whether the block goes on; see [`GoesOn`].
    pub goes_on: &'a mut GoesOn<'a>,
}

/// What came into a block from outside, and how far it went: all that is needed to make it again from the state
/// before it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Body {
    /// Time of the block, in ms since 1970.
    pub time_ms: u64,
    /// Messages that were processed: [`crate::Work::steps`].
    pub steps: usize,
    /// Messages from other chains, in the order in which they were imported.
    pub imports: Vec<(ChainId, Cell)>,
    /// External messages, in the order in which they were tried.
    pub externals: Vec<Cell>,
}

/// A message that a block sent to another chain.
#[derive(Debug, Clone)]
pub struct Sent {
    /// Receiver's chain.
    pub destination: ChainId,
    /// Its number in the lane, from 0.
    pub number: u64,
    /// The message.
    pub cell: Cell,
    /// Its header, as far as a chain needs it.
    pub head: MessageHead,
}

/// The imports of a body.
pub(crate) struct Listed {
    imports: std::vec::IntoIter<Import>,
    next: Option<Import>,
}

impl Listed {
    /// Decodes the imports of a body for a chain that can receive from these.
    ///
    /// Fails only when one of them is no message to this chain from such a chain, or they bring more coins than a network
    /// can have.
    pub fn new(body: &Body, chain: ChainId, received: &Lanes) -> Result<Self, BodyRefusal> {
        let import = |(index, (source, cell)): (usize, &(ChainId, Cell))| {
            received.get(*source).ok_or(BodyRefusal::Source(*source))?;
            Import::read(*source, chain, cell.clone())
                .map_err(|cause| BodyRefusal::Import { index, cause })
        };
        let imports: Result<Vec<_>, _> = body.imports.iter().enumerate().map(import).collect();
        let imports = imports?;
        let mut received_nano = received.value_nano();
        for import in &imports {
            received_nano += import.head.carried_nano();
            if received_nano > MAX_COINS_NANO {
                return Err(BodyRefusal::Coins(import.source));
            }
        }
        let mut imports = imports.into_iter();
        let next = imports.next();
        Ok(Self { imports, next })
    }
}

impl Imports for Listed {
    fn next(&mut self) -> Option<(u64, ChainId)> {
        let import = self.next.as_ref()?;
        Some((import.head.created_lt, import.source))
    }

    fn take(&mut self, _source: ChainId) -> Option<Import> {
        std::mem::replace(&mut self.next, self.imports.next())
    }
}
