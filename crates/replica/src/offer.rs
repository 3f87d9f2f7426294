//! What a proposer may put into its block.

use std::collections::{BTreeMap, VecDeque};

use ddvs_chain::external::External;
use ddvs_chain::{GoesOn, Import, Imports};
use ddvs_types::ChainId;
use tycho_types::cell::{Cell, HashBytes};

use crate::CertifiedHeader;

/// Messages of another chain.
#[derive(Debug, Clone, Default)]
pub struct LaneOffer {
    /// The next messages of its lane, in order.
    pub messages: Vec<Cell>,
    /// Hashes of those that follow, up to the newest header.
    pub later: Vec<HashBytes>,
}

/// What a proposer may put into its block.
pub struct Offer<'a> {
    /// Time of the block, in ms since 1970. A block that would not be after the one before is a millisecond after it.
    pub time_ms: u64,
    /// Headers of other chains, those of one chain by ascending height.
    pub headers: Vec<CertifiedHeader>,
    /// Messages of other chains, up to the newest header of each.
    pub lanes: BTreeMap<ChainId, LaneOffer>,
    /// External messages, each given once.
    pub externals: &'a mut dyn FnMut() -> Option<External>,
    /// Whether the block goes on; see [`GoesOn`].
    pub goes_on: &'a mut GoesOn<'a>,
}

/// Imports from several chains, which take turns: none can keep the others from a block by what it writes into its messages.
pub(crate) struct Turns {
    lanes: VecDeque<(ChainId, VecDeque<Import>)>,
}

impl Turns {
    pub fn new(lanes: BTreeMap<ChainId, Vec<Import>>) -> Self {
        let lanes = lanes.into_iter().filter(|(_, lane)| !lane.is_empty());
        Self {
            lanes: lanes.map(|(chain, lane)| (chain, lane.into())).collect(),
        }
    }
}

impl Imports for Turns {
    fn next(&mut self) -> Option<(u64, ChainId)> {
        let (chain, lane) = self.lanes.front()?;
        Some((lane.front()?.head.created_lt, *chain))
    }

    fn take(&mut self, _source: ChainId) -> Option<Import> {
        let (chain, mut lane) = self.lanes.pop_front()?;
        let import = lane.pop_front();
        if !lane.is_empty() {
            self.lanes.push_back((chain, lane));
        }
        import
    }
}
