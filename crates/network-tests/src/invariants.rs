//! The invariants of `docs/protocol.md`, checked after every block.
//!
//! A [`Monitor`] sees every block. What it holds against the contracts it works out itself: the sums of positions from
//! the wallets and the messages in flight, the registries by replaying the batches, the sets from the registries, the
//! majorities from the votes that arrived. It reads the contracts' storage, and believes none of their answers.

mod agreement;
mod authority;
mod pool;
mod rest;
mod sets;

use std::collections::BTreeMap;
use std::fmt;

use ddvs_client::{Backend, Block, ChainId, ComputeResult, Operator, TransactionRecord};
use ddvs_contracts::messages::{Applied, Lock, Message, Release, Slash, Unlock};
use ddvs_contracts::messages::{RefuseRelease, RefuseUnstake, RejectStake, Rejected};
use ddvs_contracts::storage::DElectorStorage;
use ddvs_contracts::{Codes, ExitCode, Network};
use ddvs_scenario::words;
use ddvs_zerostate::Limits;
use tycho_types::cell::{HashBytes, Load};
use tycho_types::models::StdAddr;

use crate::World;

pub use agreement::Agreement;
pub use pool::Pool;

/// A transaction of a D'Elector stays below this, or a stock engine would not run it.
const GAS_LIMIT: u64 = 1_000_000;
/// What the machine answers when the gas that was paid for has run out.
const OUT_OF_GAS: i32 = -14;
/// Violations that are kept; more tell nothing new.
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
    /// What was found.
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

/// What a run has come across: a walk that never meets these shows little.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reached {
    /// Roots slashed.
    pub slashes: u32,
    /// Removals applied at their origin.
    pub removals: u32,
    /// Changes spread over several batches.
    pub spreads: u32,
    /// Updates that a D'Elector rejected.
    pub rejected: u32,
    /// Transactions in which a copy claimed a base.
    pub claims: u32,
    /// Batches of a captured chain taken back.
    pub taken_back: u32,
    /// Messages that came back to a wallet or a Root.
    pub bounces: u32,
    /// Batches that waited because the live chains held no majority.
    pub held: u32,
    /// Batches applied at their origin.
    pub batches: u32,
    /// Releases.
    pub releases: u32,
    /// Refused attempts at forgery.
    pub forgeries: u32,
    /// Keys forgotten.
    pub purges: u32,
}

impl Reached {
    /// Adds what another run has come across.
    pub fn add(&mut self, other: &Self) {
        for (mine, theirs) in [
            (&mut self.slashes, other.slashes),
            (&mut self.removals, other.removals),
            (&mut self.spreads, other.spreads),
            (&mut self.rejected, other.rejected),
            (&mut self.claims, other.claims),
            (&mut self.taken_back, other.taken_back),
            (&mut self.bounces, other.bounces),
            (&mut self.held, other.held),
            (&mut self.batches, other.batches),
            (&mut self.releases, other.releases),
            (&mut self.forgeries, other.forgeries),
            (&mut self.purges, other.purges),
        ] {
            *mine += theirs;
        }
    }
}

/// Addresses, code and limits of the network that is watched.
#[derive(Debug, Clone)]
pub struct Known {
    /// What addresses follow from.
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
    /// What was come across.
    pub reached: Reached,
    violations: Vec<Violation>,
    captured: Option<ChainId>,
    /// The captured chain had a sixth of all stake in some honest copy's view: with one that has less than a third it may be
    /// a majority, and split the copies of its own batches. Or one applied more of its batches than copies remember. Then copies of
    /// these may differ (`docs/protocol.md`, section 6).
    pub may_split: bool,
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
            at: (0, 0),
        };
        monitor.read_all(world);
        monitor
    }

    fn read_all(&mut self, world: &World) {
        for chain in world.chains() {
            let accounts = world.net.network().accounts(chain).expect("it exists");
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

    /// From now on a chain may say anything to the others, and nothing is asked of what stands on it.
    pub fn give_up(&mut self, chain: ChainId) {
        self.captured = Some(chain);
    }

    fn is_captured(&self, chain: ChainId) -> bool {
        self.captured == Some(chain)
    }

    /// What was found so far.
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
        let supply = world.net.supply();
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
            let balance = world.balance(&own);
            if balance < storage.treasury.into_inner() {
                self.blame(1, "a D'Elector's balance does not cover its treasury");
            }
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

    /// Contracts refuse what is wrong with a code of their own; nothing else may go wrong in them.
    fn check_exit(&mut self, transaction: &TransactionRecord) {
        let account = &transaction.account;
        let is_copy = self.known.copy_at(account).is_some();
        let source = transaction.in_message.source.as_ref();
        let is_attack = is_copy && source.is_some_and(|source| self.is_captured(source.workchain));
        if self.is_captured(account.workchain) || is_attack {
            return;
        }
        if !is_copy && !self.pool.knows(account) {
            return;
        }
        let from_copy = (transaction.in_message.source.as_ref())
            .is_some_and(|source| self.known.copy_at(source).is_some());
        let from_root = (transaction.in_message.source.as_ref())
            .is_some_and(|source| self.pool.roots.contains_key(source));
        let op = words::with_body(transaction, |op, _| Some(op));
        match transaction.compute {
            ComputeResult::Executed {
                exit_code: 0 | 1, ..
            } => {
                if transaction.aborted {
                    let code = transaction.action_code;
                    self.blame(
                        14,
                        format!("a message was not sent: action code {code:?}, op {op:x?}"),
                    );
                }
            }
            ComputeResult::Executed { exit_code, .. } => {
                use ExitCode::*;
                let refusal = ExitCode::from_code(exit_code);
                let internal = matches!(
                    refusal,
                    None | Some(Totals | UnexpectedSeq | MalformedBatch | NotStarted)
                );
                // a stranger pays for the gas himself, and may have sent too little
                let unpaid = !from_copy && !from_root && exit_code == OUT_OF_GAS;
                let answered = from_root && refusal == Some(UnexpectedAnswer);
                let peer = is_copy && from_copy;
                if (internal && !unpaid) || answered || peer {
                    self.blame(14, format!("exit code {exit_code} for op {op:x?}"));
                }
            }
            ComputeResult::Skipped(_) => {
                let answer = [
                    Lock::OP,
                    Unlock::OP,
                    Release::OP,
                    RejectStake::OP,
                    RefuseUnstake::OP,
                    RefuseRelease::OP,
                    Applied::OP,
                    Rejected::OP,
                    Slash::OP,
                ];
                let lost = (from_copy || from_root) && op.is_some_and(|op| answer.contains(&op));
                if lost || (is_copy && (from_copy || from_root)) {
                    self.blame(14, format!("no code ran for op {op:x?}"));
                }
            }
        }
    }
}
