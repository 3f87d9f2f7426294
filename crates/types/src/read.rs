//! Reading messages, and a transaction's record from its cell alone, for transactions from elsewhere or from storage.

use tycho_types::cell::{Cell, Lazy, Load};
use tycho_types::error::Error;
use tycho_types::models::{
    BouncePhase, ComputePhase, IntAddr, MsgInfo, StdAddr, Transaction, TxInfo,
};

use crate::ChainId;
use crate::record::{ComputeResult, InMessage, OutDestination, OutMessage, TransactionRecord};

impl TransactionRecord {
    /// Reads it from a transaction's cell and two facts that this does not contain: chain and number of its block.
    /// The time is that of the block in whole seconds, and there is no balance.
    ///
    /// Returns `None` for a transaction that no message caused, or one of another kind. Fails only when a part cannot
    /// be decoded.
    pub fn read(chain: ChainId, block_seqno: u32, cell: &Cell) -> Result<Option<Self>, Error> {
        let transaction = cell.parse::<Transaction>()?;
        let Some(in_message) = &transaction.in_msg else {
            return Ok(None);
        };
        let TxInfo::Ordinary(info) = transaction.load_info()? else {
            return Ok(None);
        };
        let mut out_messages = Vec::new();
        for entry in transaction.out_msgs.iter() {
            let (_, cell) = entry?;
            out_messages.push(OutMessage::read(cell)?);
        }
        Ok(Some(Self {
            account: StdAddr::new(chain, transaction.account),
            block_seqno,
            gen_time_ms: u64::from(transaction.now) * 1_000,
            lt: transaction.lt,
            hash: *cell.repr_hash(),
            in_message: InMessage::read(in_message)?,
            compute: (&info.compute_phase).into(),
            action_code: info.action_phase.as_ref().map(|phase| phase.result_code),
            aborted: info.aborted,
            bounced: matches!(info.bounce_phase, Some(BouncePhase::Executed(_))),
            destroyed: info.destroyed,
            total_fees_nano: transaction.total_fees.tokens.into_inner(),
            balance_nano: None,
            out_messages,
            cell: Lazy::from_raw(cell.clone())?,
        }))
    }
}

impl From<&ComputePhase> for ComputeResult {
    fn from(phase: &ComputePhase) -> Self {
        match phase {
            ComputePhase::Executed(phase) => Self::Executed {
                exit_code: phase.exit_code,
                gas_used: phase.gas_used.into_inner(),
            },
            ComputePhase::Skipped(phase) => Self::Skipped(phase.reason),
        }
    }
}

impl InMessage {
    fn read(cell: &Cell) -> Result<Self, Error> {
        let (source, value_nano, is_bounced) = match MsgInfo::load_from(&mut cell.as_slice()?)? {
            MsgInfo::Int(info) => {
                let IntAddr::Std(source) = info.src else {
                    return Err(Error::InvalidData);
                };
                (Some(source), info.value.tokens.into_inner(), info.bounced)
            }
            _ => (None, 0, false),
        };
        Ok(Self {
            cell: cell.clone(),
            source,
            value_nano,
            is_bounced,
        })
    }
}

impl OutMessage {
    fn read(cell: Cell) -> Result<Self, Error> {
        let (destination, value_nano, is_bounced) = match MsgInfo::load_from(&mut cell.as_slice()?)?
        {
            MsgInfo::Int(info) => {
                let destination = match info.dst {
                    IntAddr::Std(address) => OutDestination::Account(address),
                    IntAddr::Var(_) => OutDestination::Nowhere,
                };
                (destination, info.value.tokens.into_inner(), info.bounced)
            }
            MsgInfo::ExtOut(_) => (OutDestination::External, 0, false),
            MsgInfo::ExtIn(_) => return Err(Error::InvalidData),
        };
        Ok(Self {
            cell,
            destination,
            value_nano,
            is_bounced,
        })
    }
}

/// Returns the receiver of an external message; `None` if it is another message, or its address is not a plain one.
pub fn external_receiver(message: &Cell) -> Option<StdAddr> {
    let mut slice = message.as_slice().ok()?;
    match MsgInfo::load_from(&mut slice).ok()? {
        MsgInfo::ExtIn(info) => info.dst.as_std().cloned(),
        _ => None,
    }
}
