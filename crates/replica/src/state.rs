//! A replica as plain data, for storing it and for newcomers.

use std::collections::BTreeMap;
use std::sync::Arc;

use ddvs_chain::{Chain, ChainState, Fault};
use ddvs_contracts::agreed::Registered;
use ddvs_light::{Header, Member, SetError, ValidatorSet};
use ddvs_types::ChainId;
use tycho_types::cell::{Cell, HashBytes};
use tycho_types::dict::Dict;
use tycho_types::error::Error;

use crate::sets::OwnPast;
use crate::{Cursor, Replica, cursor};

/// Everything that determines a chain's future blocks, but for what comes from outside. All of it follows from the header's hash.
#[derive(Debug, Clone)]
pub struct ReplicaState {
    /// Header of the last block.
    pub header: Cell,
    /// The set that signs the next one.
    pub next_set: Vec<Member>,
    /// The chain's own state.
    pub chain: ChainState,
    /// The newest headers of the other chains, with the sets that sign their next blocks, as far as they are agreed.
    pub cursors: Vec<(Cell, Option<Vec<Member>>)>,
    /// The own registry after the last own batches: their numbers, and the roots of the dictionaries of Roots and keys.
    pub past: Vec<(u32, Option<Cell>, Option<Cell>)>,
}

/// Reason why a state is not that of a header.
#[derive(Debug, thiserror::Error)]
pub enum StateRefusal {
    /// A part cannot be decoded.
    #[error("it cannot be decoded: {0}")]
    Cell(#[from] Error),
    /// A set is not one.
    #[error(transparent)]
    Set(#[from] SetError),
    /// The chain's state is not one.
    #[error(transparent)]
    Chain(#[from] ddvs_chain::RestoreError),
    /// A part is not the one that the header names.
    #[error("its {0} is not the one that its header names")]
    Part(&'static str),
}

impl Replica {
    /// Returns the replica as plain data.
    ///
    /// Fails only when a cell cannot be built, which its size rules out.
    pub fn export(&self) -> Result<ReplicaState, Fault> {
        let cell = |what| Fault::state(self.chain.id(), what);
        let members = |set: &ValidatorSet| set.members().to_vec();
        let cursors = self.cursors.values().map(|cursor| {
            let header = cursor.header.to_cell()?;
            Ok((header, cursor.next_set.as_ref().map(members)))
        });
        let cursors: Result<_, Error> = cursors.collect();
        Ok(ReplicaState {
            header: (self.header.to_cell()).map_err(cell("encoding the header"))?,
            next_set: members(&self.next_set),
            chain: self.chain.export()?,
            cursors: cursors.map_err(cell("encoding the cursors"))?,
            past: (self.past.iter())
                .map(|(seqno, past)| (*seqno, past.roots.root().clone(), past.keys.root().clone()))
                .collect(),
        })
    }

    /// Returns the replica from its data. `start` is any replica of the same chain and network, for what never changes; most
    /// often the one of the zerostate.
    ///
    /// Fails only when a part of the data is not the one that its header names. Whether the header itself was committed, the
    /// caller must know.
    pub fn restore(start: &Self, state: ReplicaState) -> Result<Self, StateRefusal> {
        let header = Header::from_cell(&state.header)?;
        if header.scope != start.header.scope {
            return Err(StateRefusal::Part("network, chain or incarnation"));
        }
        let next_set = ValidatorSet::new(state.next_set)?;
        if next_set.hash() != header.next_set {
            return Err(StateRefusal::Part("next set"));
        }
        let chain = Chain::restore(
            state.chain,
            start.chain.chains(),
            start.chain.seed(),
            start.chain.max_block_transactions(),
            header.time_ms,
        )?;
        if chain.id() != header.scope.chain || chain.state_hash()? != header.state {
            return Err(StateRefusal::Part("state"));
        }
        let cursors = read_cursors(&header, state.cursors)?;
        let past = state.past.into_iter().map(|(seqno, roots, keys)| {
            let registered = Registered {
                roots: Dict::from(roots),
                keys: Dict::from(keys),
            };
            (seqno, registered)
        });
        let past: OwnPast = past.collect();
        let expected = match header.height {
            0 => HashBytes::ZERO,
            _ => cursor::hash(cursors.iter(), &past)?,
        };
        if !cursors.keys().eq(start.cursors.keys()) || expected != header.cursors {
            return Err(StateRefusal::Part("cursors"));
        }
        Ok(Self {
            chain,
            hash: *state.header.repr_hash(),
            header,
            next_set,
            cursors,
            past,
            issued_nano: Arc::clone(&start.issued_nano),
        })
    }
}

fn read_cursors(
    own: &Header,
    cursors: Vec<(Cell, Option<Vec<Member>>)>,
) -> Result<BTreeMap<ChainId, Cursor>, StateRefusal> {
    let mut read = BTreeMap::new();
    for (cell, members) in cursors {
        let header = Header::from_cell(&cell)?;
        let next_set = members.map(ValidatorSet::new).transpose()?;
        let is_named = (next_set.as_ref()).is_none_or(|set| set.hash() == header.next_set);
        if header.scope.genesis != own.scope.genesis || !is_named {
            return Err(StateRefusal::Part("cursors"));
        }
        let hash = *cell.repr_hash();
        let cursor = Cursor {
            header,
            hash,
            next_set,
        };
        read.insert(cursor.header.scope.chain, cursor);
    }
    Ok(read)
}
