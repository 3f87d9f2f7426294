//! The header of a block: what the validators of a chain sign by its hash.

use std::collections::BTreeMap;

use ddvs_types::{ChainId, Lane};
use tycho_types::cell::{Cell, CellBuilder, HashBytes, Lazy, Load, Store};
use tycho_types::dict::Dict;
use tycho_types::error::Error;

use crate::Scope;

/// The header of a block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// The chain.
    pub scope: Scope,
    /// Number of the block, from 1; 0 before the first.
    pub height: u64,
    /// Time of the block, in ms since 1970.
    pub time_ms: u64,
    /// Hash of the header before it, zero for none.
    pub parent: HashBytes,
    /// Hash of what came in from outside: externals, headers and messages of other chains.
    pub body: HashBytes,
    /// Hash of all transactions and other records of the block.
    pub result: HashBytes,
    /// Hash of the state after it, as [`ddvs_types::StateRoot`].
    pub state: HashBytes,
    /// Hash of the set that signs this block.
    pub set: HashBytes,
    /// The batches from which that set follows, by origin: the `base` of the block before.
    pub set_base: BTreeMap<ChainId, u32>,
    /// Hash of the set that signs the next one.
    pub next_set: HashBytes,
    /// The batches from which the next set follows: those that the chain's D'Elector has applied. Other chains compute the set
    /// from them.
    pub base: BTreeMap<ChainId, u32>,
    /// All that the chain has ever sent to each other one.
    pub lanes: BTreeMap<ChainId, Lane>,
    /// Hash of how far the chain has followed the others, and of what it remembers of its own registry.
    pub cursors: HashBytes,
}

/// The root cell of a header. Its tag is crc32 of `ddvs header`.
#[derive(Store, Load)]
#[tlb(tag = "#e2edec8e")]
struct Root {
    genesis: HashBytes,
    chain: i8,
    incarnation: u8,
    height: u64,
    time_ms: u64,
    parent: HashBytes,
    set: HashBytes,
    content: Lazy<Content>,
    next: Lazy<Next>,
    lanes: Dict<i8, Lane>,
}

#[derive(Store, Load)]
struct Content {
    body: HashBytes,
    result: HashBytes,
    state: HashBytes,
}

#[derive(Store, Load)]
struct Next {
    set: HashBytes,
    cursors: HashBytes,
    set_base: Dict<i8, u32>,
    base: Dict<i8, u32>,
}

fn dict<V: Store>(values: impl Iterator<Item = (ChainId, V)>) -> Result<Dict<i8, V>, Error> {
    let mut dict = Dict::new();
    for (chain, value) in values {
        dict.set(chain, value)?;
    }
    Ok(dict)
}

impl Header {
    /// Returns the header as a cell, whose hash is what validators sign.
    ///
    /// Fails only when a cell cannot be built, which its size rules out.
    pub fn to_cell(&self) -> Result<Cell, Error> {
        CellBuilder::build_from(Root {
            genesis: self.scope.genesis,
            chain: self.scope.chain,
            incarnation: self.scope.incarnation,
            height: self.height,
            time_ms: self.time_ms,
            parent: self.parent,
            set: self.set,
            content: Lazy::new(&Content {
                body: self.body,
                result: self.result,
                state: self.state,
            })?,
            next: Lazy::new(&Next {
                set: self.next_set,
                cursors: self.cursors,
                set_base: dict(self.set_base.iter().map(|(&chain, &seqno)| (chain, seqno)))?,
                base: dict(self.base.iter().map(|(&chain, &seqno)| (chain, seqno)))?,
            })?,
            lanes: dict(self.lanes.iter().map(|(&chain, &lane)| (chain, lane)))?,
        })
    }

    /// Decodes a header.
    ///
    /// Fails only when the cell is not exactly one.
    pub fn from_cell(cell: &Cell) -> Result<Self, Error> {
        let root: Root = cell.parse()?;
        let content = root.content.load()?;
        let next = root.next.load()?;
        let header = Self {
            scope: Scope {
                genesis: root.genesis,
                chain: root.chain,
                incarnation: root.incarnation,
            },
            height: root.height,
            time_ms: root.time_ms,
            parent: root.parent,
            body: content.body,
            result: content.result,
            state: content.state,
            set: root.set,
            set_base: next.set_base.iter().collect::<Result<_, _>>()?,
            next_set: next.set,
            base: next.base.iter().collect::<Result<_, _>>()?,
            lanes: root.lanes.iter().collect::<Result<_, _>>()?,
            cursors: next.cursors,
        };
        // one header has one hash: nothing may follow what is read
        if header.to_cell()?.repr_hash() == cell.repr_hash() {
            Ok(header)
        } else {
            Err(Error::InvalidData)
        }
    }

    /// Returns the hash that validators sign.
    ///
    /// Fails only when a cell cannot be built, which its size rules out.
    pub fn hash(&self) -> Result<HashBytes, Error> {
        Ok(*self.to_cell()?.repr_hash())
    }
}
