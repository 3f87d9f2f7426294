//! A node's transaction as a record.

use ddvs_client::{
    ChainId, ComputeResult, InMessage, OutDestination, OutMessage, TransactionRecord,
};
use tycho_types::cell::{Cell, Lazy, Load};
use tycho_types::error::Error;
use tycho_types::models::{
    AccountStatus, BouncePhase, ComputePhase, IntAddr, MsgInfo, OrdinaryTxInfo, StdAddr,
    Transaction, TxInfo,
};

/// A transaction and its cell.
#[derive(Debug, Clone)]
pub(crate) struct Raw {
    pub cell: Cell,
    pub transaction: Transaction,
}

impl Raw {
    /// Fails only when the cell is no transaction.
    pub fn new(cell: Cell) -> Result<Self, Error> {
        let transaction = cell.parse::<Transaction>()?;
        Ok(Self { cell, transaction })
    }

    /// Whether the account is still there afterwards.
    pub fn leaves_account(&self) -> bool {
        self.transaction.end_status != AccountStatus::NotExists
    }

    /// The account, by the message that caused the transaction. `None` if no message did: the node
    /// runs some contracts of the masterchain by itself.
    ///
    /// Fails only when the message is for another account.
    pub fn account(&self) -> Result<Option<StdAddr>, Error> {
        let Some(message) = &self.transaction.in_msg else {
            return Ok(None);
        };
        let destination = match MsgInfo::load_from(&mut message.as_slice()?)? {
            MsgInfo::Int(info) => info.dst,
            MsgInfo::ExtIn(info) => info.dst,
            MsgInfo::ExtOut(_) => return Err(Error::InvalidData),
        };
        match destination {
            IntAddr::Std(address) if address.address == self.transaction.account => {
                Ok(Some(StdAddr::new(address.workchain, address.address)))
            }
            _ => Err(Error::InvalidData),
        }
    }

    /// The record; `None` if no message caused the transaction.
    ///
    /// Fails only when a part of it cannot be decoded.
    pub fn record(&self, block: &BlockTime) -> Result<Option<TransactionRecord>, Error> {
        let (Some(account), Some(in_message)) = (self.account()?, &self.transaction.in_msg) else {
            return Ok(None);
        };
        let TxInfo::Ordinary(info) = self.transaction.load_info()? else {
            return Ok(None);
        };
        let mut out_messages = Vec::new();
        for entry in self.transaction.out_msgs.iter() {
            let (_, cell) = entry?;
            out_messages.push(out_message(cell)?);
        }
        Ok(Some(TransactionRecord {
            account: StdAddr::new(block.chain, account.address),
            block_seqno: block.seqno,
            gen_time_ms: u64::from(self.transaction.now) * 1_000,
            lt: self.transaction.lt,
            hash: *self.cell.repr_hash(),
            in_message: read_in_message(in_message)?,
            compute: compute(&info),
            action_code: info.action_phase.as_ref().map(|phase| phase.result_code),
            aborted: info.aborted,
            bounced: matches!(info.bounce_phase, Some(BouncePhase::Executed(_))),
            destroyed: info.destroyed,
            total_fees_nano: self.transaction.total_fees.tokens.into_inner(),
            balance_nano: None,
            out_messages,
            cell: Lazy::from_raw(self.cell.clone())?,
        }))
    }
}

/// The block of a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BlockTime {
    pub chain: ChainId,
    pub seqno: u32,
}

fn compute(info: &OrdinaryTxInfo) -> ComputeResult {
    match &info.compute_phase {
        ComputePhase::Executed(phase) => ComputeResult::Executed {
            exit_code: phase.exit_code,
            gas_used: phase.gas_used.into_inner(),
        },
        ComputePhase::Skipped(phase) => ComputeResult::Skipped(phase.reason),
    }
}

fn read_in_message(cell: &Cell) -> Result<InMessage, Error> {
    let (source, value_nano, is_bounced) = match MsgInfo::load_from(&mut cell.as_slice()?)? {
        MsgInfo::Int(info) => {
            let IntAddr::Std(source) = info.src else {
                return Err(Error::InvalidData);
            };
            (Some(source), info.value.tokens.into_inner(), info.bounced)
        }
        _ => (None, 0, false),
    };
    Ok(InMessage {
        cell: cell.clone(),
        source,
        value_nano,
        is_bounced,
    })
}

fn out_message(cell: Cell) -> Result<OutMessage, Error> {
    let (destination, value_nano, is_bounced) = match MsgInfo::load_from(&mut cell.as_slice()?)? {
        MsgInfo::Int(info) => {
            let IntAddr::Std(destination) = info.dst else {
                return Err(Error::InvalidData);
            };
            let value_nano = info.value.tokens.into_inner();
            (
                OutDestination::Account(destination),
                value_nano,
                info.bounced,
            )
        }
        MsgInfo::ExtOut(_) => (OutDestination::External, 0, false),
        MsgInfo::ExtIn(_) => return Err(Error::InvalidData),
    };
    Ok(OutMessage {
        cell,
        destination,
        value_nano,
        is_bounced,
    })
}
