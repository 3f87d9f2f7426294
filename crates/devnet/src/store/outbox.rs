//! Blocks that the index may not have yet.
//!
//! The index is written beside the network and lags by moments. Data that it must not miss are stored with the state until it
//! has them durably: whole blocks, and the touched accounts by the hashes of their cells.

use std::sync::Arc;

use ddvs_client::{
    AccountView, Block, DroppedExternal, ReturnReason, ReturnedMessage, TransactionRecord,
    ValidatorSetRecord,
};
use ddvs_index::Observed;
use ddvs_ledger::Network;
use serde::{Deserialize, Serialize};
use tycho_types::boc::Boc;
use tycho_types::cell::{Cell, HashBytes, Load};
use tycho_types::models::{OptionalAccount, StdAddr};

use super::RowError;

/// [`Observed`] without its validator set and its accounts' cells.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct ObservedRow {
    cursor: u64,
    chain: i8,
    seqno: u32,
    gen_time_ms: u64,
    start_lt: u64,
    end_lt: u64,
    hash: HashBytes,
    previous_hash: HashBytes,
    accounts_hash: HashBytes,
    config_hash: HashBytes,
    pub set_hash: HashBytes,
    gas_used: u64,
    fees_nano: u128,
    imported: u64,
    /// Bag of cells, and balance afterwards.
    transactions: Vec<(Vec<u8>, Option<u128>)>,
    /// Hash, account, exit code, fault.
    dropped: Vec<(HashBytes, StdAddr, Option<i32>, Option<String>)>,
    /// Hash, returned message, number of the reason, fault.
    returned: Vec<(HashBytes, Option<HashBytes>, u8, Option<String>)>,
    config_rejected: Option<String>,
    accounts: Vec<AccountRow>,
}

#[derive(Debug, Serialize, Deserialize)]
struct AccountRow {
    address: StdAddr,
    last_transaction_lt: u64,
    last_transaction_hash: HashBytes,
    /// `None` for an account that does not exist.
    cell: Option<HashBytes>,
}

impl ObservedRow {
    /// Returns the row of a block that the network has just made, and the cells of its accounts.
    ///
    /// Fails only when the state is broken.
    pub fn of(observed: &Observed, network: &Network) -> Result<(Self, Vec<Cell>), RowError> {
        let block = &observed.block;
        let mut cells = Vec::new();
        let mut accounts = Vec::new();
        for view in &observed.accounts {
            let address = &view.address;
            let held = network.accounts(address.workchain);
            let held = held.map(|held| held.get(address.address)).transpose()?;
            let cell = held
                .flatten()
                .map(|(_, account)| account.account.inner().clone());
            accounts.push(AccountRow {
                address: address.clone(),
                last_transaction_lt: view.last_transaction_lt,
                last_transaction_hash: view.last_transaction_hash,
                cell: cell.as_ref().map(|cell| *cell.repr_hash()),
            });
            cells.extend(cell);
        }
        let row = Self {
            cursor: observed.cursor,
            chain: block.chain,
            seqno: block.seqno,
            gen_time_ms: block.gen_time_ms,
            start_lt: block.start_lt,
            end_lt: block.end_lt,
            hash: block.hash,
            previous_hash: block.previous_hash,
            accounts_hash: block.accounts_hash,
            config_hash: block.config_hash,
            set_hash: block.validator_set.hash,
            gas_used: block.gas_used,
            fees_nano: block.fees_nano,
            imported: block.imported as u64,
            transactions: block
                .transactions
                .iter()
                .map(|transaction| {
                    let boc = Boc::encode(transaction.cell.inner());
                    (boc, transaction.balance_nano)
                })
                .collect(),
            dropped: block
                .dropped
                .iter()
                .map(|dropped| {
                    let (account, fault) = (dropped.account.clone(), dropped.fault.clone());
                    (dropped.hash, account, dropped.exit_code, fault)
                })
                .collect(),
            returned: block
                .returned
                .iter()
                .map(|returned| {
                    let reason = code_of(returned.reason);
                    (
                        returned.hash,
                        returned.returned_as,
                        reason,
                        returned.fault.clone(),
                    )
                })
                .collect(),
            config_rejected: block.config_rejected.clone(),
            accounts,
        };
        Ok((row, cells))
    }

    /// Hashes of the accounts' cells.
    pub fn hashes(&self) -> impl Iterator<Item = HashBytes> {
        self.accounts.iter().filter_map(|account| account.cell)
    }

    /// Returns the content of the row.
    ///
    /// Fails when it cannot be decoded.
    pub fn load(
        self,
        set: Arc<ValidatorSetRecord>,
        mut cell: impl FnMut(&HashBytes) -> Result<Cell, RowError>,
    ) -> Result<Observed, RowError> {
        let mut transactions = Vec::new();
        for (boc, balance_nano) in &self.transactions {
            let cell = Boc::decode(boc).map_err(RowError::damaged)?;
            let record = TransactionRecord::read(self.chain, self.seqno, &cell)?;
            let mut record = record.ok_or_else(|| RowError::damaged("an empty transaction"))?;
            record.gen_time_ms = self.gen_time_ms;
            record.balance_nano = *balance_nano;
            transactions.push(Arc::new(record));
        }
        let dropped = self.dropped.into_iter();
        let returned = self.returned.into_iter();
        let returned = returned.map(|(hash, returned_as, code, fault)| {
            let reason = reason_of(code)?;
            Ok(ReturnedMessage {
                hash,
                returned_as,
                reason,
                fault,
            })
        });
        let block = Block {
            chain: self.chain,
            seqno: self.seqno,
            gen_time_ms: self.gen_time_ms,
            start_lt: self.start_lt,
            end_lt: self.end_lt,
            hash: self.hash,
            previous_hash: self.previous_hash,
            accounts_hash: self.accounts_hash,
            config_hash: self.config_hash,
            validator_set: set,
            gas_used: self.gas_used,
            fees_nano: self.fees_nano,
            imported: usize::try_from(self.imported).unwrap_or(usize::MAX),
            transactions,
            dropped: dropped
                .map(|(hash, account, exit_code, fault)| DroppedExternal {
                    hash,
                    account,
                    exit_code,
                    fault,
                })
                .collect(),
            returned: returned.collect::<Result<_, RowError>>()?,
            config_rejected: self.config_rejected,
        };
        let mut accounts = Vec::new();
        for row in self.accounts {
            let account = match &row.cell {
                Some(hash) => OptionalAccount::load_from(&mut cell(hash)?.as_slice()?)?.0,
                None => None,
            };
            let balance_nano = account.as_ref().map(|a| a.balance.tokens.into_inner());
            accounts.push(AccountView {
                address: row.address,
                balance_nano: balance_nano.unwrap_or(0),
                last_transaction_lt: row.last_transaction_lt,
                last_transaction_hash: row.last_transaction_hash,
                account,
            });
        }
        Ok(Observed {
            block: Arc::new(block),
            accounts,
            cursor: self.cursor,
        })
    }
}

/// Returns the number of a reason. Numbers are stable; new ones are added at the end.
fn code_of(reason: ReturnReason) -> u8 {
    let place = ReturnReason::ALL.iter().position(|other| *other == reason);
    place
        .and_then(|place| u8::try_from(place).ok())
        .unwrap_or(u8::MAX)
}

fn reason_of(code: u8) -> Result<ReturnReason, RowError> {
    let reason = ReturnReason::ALL.get(usize::from(code)).copied();
    reason.ok_or_else(|| RowError::damaged("a message was returned for an unknown reason"))
}
