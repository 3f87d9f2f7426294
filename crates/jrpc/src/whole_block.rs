//! The used part of a whole block, and how it is decoded.

use std::sync::Arc;

use ddvs_client::{Block, ChainId, TransactionRecord};
use tycho_types::cell::{Cell, CellSlice, HashBytes, Load};
use tycho_types::dict::Dict;
use tycho_types::error::Error;
use tycho_types::models::{AccountBlocks, BlockId, BlockRef, ShardIdent, StdAddr};

use crate::config::InForce;
use crate::record::Raw;

// Tags of TL-B; the second form is Tycho's.
const BLOCK: [u32; 2] = [0x11ef_55aa, 0x11ef_55bb];
const INFO: u32 = 0x9bc7_a987;
const INFO_WITH_MS: u32 = 0x9bc7_a988;
const EXTRA: [u32; 2] = [0x4a33_f6fd, 0x4a33_f6fc];
const MASTER_EXTRA: u16 = 0xcca5;

/// A block.
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

/// Returns the chain of a block. A workchain that is split into shards is not a sequence of blocks.
pub(crate) fn chain_of(id: &BlockId) -> Option<ChainId> {
    id.shard
        .is_full()
        .then(|| id.shard.workchain().try_into().ok())?
}

impl WholeBlock {
    /// Decodes a block, whose id must be its own.
    ///
    /// Fails only when it is no block, or another one.
    pub fn parse(id: BlockId, root: &Cell) -> Result<Self, Error> {
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

    /// Whether an account of its chain had a transaction in it.
    pub fn touches(&self, account: &StdAddr) -> bool {
        let own = |raw: &Raw| raw.transaction.account == account.address;
        self.transactions.iter().any(own)
    }

    /// Returns it as a block of the stream of a chain, on which `in_force` is in force.
    pub fn block(&self, chain: ChainId, in_force: InForce) -> Block {
        let mut transactions = Vec::new();
        for raw in &self.transactions {
            // contracts of others may have transactions of unknown kinds
            let read = TransactionRecord::read(chain, self.id.seqno, &raw.cell);
            if let Ok(Some(mut record)) = read {
                record.gen_time_ms = self.gen_time_ms;
                transactions.push(Arc::new(record));
            }
        }
        transactions.sort_by_key(|transaction| transaction.lt);
        let internal = transactions.iter().filter(|t| !t.in_message.is_external());
        Block {
            chain,
            seqno: self.id.seqno,
            gen_time_ms: self.gen_time_ms,
            start_lt: self.start_lt,
            end_lt: self.end_lt,
            hash: self.id.root_hash,
            previous_hash: self.previous.map_or(HashBytes::ZERO, |id| id.root_hash),
            accounts_hash: HashBytes::ZERO,
            config_hash: in_force.config_hash,
            validator_set: in_force.validator_set,
            gas_used: transactions.iter().map(|t| t.gas_used()).sum(),
            fees_nano: transactions.iter().map(|t| t.total_fees_nano).sum(),
            imported: internal.count(),
            transactions,
            dropped: Vec::new(),
            returned: Vec::new(),
            config_rejected: None,
        }
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
