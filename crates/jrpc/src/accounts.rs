//! Accounts, read in spite of nodes that mix up chains.
//!
//! A node of 1.0 looks for an account of a workchain in the state of one workchain only, whichever
//! made the newest block. So with several workchains it may answer that an account does not exist, or
//! give the account of another chain with the same id. The address in the answer tells the second;
//! against the first, all nodes are asked, and asked again while the account's list of transactions,
//! which is right, says that it exists. An account of the zerostate that never had a transaction has no
//! such witness: it is asked for during [`Settings::missing_patience`](crate::Settings) before it is
//! held not to exist.

use std::ops::ControlFlow;
use std::thread;
use std::time::Instant;

use ddvs_client::{AccountView, ClientError, MASTERCHAIN};
use tycho_types::cell::{Cell, CellBuilder, HashBytes};
use tycho_types::error::Error;
use tycho_types::models::{Account, IntAddr, OptionalAccount, StdAddr};

use crate::network::JrpcNetwork;
use crate::record::Raw;
use crate::wire::{
    self, AccountsByCode, ContractState, MAX_PAGE, OfAddress, TransactionId, TransactionsList,
};
use crate::{CallError, memory::Memory};

/// Decodes an account as the RPC gives it: without the leading `account$1` bit.
///
/// Fails only when the cell is no account, or has more than one.
pub fn decode_account(cell: &Cell) -> Result<Account, Error> {
    let mut whole = CellBuilder::new();
    whole.store_bit_one()?;
    whole.store_slice(cell.as_slice()?)?;
    let whole = whole.build()?;
    let mut slice = whole.as_slice()?;
    let account = <OptionalAccount as tycho_types::cell::Load>::load_from(&mut slice)?;
    match account.0 {
        Some(account) if slice.is_empty() => Ok(account),
        _ => Err(Error::InvalidData),
    }
}

/// Encodes an account as the RPC gives it; the counterpart of [`decode_account`].
///
/// Fails only when a part does not fit into its cell.
pub fn encode_account(account: &Account) -> Result<Cell, Error> {
    let whole = CellBuilder::build_from(OptionalAccount(Some(account.clone())))?;
    let mut slice = whole.as_slice()?;
    slice.load_bit()?;
    CellBuilder::build_from(slice)
}

/// An account that does not exist.
pub(crate) fn empty_view(address: &StdAddr) -> AccountView {
    AccountView {
        address: address.clone(),
        balance_nano: 0,
        last_transaction_lt: 0,
        last_transaction_hash: HashBytes::ZERO,
        account: None,
    }
}

fn view(address: &StdAddr, account: Account, last: TransactionId) -> AccountView {
    AccountView {
        address: address.clone(),
        balance_nano: account.balance.tokens.into_inner(),
        last_transaction_lt: last.lt,
        last_transaction_hash: last.hash,
        account: Some(account),
    }
}

/// What all nodes together said.
#[derive(Debug, Default)]
struct Round {
    /// The newest state of the account itself.
    best: Option<AccountView>,
    /// Another account that came instead.
    other: Option<IntAddr>,
    /// Whether a server that looks into every chain has no such account.
    is_missing: bool,
}

impl JrpcNetwork {
    pub(crate) fn read_account(&self, address: &StdAddr) -> Result<AccountView, ClientError> {
        let chain = address.workchain;
        let workchains = self.description().chains.iter();
        let may_hide =
            chain != MASTERCHAIN && workchains.filter(|c| c.id != MASTERCHAIN).count() > 1;
        let seen_lt = self.memory().seen_lt(address);
        let begin = Instant::now();
        loop {
            let round = self.ask_round(address, seen_lt, may_hide)?;
            if let Some(found) = round.best.as_ref()
                && found.last_transaction_lt >= seen_lt
            {
                self.memory()
                    .watch(address, found.last_transaction_lt, false);
                return Ok(found.clone());
            }
            let last = self.last_transaction(address)?;
            let must_exist = round.best.is_some()
                || last.as_ref().is_some_and(Raw::leaves_account)
                || self.is_delector(address);
            if !must_exist && (round.other.is_none() || last.is_some()) {
                let mut memory = self.memory();
                let patience_is_over = begin.elapsed() >= self.settings().missing_patience;
                if last.is_some()
                    || !may_hide
                    || round.is_missing
                    || memory.missing.get(address).is_some()
                    || patience_is_over
                {
                    return Ok(remember_missing(&mut memory, address, last.as_ref()));
                }
            }
            if begin.elapsed() >= self.settings().read_patience {
                return Err(not_shown(address, round, seen_lt));
            }
            thread::sleep(self.settings().poll_interval);
        }
    }

    /// Asks the nodes until one shows the account, at least as new as it was seen.
    fn ask_round(
        &self,
        address: &StdAddr,
        seen_lt: u64,
        may_hide: bool,
    ) -> Result<Round, ClientError> {
        let mut round = Round::default();
        let question = OfAddress { address };
        self.endpoints()
            .call_each("getContractState", &question, |_, answer| {
                let (account, last) = match answer {
                    ContractState::NotExists { is_exact } => {
                        round.is_missing |= is_exact;
                        return Ok(if (may_hide && !is_exact) || seen_lt > 0 {
                            ControlFlow::Continue(())
                        } else {
                            ControlFlow::Break(())
                        });
                    }
                    ContractState::Exists {
                        account,
                        last_transaction_id,
                    } => (account, last_transaction_id),
                };
                let account =
                    decode_account(&wire::cell(&account)?).map_err(CallError::malformed)?;
                if !is_at(&account.address, address) {
                    round.other = Some(account.address);
                    return Ok(ControlFlow::Continue(()));
                }
                let found = view(address, account, last);
                let best_lt = round.best.as_ref().map(|best| best.last_transaction_lt);
                if best_lt.is_none_or(|best_lt| best_lt < last.lt) {
                    round.best = Some(found);
                }
                Ok(if last.lt >= seen_lt {
                    ControlFlow::Break(())
                } else {
                    ControlFlow::Continue(())
                })
            })?;
        Ok(round)
    }

    /// The newest transaction of an account. The list of transactions knows chains apart.
    /// Addresses of accounts with this code, on all chains, at most a hundred after one of them.
    ///
    /// Fails only when no node answers.
    pub fn accounts_by_code(
        &self,
        code: &HashBytes,
        after: Option<&StdAddr>,
    ) -> Result<Vec<StdAddr>, ClientError> {
        let question = AccountsByCode {
            code_hash: code,
            limit: MAX_PAGE,
            continuation: after,
        };
        self.endpoints().call("getAccountsByCodeHash", &question)
    }

    pub(crate) fn last_transaction(&self, address: &StdAddr) -> Result<Option<Raw>, ClientError> {
        let page = self.page(address, None, 1.min(MAX_PAGE))?;
        Ok(page.into_iter().next())
    }

    /// At most `limit` transactions of an account, the newest first, from `newest_lt` on down.
    pub(crate) fn page(
        &self,
        account: &StdAddr,
        newest_lt: Option<u64>,
        limit: u8,
    ) -> Result<Vec<Raw>, ClientError> {
        let question = TransactionsList {
            account,
            last_transaction_lt: newest_lt,
            limit,
        };
        let mut page = Vec::new();
        self.endpoints().call_each(
            "getTransactionsList",
            &question,
            |_, answer: Vec<String>| {
                page = read_page(account, newest_lt, limit, &answer)?;
                Ok(ControlFlow::Break(()))
            },
        )?;
        Ok(page)
    }

    fn is_delector(&self, address: &StdAddr) -> bool {
        self.description().delector(address.workchain) == Some(address)
    }
}

/// Decodes a list of transactions and checks that it is what was asked for.
fn read_page(
    account: &StdAddr,
    newest_lt: Option<u64>,
    limit: u8,
    answer: &[String],
) -> Result<Vec<Raw>, CallError> {
    if answer.len() > usize::from(limit) {
        return Err(CallError::malformed("more transactions than asked for"));
    }
    let mut page: Vec<Raw> = Vec::with_capacity(answer.len());
    for boc in answer {
        let raw = Raw::new(wire::cell(boc)?).map_err(CallError::malformed)?;
        let below = match page.last() {
            Some(last) => Some(last.transaction.lt.saturating_sub(1)),
            None => newest_lt,
        };
        if raw.transaction.account != account.address
            || below.is_some_and(|below| raw.transaction.lt > below)
        {
            return Err(CallError::malformed("transactions that were not asked for"));
        }
        page.push(raw);
    }
    Ok(page)
}

fn is_at(found: &IntAddr, address: &StdAddr) -> bool {
    match found {
        IntAddr::Std(found) => {
            found.workchain == address.workchain && found.address == address.address
        }
        IntAddr::Var(_) => false,
    }
}

fn remember_missing(memory: &mut Memory, address: &StdAddr, last: Option<&Raw>) -> AccountView {
    let mut view = empty_view(address);
    match last {
        Some(last) => {
            view.last_transaction_lt = last.transaction.lt;
            view.last_transaction_hash = *last.cell.repr_hash();
        }
        None => memory.missing.insert(address.clone(), ()),
    }
    memory.watch(address, view.last_transaction_lt, false);
    view
}

fn not_shown(address: &StdAddr, round: Round, seen_lt: u64) -> ClientError {
    let cause = match (round.best, round.other) {
        (Some(best), _) => anyhow::anyhow!(
            "the nodes lag: the newest state is of lt {}, but a transaction of lt {seen_lt} is known; wait, or name nodes that are in sync",
            best.last_transaction_lt
        ),
        (None, Some(other)) => anyhow::anyhow!(
            "the nodes give account {other} instead, which has the same id on another chain; ask more nodes, and keep ids distinct across chains"
        ),
        (None, None) => anyhow::anyhow!(
            "the account exists, but no node shows it: nodes look in one workchain only; name more endpoints, or try again after the next block"
        ),
    };
    ClientError::fault(format!("reading account {address}"), cause)
}
