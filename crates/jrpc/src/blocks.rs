//! Whole blocks, where nodes provide them.
//!
//! A node whose config has `rpc.allow_huge_requests` serves the data of any block whose full id is known: that of a
//! transaction's block, of the predecessor of a known block, and of the workchains' blocks that a masterchain block names.
//! So from one known transaction on, all earlier blocks of its chain can be fetched. The id of a new block in which nothing
//! known happened cannot be obtained.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use ddvs_client::{ChainId, ClientError, MASTERCHAIN};
use serde::{Deserialize, Serialize};
use tycho_types::models::BlockId;

use crate::CallError;
use crate::nodes::Nodes;
use crate::whole_block::{WholeBlock, chain_of};
use crate::wire::{self, Nothing};

/// Maximum number of blocks of one chain that are fetched to close one gap.
const MAX_GAP: usize = 256;

const METHOD: &str = "getBlockData";

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct OfBlock {
    block_id: String,
}

#[derive(Debug, Deserialize)]
struct BlockData {
    data: Option<String>,
}

/// Blocks by chain and number.
pub(crate) type WholeBlocks = BTreeMap<(ChainId, u32), WholeBlock>;

impl Nodes {
    /// Whether any node provides whole blocks.
    pub(crate) fn gives_blocks(&self) -> Result<bool, ClientError> {
        let mut gives = false;
        self.endpoints
            .call_each("getCapabilities", &Nothing {}, |_, methods: Vec<String>| {
                gives |= methods.iter().any(|method| method == METHOD);
                Ok(if gives {
                    ControlFlow::Break(())
                } else {
                    ControlFlow::Continue(())
                })
            })?;
        Ok(gives)
    }

    /// Fetches all blocks from the given ones back to those that are known, and the blocks that they name. A block
    /// that no node has any more ends the walk.
    pub(crate) fn blocks_back_to(
        &self,
        known: &BTreeMap<ChainId, u32>,
        from: &BTreeMap<ChainId, BlockId>,
    ) -> Result<WholeBlocks, ClientError> {
        let mut heads = from.clone();
        let mut found = WholeBlocks::new();
        let mut chains = vec![MASTERCHAIN];
        chains.extend(
            self.description
                .chain_ids()
                .into_iter()
                .filter(|id| *id != MASTERCHAIN),
        );
        for chain in chains {
            let Some(mut id) = heads.get(&chain).copied() else {
                continue;
            };
            let bottom = known
                .get(&chain)
                .copied()
                .unwrap_or(id.seqno.saturating_sub(1));
            for _ in 0..MAX_GAP {
                if id.seqno <= bottom {
                    break;
                }
                let Some(block) = self.read_block(&id)? else {
                    break;
                };
                for shard in &block.shards {
                    let Some(chain) = chain_of(shard) else {
                        continue;
                    };
                    let head = heads.entry(chain).or_insert(*shard);
                    if head.seqno < shard.seqno {
                        *head = *shard;
                    }
                }
                let previous = block.previous;
                found.insert((chain, id.seqno), block);
                match previous {
                    Some(previous) => id = previous,
                    None => break,
                }
            }
        }
        Ok(found)
    }

    /// Returns a block, `None` if no node has it any more.
    pub(crate) fn read_block(&self, id: &BlockId) -> Result<Option<WholeBlock>, ClientError> {
        let mut found = None;
        let question = OfBlock {
            block_id: id.to_string(),
        };
        self.endpoints
            .call_each(METHOD, &question, |_, answer: BlockData| {
                let Some(data) = answer.data else {
                    return Ok(ControlFlow::Continue(()));
                };
                let root = wire::cell(&data)?;
                if *root.repr_hash() != id.root_hash {
                    return Err(CallError::malformed("another block"));
                }
                found = Some(WholeBlock::parse(*id, &root).map_err(CallError::malformed)?);
                Ok(ControlFlow::Break(()))
            })?;
        Ok(found)
    }
}
