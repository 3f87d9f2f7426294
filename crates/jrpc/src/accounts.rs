//! Reading accounts from nodes that confuse chains.
//!
//! A node of version 1.0 looks for an account of a workchain in the state of one workchain only: the one whose newest block
//! has the latest second, or, if two have the same second, always the same one until the node restarts. So with several
//! workchains it may answer that an account does not exist, or return the account of another chain with the same id. The
//! address in the answer reveals the second case. Against the first, all nodes are asked, several times; an account is
//! reported as missing only when a node that shows the D'Elector of that chain, before and after, does not have it. While no
//! node shows its chain, an earlier read is used if the account has had no transaction since: see `states`.

use std::ops::ControlFlow;
use std::thread;
use std::time::Instant;

use ddvs_client::{AccountView, ClientError, MASTERCHAIN};
use ddvs_types::account::decode_account;
use tycho_types::cell::HashBytes;
use tycho_types::models::{Account, IntAddr, StdAddr};

use crate::nodes::Nodes;
use crate::record::Raw;
use crate::wire::{self, AccountsByCode, ContractState, MAX_PAGE, OfAddress, TransactionId};
use crate::{CallError, memory::Memory};

/// Returns the view of an account that does not exist.
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

/// Combined answers of all nodes.
#[derive(Debug, Default)]
struct Round {
    /// The newest state of the account itself.
    best: Option<AccountView>,
    /// Another account that was returned instead.
    other: Option<IntAddr>,
    /// Whether a server that shows this chain has no such account.
    is_missing: bool,
    /// Whether no node showed this chain.
    is_chain_hidden: bool,
}

impl Nodes {
    pub(crate) fn read_account(&self, address: &StdAddr) -> Result<AccountView, ClientError> {
        let chain = address.workchain;
        let workchains = self.description.chains.iter();
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
                if may_hide {
                    self.states.keep(found, self.is_delector(address));
                }
                return Ok(found.clone());
            }
            let last = self.last_transaction(address)?;
            if round.best.is_none() && round.is_chain_hidden {
                let last_lt = last.as_ref().map_or(0, |last| last.transaction.lt);
                let kept = self.states.current(address, last_lt.max(seen_lt));
                if let Some(kept) = kept {
                    self.memory()
                        .watch(address, kept.last_transaction_lt, false);
                    return Ok(kept);
                }
            }
            let must_exist = round.best.is_some()
                || last.as_ref().is_some_and(Raw::leaves_account)
                || self.is_delector(address);
            if !must_exist && (round.is_missing || last.is_some()) {
                let missing = remember_missing(&mut self.memory(), address, last.as_ref());
                if may_hide {
                    self.states.keep(&missing, false);
                }
                return Ok(missing);
            }
            if begin.elapsed() >= self.settings.read_patience {
                return Err(not_shown(address, &round, seen_lt));
            }
            thread::sleep(self.settings.poll_interval);
        }
    }

    /// Asks the nodes until one shows the account, at least as new as it was seen.
    fn ask_round(
        &self,
        address: &StdAddr,
        seen_lt: u64,
        may_hide: bool,
    ) -> Result<Round, ClientError> {
        let mut round = Round {
            is_chain_hidden: may_hide,
            ..Round::default()
        };
        let question = OfAddress { address };
        self.endpoints.call_each(
            "getContractState",
            &question,
            |url, answer: ContractState| {
                let mut answer = answer;
                let is_final = !may_hide || answer.is_exact();
                if !is_final {
                    answer = self.ask_again(url, address, answer, &mut round)?;
                }
                let (account, last, utime) = match answer {
                    ContractState::NotExists { is_exact, .. } => {
                        round.is_missing |= is_exact || !may_hide;
                        // another node may be ahead
                        return Ok(if is_final && seen_lt == 0 {
                            ControlFlow::Break(())
                        } else {
                            ControlFlow::Continue(())
                        });
                    }
                    ContractState::Exists {
                        account,
                        last_transaction_id,
                        timings,
                    } => (account, last_transaction_id, timings.gen_utime),
                };
                let account =
                    decode_account(&wire::cell(&account)?).map_err(CallError::malformed)?;
                if !is_at(&account.address, address) {
                    round.other = Some(account.address);
                    return Ok(ControlFlow::Continue(()));
                }
                // only now it is known to be a state of this chain
                self.is_recent(address.workchain, utime)?;
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
            },
        )?;
        Ok(round)
    }

    /// Asks a node that may have looked into another chain: between two reads of this chain's D'Elector, which always exists. If both show it, the node's answer is reliable.
    ///
    /// Fails only when the node does not answer.
    fn ask_again(
        &self,
        url: &str,
        address: &StdAddr,
        hidden: ContractState,
        round: &mut Round,
    ) -> Result<ContractState, CallError> {
        let Some(delector) = self.description.delector(address.workchain) else {
            return Ok(hidden);
        };
        let look = |address: &StdAddr| -> Result<ContractState, CallError> {
            self.endpoints
                .call_one(url, "getContractState", &OfAddress { address })
        };
        if !look(delector)?.is_of(delector)? {
            return Ok(hidden);
        }
        round.is_chain_hidden = false;
        let answer = look(address)?;
        if let ContractState::NotExists { timings, .. } = answer {
            let is_exact = look(delector)?.is_of(delector)?;
            return Ok(ContractState::NotExists { is_exact, timings });
        }
        Ok(answer)
    }

    /// Returns addresses of accounts with this code, on all chains, at most a hundred after a given one.
    ///
    /// Fails only when no node answers.
    pub(crate) fn accounts_by_code(
        &self,
        code: &HashBytes,
        after: Option<&StdAddr>,
    ) -> Result<Vec<StdAddr>, ClientError> {
        let question = AccountsByCode {
            code_hash: code,
            limit: MAX_PAGE,
            continuation: after,
        };
        self.endpoints.call("getAccountsByCodeHash", &question)
    }

    fn is_delector(&self, address: &StdAddr) -> bool {
        self.description.delector(address.workchain) == Some(address)
    }
}

impl ContractState {
    /// Whether it is the state of this account, and not of one with the same id on another chain.
    ///
    /// Fails only when it is not an account.
    pub fn is_of(&self, address: &StdAddr) -> Result<bool, CallError> {
        let Self::Exists { account, .. } = self else {
            return Ok(false);
        };
        let account = decode_account(&wire::cell(account)?).map_err(CallError::malformed)?;
        Ok(is_at(&account.address, address))
    }
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
    if let Some(last) = last {
        view.last_transaction_lt = last.transaction.lt;
        view.last_transaction_hash = *last.cell.repr_hash();
    }
    memory.watch(address, view.last_transaction_lt, false);
    view
}

fn not_shown(address: &StdAddr, round: &Round, seen_lt: u64) -> ClientError {
    let cause = match (&round.best, &round.other) {
        (Some(best), _) => anyhow::anyhow!(
            "the nodes lag: the newest state is of lt {}, but a transaction of lt {seen_lt} is known; wait, or name nodes that are in sync",
            best.last_transaction_lt
        ),
        (None, Some(other)) => anyhow::anyhow!(
            "the nodes give account {other} instead, which has the same id on another chain; ask more nodes, and keep ids distinct across chains"
        ),
        (None, None) if round.is_chain_hidden => anyhow::anyhow!(
            "no node shows it: each looks in one workchain only, and none in workchain {} now; ask again, for one in which little happens is shown now and then; if that persists, use more endpoints, or stop one of these nodes and start it again",
            address.workchain
        ),
        (None, None) => anyhow::anyhow!(
            "the account exists, but no node shows it; try again after the next block"
        ),
    };
    ClientError::fault(format!("reading account {address}"), cause)
}
