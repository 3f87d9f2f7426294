//! External messages: admission to a chain's queue.

use std::collections::VecDeque;

use ahash::HashSet;
use ddvs_types::execution::check_external;
use ddvs_types::{ChainId, NotExecuted};
use tycho_executor::Executor;
use tycho_types::cell::{Cell, HashBytes, Load};
use tycho_types::models::{ExtInMsgInfo, IntAddr, MsgInfo, StdAddr};

use crate::chain::Chain;
use crate::{ChainConfig, ChainView, ExternalRefusal, Fault, SendError, account, quarantine};

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
/// The contract runs up to the point where it accepts, so a message that it would reject is not queued. This does not
/// predict later success: the state may have changed by then, and processing after the acceptance may fail.
pub(crate) fn admit(
    chain: &mut Chain,
    message: Cell,
    now_ms: u64,
    queue_limit: usize,
) -> Result<HashBytes, SendError> {
    let account = check_form(chain.id, &chain.config, &message)?;
    check_room(chain, &message, queue_limit)?;
    check_accepted(&chain.view(now_ms)?, &account, &message)?;
    let hash = *message.repr_hash();
    chain.mempool.push(External {
        cell: message,
        account,
    });
    Ok(hash)
}

/// Queues a message that was checked against a view of the chain.
///
/// Fails only when it is not an external message to this chain, is queued already, or the queue is full.
pub(crate) fn queue_checked(
    chain: &mut Chain,
    message: Cell,
    queue_limit: usize,
) -> Result<HashBytes, ExternalRefusal> {
    let account = destination(chain.id, &message)?;
    check_room(chain, &message, queue_limit)?;
    let hash = *message.repr_hash();
    chain.mempool.push(External {
        cell: message,
        account,
    });
    Ok(hash)
}

fn check_room(chain: &Chain, message: &Cell, limit: usize) -> Result<(), ExternalRefusal> {
    let hash = *message.repr_hash();
    if chain.mempool.contains(&hash) {
        return Err(ExternalRefusal::Duplicate(hash));
    }
    if chain.mempool.len() >= limit {
        let chain = chain.id;
        return Err(ExternalRefusal::QueueFull { chain, limit });
    }
    Ok(())
}

/// Receiver of an external message of the right form and size.
pub(crate) fn check_form(
    chain: ChainId,
    config: &ChainConfig,
    message: &Cell,
) -> Result<StdAddr, ExternalRefusal> {
    let account = destination(chain, message)?;
    check_size(config, message)?;
    Ok(account)
}

/// Queues a message that was admitted before, without running the contract again.
///
/// Fails only when it is not an external message to this chain.
pub(crate) fn requeue(chain: &mut Chain, message: Cell) -> Result<(), ExternalRefusal> {
    let account = destination(chain.id, &message)?;
    chain.mempool.push(External {
        cell: message,
        account,
    });
    Ok(())
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
fn check_size(config: &ChainConfig, message: &Cell) -> Result<(), ExternalRefusal> {
    let limits = &config.parsed.size_limits;
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

pub(crate) fn check_accepted(
    chain: &ChainView,
    address: &StdAddr,
    message: &Cell,
) -> Result<(), SendError> {
    let (state, _) = account::load(&chain.accounts, chain.id, &address.address)?;
    let params = chain
        .config
        .executor_params(chain.now, chain.lt, HashBytes::ZERO);
    let executor = Executor::new(&params, &chain.config.parsed).with_min_lt(chain.lt);
    let checked = quarantine::guard(
        || match check_external(&executor, address, &state, message) {
            Ok(()) => Ok(Ok(())),
            Err(NotExecuted::NotAccepted { exit_code }) => Ok(Err(exit_code)),
            Err(NotExecuted::Fault(cause)) => Err(cause),
        },
    );
    match checked {
        Ok(Ok(())) => Ok(()),
        Ok(Err(exit_code)) => Err(ExternalRefusal::NotAccepted {
            account: address.clone(),
            exit_code,
        }
        .into()),
        Err(cause) => Err(Fault::Execution {
            chain: chain.id,
            seqno: chain.seqno + 1,
            account: address.clone(),
            message: *message.repr_hash(),
            cause,
        }
        .into()),
    }
}
