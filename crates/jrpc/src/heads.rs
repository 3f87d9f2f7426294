//! Headers of masterchain blocks: time of production, and the validator session that made each.

use ddvs_client::{ClientError, MASTERCHAIN};
use tycho_types::models::StdAddr;

use crate::nodes::Nodes;
use crate::whole_block::WholeBlock;

/// Maximum number of blocks read backwards at a time.
const MAX_HEADS: usize = 10_000;

/// A masterchain block's header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BlockHead {
    /// Its number.
    pub seqno: u32,
    /// Unix time when it was made, in ms.
    pub gen_time_ms: u64,
    /// Whether its config differs from that of the previous block.
    pub is_key: bool,
    /// Number of the session of validators that made it.
    pub session: u32,
    /// Hash of their set, shortened as in the header.
    pub set_hash_short: u32,
    /// Number of its transactions.
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

impl Nodes {
    /// Returns headers of the masterchain blocks above number `after`, up to the one with the last transaction of `witness`, an
    /// account of the masterchain; ascending. Blocks that no node has any more are left out, and all before them.
    ///
    /// Needs nodes that provide whole blocks. Fails only when none answers.
    pub(crate) fn heads_since(
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
}
