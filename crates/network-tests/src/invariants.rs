//! The invariants of `docs/protocol.md`, checked after every block.
//!
//! A [`Monitor`] sees every block. It computes the expected values itself: the sums of positions from the wallets and the
//! messages in flight, the registries by replaying the batches, the sets from the registries, the majorities from the votes
//! that arrived. It reads the contracts' storage, and trusts none of their answers.

mod agenda;
mod agreement;
mod authority;
mod exits;
mod pool;
mod reached;
mod rest;
mod sets;

use std::collections::BTreeMap;
use std::fmt;

use ddvs_client::{Block, ChainId, Live, TransactionRecord};
use ddvs_contracts::agreed::Base;
use ddvs_contracts::storage::{DElectorStorage, Waiting};
use ddvs_contracts::{Codes, Network};
use ddvs_zerostate::Limits;
use tycho_types::cell::{HashBytes, Load};
use tycho_types::models::StdAddr;

use crate::World;

pub use agreement::Agreement;
pub use pool::Pool;
pub use reached::Reached;

/// A transaction of a D'Elector stays below this, or a stock engine would not run it.
const GAS_LIMIT: u64 = 1_000_000;
/// Maximum number of violations that are kept; more add no information.
const MAX_VIOLATIONS: usize = 50;

/// An invariant that did not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Its number in `docs/protocol.md`.
    pub invariant: u8,
    /// The chain whose block showed it.
    pub chain: ChainId,
    /// That block.
    pub block: u32,
    /// Description of the violation.
    pub found: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            invariant,
            chain,
            block,
            found,
        } = self;
        write!(
            f,
            "invariant {invariant}, chain {chain}, block {block}: {found}"
        )
    }
}

/// Addresses, code and limits of the network that is watched.
#[derive(Debug, Clone)]
pub struct Known {
    /// The network, from which addresses follow.
    pub network: Network,
    /// Code of the contracts.
    pub codes: Codes,
    /// Limits of the network.
    pub limits: Limits,
    /// All copies.
    pub delectors: BTreeMap<ChainId, StdAddr>,
}

impl Known {
    /// The chain of a copy.
    pub fn copy_at(&self, address: &StdAddr) -> Option<ChainId> {
        let known = self.delectors.get(&address.workchain)?;
        (known == address).then_some(address.workchain)
    }
}

/// Watches a network.
#[derive(Debug, Clone)]
pub struct Monitor {
    known: Known,
    pool: Pool,
    agreement: Agreement,
    /// Events that the run has reached.
    pub reached: Reached,
    violations: Vec<Violation>,
    captured: Option<ChainId>,
    /// The captured chain had a sixth of all stake in some honest copy's view: with one that has less than a third it may be
    /// a majority, and split the copies of its own batches. Or one applied more of its batches than copies remember. Then copies of
    /// these may differ (`docs/protocol.md`, section 6).
    pub may_split: bool,
    /// The captured chain may have had a third of all stake at some base, since the others had lost theirs: from then on it can forge
    /// batches of honest origins, and nothing is asked of the agreement any more.
    pub may_forge: bool,
    /// The last set of each chain, with the base that it follows from.
    sets: BTreeMap<ChainId, (Base, BTreeMap<HashBytes, u64>)>,
    at: (ChainId, u32),
}

impl Monitor {
    /// Starts from the state as it is now. Coins injected later break the first invariant.
    pub fn new(world: &World) -> Self {
        let mut delectors = BTreeMap::new();
        for chain in world.chains() {
            delectors.insert(chain, world.delector(chain).address().clone());
        }
        let known = Known {
            network: world.network.clone(),
            codes: world.codes.clone(),
            limits: world.spec.limits.clone(),
            delectors,
        };
        let mut monitor = Self {
            known,
            pool: Pool::default(),
            agreement: Agreement::default(),
            reached: Reached::default(),
            violations: Vec::new(),
            captured: None,
            may_split: false,
            may_forge: false,
            sets: BTreeMap::new(),
            at: (0, 0),
        };
        monitor.read_all(world);
        monitor
    }

    fn read_all(&mut self, world: &World) {
        for chain in world.chains() {
            let network = world.net.network();
            let accounts = network.accounts(chain).expect("it exists");
            let ids: Vec<HashBytes> = accounts
                .iter()
                .map(|entry| entry.expect("an account parses").0)
                .collect();
            for id in ids {
                self.read_pool(world, &StdAddr::new(chain, id));
            }
            let storage = self.storage(world, chain);
            self.agreement.start(chain, &storage);
        }
    }

    /// From now on a chain may send anything to the others, and the contracts on it are not checked.
    pub fn give_up(&mut self, chain: ChainId) {
        self.captured = Some(chain);
    }

    fn is_captured(&self, chain: ChainId) -> bool {
        self.captured == Some(chain)
    }

    /// Returns the violations so far.
    pub fn violations(&self) -> &[Violation] {
        &self.violations
    }

    /// Whether this invariant was broken.
    pub fn broke(&self, invariant: u8) -> bool {
        self.violations.iter().any(|v| v.invariant == invariant)
    }

    /// Fails with all that was found.
    #[track_caller]
    pub fn assert_sound(&self) {
        let lines: Vec<_> = self.violations.iter().map(ToString::to_string).collect();
        assert!(lines.is_empty(), "{}", lines.join("\n"));
    }

    fn blame(&mut self, invariant: u8, found: impl Into<String>) {
        let (chain, block) = self.at;
        if self.violations.len() < MAX_VIOLATIONS {
            self.violations.push(Violation {
                invariant,
                chain,
                block,
                found: found.into(),
            });
        }
    }

    /// Takes in a block that was just made.
    pub fn after_block(&mut self, world: &mut World, block: &Block) {
        self.at = (block.chain, block.seqno);
        let supply = world.net.network().supply();
        // what a captured chain's messages carry comes from nowhere
        let made = self.captured.map_or(0, |_| supply.injected_nano);
        if supply.total_nano() != supply.issued_nano + made {
            self.blame(
                1,
                format!(
                    "{} nano are there, {} were issued",
                    supply.total_nano(),
                    supply.issued_nano + made
                ),
            );
        }
        if let Some(why) = &block.config_rejected {
            self.blame(11, format!("the node does not take the config: {why}"));
        }
        self.pool.before.clear();
        let own = self.known.delectors[&block.chain].clone();
        let mut touched = false;
        for transaction in &block.transactions {
            if transaction.account == own {
                touched = true;
            } else {
                self.read_pool(world, &transaction.account);
            }
        }
        for transaction in &block.transactions {
            self.see(world, transaction);
        }
        if touched {
            let storage = self.storage(world, block.chain);
            self.check_registries(block.chain, &storage);
            self.check_set(block.chain, &storage);
            self.check_agreed_sets(block.chain, &storage);
            let balance = world.balance(&own);
            if balance < storage.treasury.into_inner() {
                self.blame(1, "a D'Elector's balance does not cover its treasury");
            }
            self.check_owed(&storage);
            self.check_agenda(&storage);
            self.check_total(&storage);
        }
        let roots = &self.pool.roots;
        if touched
            || block
                .transactions
                .iter()
                .any(|t| roots.contains_key(&t.account))
        {
            let storage = self.storage(world, block.chain);
            let now = (block.gen_time_ms / 1_000) as u32;
            self.check_counted(block.chain, &storage, now);
        }
        self.check_pool(block);
    }

    /// Value attached to waiting changes is counted, so that it does not pass as reserve.
    fn check_owed(&mut self, storage: &DElectorStorage) {
        let local = storage.local.load().expect("the local part parses");
        let waiting = local.waiting.values().map(|change| match change {
            Ok(Waiting::Update { funds, .. } | Waiting::Purge { funds, .. }) => u128::from(funds),
            Err(error) => panic!("a change that waits parses: {error}"),
        });
        let rare = local.rare().expect("what is rare parses");
        let removals = rare.removals.values();
        let removals = removals.map(|removal| u128::from(removal.expect("it parses").funds));
        let owed = waiting.chain(removals).sum::<u128>();
        if owed != local.owed.into_inner() {
            self.blame(
                1,
                format!("{owed} nano wait with changes, {} are counted", local.owed),
            );
        }
    }

    fn storage(&self, world: &World, chain: ChainId) -> DElectorStorage {
        let account = world
            .net
            .account(&self.known.delectors[&chain])
            .expect("the chain exists");
        let data = account.data().expect("a D'Elector is active");
        DElectorStorage::load_from(&mut data.as_slice().expect("an ordinary cell"))
            .expect("its storage parses")
    }

    fn see(&mut self, world: &World, transaction: &TransactionRecord) {
        self.note_answers(transaction);
        self.check_exit(transaction);
        if self.known.copy_at(&transaction.account).is_some() {
            if transaction.gas_used() >= GAS_LIMIT {
                let used = transaction.gas_used();
                self.blame(13, format!("a D'Elector's transaction took {used} gas"));
            }
            self.see_copy(transaction);
        }
        self.check_authority(world, transaction);
    }
}
