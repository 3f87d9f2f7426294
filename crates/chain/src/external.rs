//! External messages: what must hold before one may wait for a block.

use ddvs_types::execution::check_external;
use ddvs_types::{ChainId, NotExecuted};
use tycho_executor::Executor;
use tycho_types::cell::{Cell, HashBytes, Load};
use tycho_types::models::{ExtInMsgInfo, IntAddr, MsgInfo, StdAddr};

use crate::{ChainConfig, ChainView, ExternalRefusal, Fault, SendError, account, quarantine};

/// An external message and its receiver.
#[derive(Debug, Clone)]
pub struct External {
    pub(crate) cell: Cell,
    pub(crate) account: StdAddr,
}

impl External {
    /// Reads the receiver of an external message.
    ///
    /// Fails only when it is not an external message to this chain.
    pub fn read(chain: ChainId, cell: Cell) -> Result<Self, ExternalRefusal> {
        let account = destination(chain, &cell)?;
        Ok(Self { cell, account })
    }

    /// The message.
    pub fn cell(&self) -> &Cell {
        &self.cell
    }
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
