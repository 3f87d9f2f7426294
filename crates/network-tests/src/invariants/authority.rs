//! Invariant 5: only an authentic contract changes anything.

use ddvs_client::{ComputeResult, TransactionRecord};
use ddvs_contracts::messages::{Party, facts_in};
use ddvs_contracts::storage::{RootStorage, WalletStorage};
use ddvs_contracts::{address, storage};
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
        if transaction.in_message.is_bounced {
            return;
        }
        let Some((info, facts)) = facts_in(&transaction.in_message.cell) else {
            return;
        };
        if matches!(info.sender, Party::Anyone | Party::Contract) {
            return;
        }
        let Some((is_ours, owner, misplaced)) = self.what_is_at(world, at) else {
            return;
        };
        if !is_ours {
            return;
        }
        let authentic = !misplaced
            && match info.sender {
                Party::Peer => {
                    self.known.copy_at(&source).is_some() && source.workchain != at.workchain
                }
                Party::Itself => source == *at,
                Party::Root => {
                    let same_chain =
                        info.receiver != Party::DElector || source.workchain == at.workchain;
                    self.pool.roots.contains_key(&source) && same_chain
                }
                Party::DElector => self.known.delectors.get(&at.workchain) == Some(&source),
                Party::Owner => owner.as_ref() == Some(&source),
                // the message names its owner, or a Root of this chain that was slashed
                Party::Wallet => facts
                    .owner
                    .is_none_or(|owner| self.known.is_wallet(&source, &owner)),
                Party::Anyone | Party::Contract | Party::Payer => true,
            };
        if authentic {
            return;
        }
        if transaction.succeeded() {
            self.blame(5, format!("{at} took {} from {source}", info.name));
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
