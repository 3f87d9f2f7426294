//! External messages: admission to a chain's queue.

use std::collections::VecDeque;

use ahash::HashSet;
use tycho_executor::{Executor, ExecutorInspector, TxError};
use tycho_types::cell::{Cell, HashBytes, Load};
use tycho_types::models::{ExtInMsgInfo, IntAddr, MsgInfo, StdAddr};

use crate::chain::Chain;
use crate::{ChainId, ExternalRefusal, Fault, SendError, account};

/// An admitted external message.
#[derive(Debug, Clone)]
pub(crate) struct External {
    pub cell: Cell,
    pub account: StdAddr,
}

/// The external messages that wait for a block, in order of arrival.
#[derive(Debug, Clone, Default)]
pub(crate) struct Mempool {
    queue: VecDeque<External>,
    hashes: HashSet<HashBytes>,
}

impl Mempool {
    pub fn len(&self) -> usize {
        self.queue.len()
    }

    pub fn contains(&self, hash: &HashBytes) -> bool {
        self.hashes.contains(hash)
    }

    pub fn iter(&self) -> impl Iterator<Item = &External> {
        self.queue.iter()
    }

    pub fn pop(&mut self) -> Option<External> {
        let external = self.queue.pop_front()?;
        self.hashes.remove(external.cell.repr_hash());
        Some(external)
    }

    fn push(&mut self, external: External) {
        self.hashes.insert(*external.cell.repr_hash());
        self.queue.push_back(external);
    }
}

/// Checks an external message against the state after the chain's last block and queues it.
///
/// The contract runs up to the point where it accepts, so a message that it would turn down does
/// not enter. That says nothing about what the message does later: the state may have changed by
/// then, and what follows the acceptance may fail.
pub(crate) fn admit(
    chain: &mut Chain,
    message: Cell,
    now_ms: u64,
    queue_limit: usize,
) -> Result<HashBytes, SendError> {
    let hash = *message.repr_hash();
    let account = destination(chain.id, &message)?;
    check_size(chain, &message)?;
    if chain.mempool.contains(&hash) {
        return Err(ExternalRefusal::Duplicate(hash).into());
    }
    if chain.mempool.len() >= queue_limit {
        return Err(ExternalRefusal::QueueFull {
            chain: chain.id,
            limit: queue_limit,
        }
        .into());
    }
    check_accepted(chain, &account, &message, now_ms)?;
    chain.mempool.push(External {
        cell: message,
        account,
    });
    Ok(hash)
}

fn destination(chain: ChainId, message: &Cell) -> Result<StdAddr, ExternalRefusal> {
    let malformed = |reason: &str| ExternalRefusal::Malformed {
        chain,
        reason: reason.to_owned(),
    };
    if message.is_exotic() {
        return Err(malformed("an exotic cell"));
    }
    let mut slice = message.as_slice_allow_exotic();
    let Ok(MsgInfo::ExtIn(ExtInMsgInfo { dst, .. })) = MsgInfo::load_from(&mut slice) else {
        return Err(malformed("not an inbound external message"));
    };
    match dst {
        IntAddr::Std(address) if address.anycast.is_some() => Err(malformed("an anycast address")),
        IntAddr::Std(address) if address.workchain != chain => {
            Err(malformed("the destination is on another chain"))
        }
        IntAddr::Std(address) => Ok(address),
        IntAddr::Var(_) => Err(malformed("an address of variable length")),
    }
}

/// Size limits of param 43. The size in bytes is taken from the bits of all distinct cells, which
/// is a little below that of the encoded bag of cells and needs no encoding.
fn check_size(chain: &Chain, message: &Cell) -> Result<(), ExternalRefusal> {
    let limits = &chain.config.parsed.size_limits;
    if message.repr_depth() > limits.max_ext_msg_depth {
        return Err(ExternalRefusal::TooLarge);
    }
    let stats = message
        .compute_unique_stats(limits.max_msg_cells as usize)
        .ok_or(ExternalRefusal::TooLarge)?;
    if stats.bit_count.div_ceil(8) > u64::from(limits.max_ext_msg_size) {
        return Err(ExternalRefusal::TooLarge);
    }
    Ok(())
}

fn check_accepted(
    chain: &Chain,
    address: &StdAddr,
    message: &Cell,
    now_ms: u64,
) -> Result<(), SendError> {
    let (state, _) = account::load(&chain.accounts, chain.id, &address.address)?;
    let now = chain.unix_time(now_ms)?;
    let params = chain.config.executor_params(now, chain.lt, HashBytes::ZERO);
    let executor = Executor::new(&params, &chain.config.parsed).with_min_lt(chain.lt);
    let mut inspector = ExecutorInspector::default();
    let checked =
        executor.check_ordinary_ext(address, message.clone(), &state, Some(&mut inspector));
    match checked {
        Ok(()) => Ok(()),
        Err(TxError::Skipped) => Err(ExternalRefusal::NotAccepted {
            account: address.clone(),
            exit_code: inspector.exit_code,
        }
        .into()),
        Err(TxError::Fatal(cause)) => Err(Fault::Execution {
            chain: chain.id,
            seqno: chain.seqno + 1,
            account: address.clone(),
            message: *message.repr_hash(),
            cause,
        }
        .into()),
    }
}
