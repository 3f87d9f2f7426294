//! Input of the index.

use std::collections::BTreeSet;
use std::sync::Arc;

use ddvs_client::{AccountView, Block, ClientError, Live};

/// A block, and the accounts that it touched.
#[derive(Debug, Clone)]
pub struct Observed {
    /// The block.
    pub block: Arc<Block>,
    /// The accounts of its transactions, in their state right after it where the network provides that. On a network
    /// of nodes they may be newer, and an account is then written whenever it is seen.
    pub accounts: Vec<AccountView>,
    /// The network's position after the block, to continue from.
    pub cursor: u64,
}

/// Reads the accounts that a block touched.
///
/// Fails only when the network does not answer.
pub fn observe(live: &dyn Live, block: Arc<Block>, cursor: u64) -> Result<Observed, ClientError> {
    let touched: BTreeSet<_> = block.transactions.iter().map(|t| &t.account).collect();
    let accounts = touched
        .into_iter()
        .map(|account| live.account(account))
        .collect::<Result<_, _>>()?;
    Ok(Observed {
        block,
        accounts,
        cursor,
    })
}
