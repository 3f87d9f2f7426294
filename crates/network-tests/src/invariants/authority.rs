//! Invariant 5: only an authentic contract changes anything.

use ddvs_client::{ComputeResult, TransactionRecord};
use ddvs_contracts::messages::*;
use ddvs_contracts::storage::{RootStorage, WalletStorage};
use ddvs_contracts::{address, storage};
use ddvs_scenario::words;
use tycho_types::models::StdAddr;

use super::{Known, Monitor};
use crate::World;

impl Known {
    /// Whether the DePool Wallet of `owner` lives there.
    pub fn is_wallet(&self, at: &StdAddr, owner: &StdAddr) -> bool {
        let state =
            address::wallet_state_init_with(&self.codes, &self.network, at.workchain, owner);
        let own = state.and_then(|state| address::address_of(at.workchain, &state));
        own.is_ok_and(|own| own == *at)
    }

    /// Whether a Root with these terms lives there, and works there.
    pub fn is_root(&self, at: &StdAddr, terms: &ddvs_contracts::RootTerms) -> bool {
        let state = address::root_state_init_with(&self.codes, &self.network, at.workchain, terms);
        let own = state.and_then(|state| address::address_of(at.workchain, &state));
        at.workchain >= 0 && own.is_ok_and(|own| own == *at)
    }
}

/// Whose message it must be.
enum Author {
    Copy,
    Itself,
    Root,
    OwnDElector,
    Owner,
    WalletOf(StdAddr),
    Anyone,
}

impl Monitor {
    /// A message from a sender that may not send it must have been refused.
    pub(super) fn check_authority(&mut self, world: &World, transaction: &TransactionRecord) {
        let Some(source) = transaction.in_message.source.clone() else {
            return;
        };
        let at = &transaction.account;
        if self.is_captured(at.workchain) {
            return;
        }
        let Some((op, author)) = words::with_body(transaction, |op, body| {
            let author = match op {
                Propose::OP | Vote::OP | Claim::OP | Want::OP => Author::Copy,
                CloseBatch::OP | Proceed::OP => Author::Itself,
                UpdateStake::OP => Author::Root,
                Applied::OP | Rejected::OP | Slash::OP => Author::OwnDElector,
                RegisterKey::OP | CloseRoot::OP | Stake::OP | Unstake::OP | Withdraw::OP => {
                    Author::Owner
                }
                ConfirmStake::OP => Author::WalletOf(words::parse::<ConfirmStake>(body)?.owner),
                RequestUnstake::OP => Author::WalletOf(words::parse::<RequestUnstake>(body)?.owner),
                RequestRelease::OP => Author::WalletOf(words::parse::<RequestRelease>(body)?.owner),
                Lock::OP
                | RejectStake::OP
                | Unlock::OP
                | RefuseUnstake::OP
                | Release::OP
                | RefuseRelease::OP => Author::Root,
                _ => Author::Anyone,
            };
            Some((op, author))
        }) else {
            return;
        };
        if matches!(author, Author::Anyone) {
            return;
        }
        let Some((is_ours, owner, misplaced)) = self.what_is_at(world, at) else {
            return;
        };
        if !is_ours {
            return;
        }
        let authentic = !misplaced
            && match author {
                Author::Copy => {
                    self.known.copy_at(&source).is_some() && source.workchain != at.workchain
                }
                Author::Itself => source == *at,
                Author::Root => {
                    let same_chain = op != UpdateStake::OP || source.workchain == at.workchain;
                    self.pool.roots.contains_key(&source) && same_chain
                }
                Author::OwnDElector => self.known.delectors.get(&at.workchain) == Some(&source),
                Author::Owner => owner.as_ref() == Some(&source),
                Author::WalletOf(owner) => self.known.is_wallet(&source, &owner),
                Author::Anyone => true,
            };
        if authentic {
            return;
        }
        if transaction.succeeded() {
            let name = words::op_name(op).unwrap_or("a message");
            self.blame(5, format!("{at} took {name} from {source}"));
        } else if matches!(transaction.compute, ComputeResult::Executed { .. }) {
            self.reached.forgeries += 1;
        }
    }

    /// (one of our contracts, its owner, whether it lives where it must not work)
    fn what_is_at(&self, world: &World, at: &StdAddr) -> Option<(bool, Option<StdAddr>, bool)> {
        if self.known.copy_at(at).is_some() {
            return Some((true, None, false));
        }
        let account = ddvs_client::Live::account(&world.net, at).ok()?;
        let (code, data) = (account.code()?, account.data()?);
        if *code == self.known.codes.depool_root {
            let storage: storage::RootStorage = data.parse::<RootStorage>().ok()?;
            let terms = storage.terms.load().ok()?;
            let misplaced = !self.known.is_root(at, &terms);
            return Some((true, Some(terms.owner), misplaced));
        }
        if *code == self.known.codes.depool_wallet {
            let storage = data.parse::<WalletStorage>().ok()?;
            let misplaced = !self.known.is_wallet(at, &storage.owner);
            return Some((true, Some(storage.owner), misplaced));
        }
        None
    }
}
