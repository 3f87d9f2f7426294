//! What the headers of masterchain blocks say: when each was made, and by which session of validators.

use ddvs_client::{ClientError, MASTERCHAIN};
use tycho_types::cell::HashBytes;
use tycho_types::models::StdAddr;

use crate::blocks::WholeBlock;
use crate::network::JrpcNetwork;

/// Blocks that are walked back through at once.
const MAX_HEADS: usize = 10_000;

/// A masterchain block's header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BlockHead {
    /// Its number.
    pub seqno: u32,
    /// Unix time when it was made, in ms.
    pub gen_time_ms: u64,
    /// Whether its config is another than the block's before.
    pub is_key: bool,
    /// Number of the session of validators that made it.
    pub session: u32,
    /// Hash of their set, as short as the header has it.
    pub set_hash_short: u32,
    /// Transactions in it.
    pub transactions: usize,
}

impl From<&WholeBlock> for BlockHead {
    fn from(block: &WholeBlock) -> Self {
        Self {
            seqno: block.id.seqno,
            gen_time_ms: block.gen_time_ms,
            is_key: block.is_key,
            session: block.session,
            set_hash_short: block.set_hash_short,
            transactions: block.transactions.len(),
        }
    }
}

impl JrpcNetwork {
    /// Headers of the masterchain blocks above number `after`, up to the one with the last transaction of `witness`, an
    /// account of the masterchain; ascending. Blocks that no node has any more are left out, with all before them.
    ///
    /// Needs nodes that give out whole blocks. Fails only when none answers.
    pub fn heads_since(
        &self,
        after: u32,
        witness: &StdAddr,
    ) -> Result<Vec<BlockHead>, ClientError> {
        let Some(last) = self.last_transaction_hash(witness)? else {
            return Ok(Vec::new());
        };
        let block = self.block_of(&last)?;
        let known = self
            .memory()
            .block_ids
            .get(&(MASTERCHAIN, block.seqno))
            .copied();
        let mut next = known.filter(|_| block.chain == MASTERCHAIN);
        let mut heads = Vec::new();
        while let Some(id) = next.filter(|id| id.seqno > after && heads.len() < MAX_HEADS) {
            let Some(block) = self.read_block(&id)? else {
                break;
            };
            heads.push(BlockHead::from(&block));
            next = block.previous;
        }
        heads.reverse();
        Ok(heads)
    }

    pub(crate) fn last_transaction_hash(
        &self,
        account: &StdAddr,
    ) -> Result<Option<HashBytes>, ClientError> {
        let last = self.last_transaction(account)?;
        Ok(last.map(|raw| *raw.cell.repr_hash()))
    }
}
