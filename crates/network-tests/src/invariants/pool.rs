//! All wallets and Roots as last seen. `pool/answers.rs` follows the messages between them; `pool/totals.rs` checks
//! that their coins agree.

mod answers;
mod counted;
mod totals;

use std::collections::{BTreeMap, BTreeSet};

use ddvs_client::{ChainId, Live};
use ddvs_contracts::RootTerms;
use ddvs_contracts::storage::{Position, RootState, RootStorage, WalletStorage};
use tycho_types::cell::HashBytes;
use tycho_types::models::StdAddr;

use super::Monitor;
use crate::World;

/// A wallet as it was last seen.
#[derive(Debug, Clone)]
pub struct WalletView {
    /// Its state.
    pub storage: WalletStorage,
    /// Its balance, in nano.
    pub balance_nano: u128,
}

/// A Root as it was last seen.
#[derive(Debug, Clone)]
pub struct RootView {
    /// Its terms.
    pub terms: RootTerms,
    /// Its state.
    pub state: RootState,
}

/// A Root's answer on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    Lock(u128),
    Unlock,
    /// Executed part of the request; all of it after a slash.
    Release(Option<u128>),
}

#[derive(Debug, Clone)]
struct Flying {
    root: StdAddr,
    wallet: StdAddr,
    answer: Answer,
}

/// All wallets and Roots, and the answers between them.
#[derive(Debug, Clone, Default)]
pub struct Pool {
    /// Wallets by address.
    pub wallets: BTreeMap<StdAddr, WalletView>,
    /// Authentic Roots by address.
    pub roots: BTreeMap<StdAddr, RootView>,
    /// Wallets touched in this block, as they were before it.
    pub(super) before: BTreeMap<StdAddr, WalletView>,
    /// Roots whose last answer from the D'Elector was a refusal, with its reason.
    pub(super) refused: BTreeMap<StdAddr, u8>,
    flying: BTreeMap<HashBytes, Flying>,
    /// Coins that a message may have freed in this block, by wallet.
    freed: BTreeMap<StdAddr, u128>,
    /// Coins whose unlocking arrived in this block after its time, by wallet and Root.
    late: BTreeMap<(StdAddr, StdAddr), u128>,
    slashed: BTreeSet<StdAddr>,
    /// Stake that counted for each Root.
    levels: BTreeMap<StdAddr, Levels>,
}

/// Stake that a registry counts for a Root: now, and recently, with the time until which it stays slashable.
#[derive(Debug, Clone, Default)]
struct Levels {
    last: u128,
    stood: Vec<(u32, u128)>,
}

impl Pool {
    /// Whether this is a wallet or a Root.
    pub fn knows(&self, address: &StdAddr) -> bool {
        self.wallets.contains_key(address) || self.roots.contains_key(address)
    }
}

fn unlocking(position: &Position) -> Vec<(u32, u128)> {
    let entries = position.unlocking.iter();
    entries
        .map(|entry| entry.expect("an amount parses"))
        .map(|(at, amount)| (at, amount.into_inner()))
        .collect()
}

impl Monitor {
    /// Takes in an account if it is a wallet or a Root.
    pub(super) fn read_pool(&mut self, world: &World, at: &StdAddr) {
        let account = world.net.account(at).expect("the chain exists");
        let (Some(code), Some(data)) = (account.code(), account.data()) else {
            return;
        };
        if *code == self.known.codes.depool_wallet {
            let storage = data.parse::<WalletStorage>().expect("a wallet parses");
            let view = WalletView {
                storage,
                balance_nano: account.balance_nano,
            };
            if let Some(old) = self.pool.wallets.insert(at.clone(), view) {
                self.pool.before.entry(at.clone()).or_insert(old);
            }
        } else if *code == self.known.codes.depool_root {
            let storage = data.parse::<RootStorage>().expect("a Root parses");
            let terms = storage.terms.load().expect("terms parse");
            if !self.known.is_root(at, &terms) {
                return;
            }
            let state = storage
                .state
                .map(|state| state.load().expect("a state parses"));
            let state = state.unwrap_or_default();
            self.pool
                .roots
                .insert(at.clone(), RootView { terms, state });
        }
    }
}

impl Monitor {
    /// An authentic Root as it was last seen.
    pub fn known_root(&self, at: &StdAddr) -> Option<RootView> {
        self.pool.roots.get(at).cloned()
    }

    /// All positions: owner, the wallet's chain, Root.
    pub fn positions(&self) -> Vec<(StdAddr, ChainId, StdAddr)> {
        let mut all = Vec::new();
        for (at, wallet) in &self.pool.wallets {
            for root in wallet.storage.positions.keys() {
                let root = root.expect("a position parses");
                all.push((wallet.storage.owner.clone(), at.workchain, root));
            }
        }
        all
    }
}
