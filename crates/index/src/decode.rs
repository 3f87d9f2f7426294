//! Decoding a block into facts: a pure function, independent of storage.

mod accounts;
mod events;
mod messages;

use ddvs_client::{AccountView, Block, TransactionRecord, ValidatorSetRecord};
use ddvs_contracts::messages::op_in;
use tycho_types::boc::Boc;
use tycho_types::error::Error;

use crate::agreement::{self, AgreementFact};
use crate::rows::{
    AccountRow, At, BlockRow, CopyRow, EventRow, EvidenceRow, Member, MessageRow, PoolRow, SetRow,
    TransactionRow, TxKey, WalletRow,
};
use crate::{Identity, IndexError, Observed};

pub use self::messages::{fate_of, note_of};

/// Facts from a block.
#[derive(Debug, Clone)]
pub struct Facts {
    /// The block; key block and shards are filled in when it is stored.
    pub block: BlockRow,
    /// Its transactions with their bags of cells, in order.
    pub transactions: Vec<(TransactionRow, Vec<u8>)>,
    /// Messages that ended in it or were sent in it; one may occur twice.
    pub messages: Vec<MessageRow>,
    /// Accounts that it touched.
    pub accounts: Vec<AccountRow>,
    /// Pools among them.
    pub pools: Vec<PoolRow>,
    /// Wallets among them.
    pub wallets: Vec<WalletRow>,
    /// The validator set in force.
    pub set: SetRow,
    /// Facts about batches from its D'Elector.
    pub agreement: Vec<AgreementFact>,
    /// Its D'Elector's registries afterwards, if they changed.
    pub registries: Vec<CopyRow>,
    /// Submitted evidence.
    pub evidence: Vec<EvidenceRow>,
    /// Events, not numbered yet.
    pub events: Vec<EventRow>,
}

/// Decodes a block.
///
/// Fails only when a cell of an accepted block cannot be read.
pub fn decode(identity: &Identity, observed: &Observed) -> Result<Facts, IndexError> {
    let block = &*observed.block;
    facts(identity, observed).map_err(|cause| IndexError::Cell {
        chain: block.chain,
        seqno: block.seqno,
        cause,
    })
}

/// Decodes one account, as if block `at` had touched only that.
pub(crate) fn account(
    identity: &Identity,
    view: &AccountView,
    at: At,
) -> Result<Facts, IndexError> {
    let mut facts = Facts::empty(BlockRow::new(at), SetRow::empty(at));
    accounts::read(identity, view, &mut facts).map_err(|cause| IndexError::Cell {
        chain: at.chain,
        seqno: at.seqno,
        cause,
    })?;
    Ok(facts)
}

impl Facts {
    fn empty(block: BlockRow, set: SetRow) -> Self {
        Self {
            block,
            transactions: Vec::new(),
            messages: Vec::new(),
            accounts: Vec::new(),
            pools: Vec::new(),
            wallets: Vec::new(),
            set,
            agreement: Vec::new(),
            registries: Vec::new(),
            evidence: Vec::new(),
            events: Vec::new(),
        }
    }
}

fn facts(identity: &Identity, observed: &Observed) -> Result<Facts, Error> {
    let block = &*observed.block;
    let at = At {
        chain: block.chain,
        seqno: block.seqno,
        time_ms: block.gen_time_ms,
    };
    let mut facts = Facts::empty(block_row(block, at), set_row(&block.validator_set, at));
    for account in &observed.accounts {
        accounts::read(identity, account, &mut facts)?;
    }
    for record in &block.transactions {
        let row = transaction_row(record, at);
        messages::of_transaction(record, &row, &mut facts.messages)?;
        if identity.is_delector(&record.account) && record.succeeded() {
            facts
                .agreement
                .extend(agreement::facts(identity, record, at));
        }
        events::of_transaction(identity, record, &row, &mut facts);
        facts
            .transactions
            .push((row, Boc::encode(record.cell.inner())));
    }
    messages::ended(block, at, &mut facts);
    if let Some(reason) = &block.config_rejected {
        let mut event = EventRow::new(crate::rows::EventKind::CONFIG_REJECTED, at);
        event.note = Some(reason.clone());
        facts.events.push(event);
    }
    Ok(facts)
}

fn block_row(block: &Block, at: At) -> BlockRow {
    let count = |len: usize| u32::try_from(len).unwrap_or(u32::MAX);
    BlockRow {
        start_lt: block.start_lt,
        end_lt: block.end_lt,
        hash: block.hash,
        previous_hash: block.previous_hash,
        accounts_hash: block.accounts_hash,
        config_hash: block.config_hash,
        set_hash: block.validator_set.hash,
        gas_used: block.gas_used,
        fees_nano: block.fees_nano,
        imported: count(block.imported),
        transactions: count(block.transactions.len()),
        dropped: count(block.dropped.len()),
        returned: count(block.returned.len()),
        config_rejected: block.config_rejected.clone(),
        ..BlockRow::new(at)
    }
}

pub(crate) fn set_row(record: &ValidatorSetRecord, at: At) -> SetRow {
    let set = &record.set;
    SetRow {
        at,
        hash: record.hash,
        since: set.utime_since,
        total_weight: set.total_weight,
        main: set.main.get(),
        members: set
            .list
            .iter()
            .map(|member| Member {
                key: member.public_key,
                weight: member.weight,
            })
            .collect(),
    }
}

fn transaction_row(record: &TransactionRecord, at: At) -> TransactionRow {
    TransactionRow {
        key: TxKey {
            account: record.account.clone(),
            lt: record.lt,
        },
        hash: record.hash,
        at,
        in_message: *record.in_message.hash(),
        op: op_in(&record.in_message.cell),
        exit_code: record.exit_code(),
        action_code: record.action_code,
        aborted: record.aborted,
        bounced: record.bounced,
        destroyed: record.destroyed,
        gas_used: record.gas_used(),
        fees_nano: record.total_fees_nano,
        balance_nano: record.balance_nano,
        out_messages: record.out_messages.iter().map(|m| *m.hash()).collect(),
    }
}
