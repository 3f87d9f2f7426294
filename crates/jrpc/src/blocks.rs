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
use tycho_types::cell::{Cell, CellSlice, Load};
use tycho_types::dict::Dict;
use tycho_types::error::Error;
use tycho_types::models::{AccountBlocks, BlockId, BlockRef, ShardIdent};

use crate::CallError;
use crate::network::JrpcNetwork;
use crate::record::Raw;
use crate::wire::{self, Nothing};

/// Maximum number of blocks of one chain that are fetched to close one gap.
const MAX_GAP: usize = 256;

const METHOD: &str = "getBlockData";

// Tags of TL-B; the second form is Tycho's.
const BLOCK: [u32; 2] = [0x11ef_55aa, 0x11ef_55bb];
const INFO: u32 = 0x9bc7_a987;
const INFO_WITH_MS: u32 = 0x9bc7_a988;
const EXTRA: [u32; 2] = [0x4a33_f6fd, 0x4a33_f6fc];
const MASTER_EXTRA: u16 = 0xcca5;

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct OfBlock {
    block_id: String,
}

#[derive(Debug, Deserialize)]
struct BlockData {
    data: Option<String>,
}

/// The used part of a block.
#[derive(Debug, Clone)]
pub(crate) struct WholeBlock {
    pub id: BlockId,
    /// `None` after a merge of shards.
    pub previous: Option<BlockId>,
    pub gen_time_ms: u64,
    pub start_lt: u64,
    pub end_lt: u64,
    /// Whether its config differs from the block's before.
    pub is_key: bool,
    /// Hash of the set that made it, shortened as in the header.
    pub set_hash_short: u32,
    /// Number of the validator session that made it.
    pub session: u32,
    pub transactions: Vec<Raw>,
    /// Of the masterchain: the last block of each shard.
    pub shards: Vec<BlockId>,
    /// Of a key block of the masterchain: the dictionary of parameters in force from the next block on.
    pub config: Option<Cell>,
}

/// Blocks by chain and number.
pub(crate) type WholeBlocks = BTreeMap<(ChainId, u32), WholeBlock>;

/// Returns the chain of a block. A workchain that is split into shards is not a sequence of blocks.
pub(crate) fn chain_of(id: &BlockId) -> Option<ChainId> {
    id.shard
        .is_full()
        .then(|| id.shard.workchain().try_into().ok())?
}

impl WholeBlock {
    fn parse(id: BlockId, root: &Cell) -> Result<Self, Error> {
        let mut slice = root.as_slice()?;
        if !BLOCK.contains(&slice.load_u32()?) {
            return Err(Error::InvalidTag);
        }
        let mut info = root.reference(0).ok_or(Error::CellUnderflow)?.as_slice()?;
        let mut extra = root.reference(3).ok_or(Error::CellUnderflow)?.as_slice()?;
        let with_ms = match info.load_u32()? {
            INFO => false,
            INFO_WITH_MS => true,
            _ => return Err(Error::InvalidTag),
        };
        info.load_u32()?; // version
        let flags = info.load_u16()?;
        let (with_master, after_merge) = (flags & 0x8000 != 0, flags & 0x4000 != 0);
        let is_key = flags & 0x0200 != 0;
        let seqno = info.load_u32()?;
        info.load_u32()?; // vertical
        let shard = ShardIdent::load_from(&mut info)?;
        if (shard, seqno) != (id.shard, id.seqno) {
            return Err(Error::InvalidData);
        }
        let gen_time_s = info.load_u32()?;
        let ms = if with_ms { info.load_u16()? } else { 0 };
        let (start_lt, end_lt) = (info.load_u64()?, info.load_u64()?);
        let (set_hash_short, session) = (info.load_u32()?, info.load_u32()?);
        if with_master {
            info.load_reference()?;
        }
        let mut previous = info.load_reference_as_slice()?;
        let previous = match after_merge {
            true => None,
            false => Some(BlockRef::load_from(&mut previous)?.as_block_id(shard)),
        };
        if !EXTRA.contains(&extra.load_u32()?) {
            return Err(Error::InvalidTag);
        }
        extra.load_reference()?; // inbound messages
        extra.load_reference()?; // outbound messages
        let accounts = AccountBlocks::load_from(&mut extra.load_reference_as_slice()?)?;
        let mut transactions = Vec::new();
        for account in accounts.values() {
            let (_, account) = account?;
            for transaction in account.transactions.values() {
                let (_, transaction) = transaction?;
                transactions.push(Raw::new(transaction.into_inner())?);
            }
        }
        let (shards, config) = match extra.load_reference_as_slice() {
            Ok(custom) if shard.is_masterchain() => {
                // the parameters are the last reference in a key block
                let last = custom.size_refs().checked_sub(1).filter(|_| is_key);
                let config = last.and_then(|last| custom.get_reference_cloned(last).ok());
                (read_shards(custom)?, config)
            }
            _ => (Vec::new(), None),
        };
        Ok(Self {
            id,
            previous,
            gen_time_ms: u64::from(gen_time_s) * 1_000 + u64::from(ms),
            start_lt,
            end_lt,
            is_key,
            set_hash_short,
            session,
            transactions,
            shards,
            config,
        })
    }
}

/// The last block of each workchain that is not split.
fn read_shards(mut custom: CellSlice<'_>) -> Result<Vec<BlockId>, Error> {
    if custom.load_u16()? != MASTER_EXTRA {
        return Err(Error::InvalidTag);
    }
    custom.load_bit()?; // whether the config follows
    let workchains = Dict::<i32, Cell>::load_from(&mut custom)?;
    let mut shards = Vec::new();
    for entry in workchains.iter() {
        let (workchain, tree) = entry?;
        let mut leaf = tree.as_slice()?;
        if leaf.load_bit()? {
            continue; // split
        }
        leaf.load_small_uint(4)?; // tag
        let seqno = leaf.load_u32()?;
        leaf.load_u32()?; // masterchain block that registered it
        leaf.load_u64()?;
        leaf.load_u64()?;
        shards.push(BlockId {
            shard: ShardIdent::new_full(workchain),
            seqno,
            root_hash: leaf.load_u256()?,
            file_hash: leaf.load_u256()?,
        });
    }
    Ok(shards)
}

impl JrpcNetwork {
    /// Whether any node provides whole blocks.
    pub(crate) fn gives_blocks(&self) -> Result<bool, ClientError> {
        let mut gives = false;
        self.endpoints()
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
            self.description()
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

    pub(crate) fn read_block(&self, id: &BlockId) -> Result<Option<WholeBlock>, ClientError> {
        let mut found = None;
        let question = OfBlock {
            block_id: id.to_string(),
        };
        self.endpoints()
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
