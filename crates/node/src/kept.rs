//! What the engine finds again: proposals of the height that is not decided, and decided blocks for peers that are behind.

use ddvs_bft::{Block, Decision, StoredProposal};
use ddvs_types::ChainId;
use serde::{Deserialize, Serialize};
use tycho_types::cell::HashBytes;

use crate::block;
use crate::chains::Chains;
use crate::runner::RunError;

/// A stored proposal.
#[derive(Serialize, Deserialize)]
struct Stored {
    height: u64,
    round: u32,
    valid_round: Option<u32>,
    proposer: [u8; 32],
    id: [u8; 32],
    block: Vec<u8>,
    is_valid: bool,
}

/// Returns the proposals of a height that were stored.
///
/// Fails when the store does.
pub(crate) fn load_proposals(
    chains: &Chains,
    chain: ChainId,
    height: u64,
) -> Result<Vec<StoredProposal>, RunError> {
    let mut proposals = Vec::new();
    for bytes in chains.store().proposals(chain, height)? {
        // one that was cut off is proposed again by others
        let Ok(stored) = postcard::from_bytes::<Stored>(&bytes) else {
            continue;
        };
        proposals.push(StoredProposal {
            height: stored.height,
            round: stored.round,
            valid_round: stored.valid_round,
            proposer: HashBytes(stored.proposer),
            block: Block {
                id: HashBytes(stored.id),
                bytes: stored.block.into(),
            },
            is_valid: stored.is_valid,
        });
    }
    Ok(proposals)
}

/// Stores a proposal: it is on disk when this returns.
///
/// Fails when the store does.
pub(crate) fn store_proposal(
    chains: &Chains,
    chain: ChainId,
    proposal: &StoredProposal,
) -> Result<(), RunError> {
    let id = proposal.block.id;
    let stored = Stored {
        height: proposal.height,
        round: proposal.round,
        valid_round: proposal.valid_round,
        proposer: proposal.proposer.0,
        id: id.0,
        block: proposal.block.bytes.to_vec(),
        is_valid: proposal.is_valid,
    };
    let encoded = postcard::to_stdvec(&stored).map_err(|_| RunError::Panic)?;
    let (height, round) = (proposal.height, proposal.round);
    Ok((chains.store()).keep_proposal(chain, height, round, &id, &encoded)?)
}

/// Returns the decided blocks of these heights, up to the first that is missing.
///
/// Fails when the store does.
pub(crate) fn load_decisions(
    chains: &Chains,
    chain: ChainId,
    heights: std::ops::RangeInclusive<u64>,
) -> Result<Vec<Decision>, RunError> {
    let mut decisions = Vec::new();
    for height in heights {
        let Some((bytes, certified)) = chains.store().block(chain, height)? else {
            break;
        };
        debug_assert!(block::decode(&bytes).is_ok(), "stored blocks are blocks");
        decisions.push(Decision {
            height,
            block: Block {
                id: *certified.header.repr_hash(),
                bytes: bytes.into(),
            },
            certificate: certified.certificate,
        });
    }
    Ok(decisions)
}
