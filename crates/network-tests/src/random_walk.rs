//! Random walks: many users do anything possible, valid or not, while chains slow down, fall silent and return. Then all
//! chains come back, and the network comes to rest.
//!
//! A walk follows from its [`Plan`], step by step. The [`Monitor`] checks every block.

mod acts;
mod attacks;
mod blame;
mod chains;
mod idle;
mod lies;
mod made;
mod mischief;
mod plan;

use std::collections::BTreeMap;

use ddvs_client::seeded::{ConsensusKey, Person};
use ddvs_client::{Backend, ChainId, DePoolRoot, Live, MessageStatus, Operator, Outgoing};
use ddvs_contracts::Codes;
use ddvs_contracts::messages::Evidence;
use ddvs_zerostate::Zerostate;
use tycho_types::cell::HashBytes;
use tycho_types::models::StdAddr;

use crate::World;
use crate::invariants::Monitor;
use plan::{Dice, shape};

pub use idle::Lag;
pub use plan::Plan;

/// Blocks of all chains within which a network must come to rest.
const MAX_BLOCKS_TO_REST: usize = 20_000;
/// Rounds in which all Roots are synced at the end.
const SYNC_ROUNDS: usize = 16;

/// A walk on its way, or at its end.
#[derive(Debug, Clone)]
pub struct Walk {
    /// The network.
    pub world: World,
    /// The monitor, with the events that the walk has reached.
    pub monitor: Monitor,
    dice: Dice,
    people: Vec<Person>,
    roots: Vec<(Person, DePoolRoot)>,
    keys: BTreeMap<HashBytes, ConsensusKey>,
    sent: BTreeMap<StdAddr, HashBytes>,
    evidence: Vec<(ChainId, Evidence)>,
    silenced: Vec<ChainId>,
    accusations: u32,
    next_name: u32,
    idle_days: u64,
    /// Time at which all long-delayed messages have arrived, in Unix seconds.
    heard_s: u32,
    captured: Option<ChainId>,
    /// Messages sent by the captured chain.
    pub lies: u32,
    /// Initial own coins of each honest copy, in nano.
    reserves: BTreeMap<ChainId, i128>,
}

/// Returns the coins of a D'Elector beyond its treasury, in nano.
fn own(world: &World, chain: ChainId) -> i128 {
    let treasury = world.storage(chain).treasury.into_inner();
    world.balance(world.delector(chain).address()).cast_signed() - treasury.cast_signed()
}

/// Walks on the committed contracts.
pub fn walk(plan: &Plan) -> Walk {
    walk_with(plan, Codes::default())
}

/// Walks on other contracts; stops where an invariant breaks.
pub fn walk_with(plan: &Plan, codes: Codes) -> Walk {
    Walk::start(plan, codes, |_| ()).go_through(plan)
}

/// Walks on the committed contracts in a zerostate that was changed.
pub fn walk_edited(plan: &Plan, edit: impl FnOnce(&mut Zerostate)) -> Walk {
    Walk::start(plan, Codes::default(), edit).go_through(plan)
}

/// Only the captured chain acts and users do nothing, so that only its messages' value pays for their effects.
pub fn lies(plan: &Plan) -> Walk {
    let mut walk = Walk::start(plan, Codes::default(), |_| ());
    for _ in 0..plan.operations {
        walk.lie();
        let blocks = walk.dice.below(4 * (usize::from(plan.workchains) + 1));
        for _ in 0..blocks {
            walk.step();
        }
    }
    walk.settle();
    walk
}

/// A walk during which a copy falls behind an origin by a number of batches. Returns the number that was reached.
pub fn far_behind(
    plan: &Plan,
    codes: Codes,
    (laggard, origin): (ChainId, ChainId),
    lag: Lag,
    batches: u32,
) -> (Walk, u32) {
    let mut walk = Walk::start(plan, codes, |_| ());
    let (behind, heard_ms) = walk.fall_behind_by(laggard, origin, lag, batches);
    for _ in 0..plan.operations {
        walk.operate();
        walk.step();
    }
    walk.world.net.network_mut().pass_until(heard_ms);
    walk.come_to_rest();
    (walk, behind)
}

impl Walk {
    fn start(plan: &Plan, codes: Codes, edit: impl FnOnce(&mut Zerostate)) -> Self {
        let mut dice = Dice(plan.seed);
        let world = World::edited(&shape(plan, codes, &mut dice), edit);
        let mut monitor = Monitor::new(&world);
        if let Some(chain) = plan.captured {
            monitor.give_up(chain);
        }
        let honest = |chain: ChainId| Some(chain) != plan.captured;
        let validators =
            (world.validators.iter().flatten()).filter(|v| honest(v.root.address().workchain));
        let roots = validators
            .clone()
            .map(|v| (v.owner.clone(), v.root.clone()))
            .collect();
        let keys = validators
            .map(|v| (v.key.public(), v.key.clone()))
            .collect();
        let mut people = world.everybody();
        people.retain(|who| honest(who.address().workchain));
        let copies = world.chains().into_iter().filter(|chain| honest(*chain));
        let reserves = copies.map(|chain| (chain, own(&world, chain))).collect();
        Self {
            people,
            world,
            monitor,
            dice,
            roots,
            keys,
            sent: BTreeMap::new(),
            evidence: Vec::new(),
            silenced: Vec::new(),
            accusations: 0,
            next_name: 0,
            idle_days: 0,
            heard_s: 0,
            captured: plan.captured,
            lies: 0,
            reserves,
        }
    }

    /// All operations of the plan, then rest; stops where an invariant breaks.
    fn go_through(mut self, plan: &Plan) -> Self {
        for _ in 0..plan.operations {
            if plan.captured.is_some() && self.dice.one_in(2) {
                self.lie();
            } else {
                self.operate();
            }
            let blocks = self.dice.below(4 * (usize::from(plan.workchains) + 1));
            for _ in 0..blocks {
                self.step();
            }
            if !self.monitor.violations().is_empty() {
                return self;
            }
        }
        self.come_to_rest();
        self
    }

    /// Returns the largest loss of an honest copy, in nano.
    pub fn lost_nano(&self) -> i128 {
        let lost = |(&chain, before): (&ChainId, &i128)| before - own(&self.world, chain);
        self.reserves.iter().map(lost).max().unwrap_or(0)
    }

    /// Makes the next block, and looks at it.
    pub fn step(&mut self) {
        let block = self.world.net.next_block().expect("the network answers");
        if let Some(block) = block {
            self.monitor.after_block(&mut self.world, &block);
        }
    }

    fn now(&self) -> u32 {
        self.world.now()
    }

    /// Sends messages from an account, unless an earlier one still waits.
    fn send(&mut self, who: &Person, messages: &[Outgoing]) {
        if let Some(hash) = self.sent.get(who.address()) {
            let status = self
                .world
                .net
                .message_status(hash)
                .expect("the network answers");
            if matches!(status, MessageStatus::InMempool { .. }) {
                return;
            }
        }
        // a chain that fell silent does not take a message that is out of date: nothing was sent then
        if let Ok(hash) = who.wallet.send(&self.world.net, messages) {
            self.sent.insert(who.address().clone(), hash);
        }
    }

    /// All chains return; all that waits is done; all Roots are synced; then all must be right.
    pub fn come_to_rest(&mut self) {
        self.resume_all();
        self.settle();
        for round in 0..SYNC_ROUNDS {
            let mut all_counted = true;
            for index in 0..self.roots.len() {
                let (_, root) = self.roots[index].clone();
                let Some(view) = self.monitor.known_root(root.address()) else {
                    continue;
                };
                let wanted = self.monitor.desired(&view.state);
                let keys = view.state.keys_of().expect("keys parse");
                let other_key = keys.1.is_some() && wanted != 0;
                if wanted != view.state.counted.into_inner() || other_key {
                    all_counted = false;
                    // one who can pay, another one each time
                    let value = 10 * self.world.change_value(-1);
                    let can = |who: &&Person| self.world.balance(who.address()) > 2 * value;
                    let rich: Vec<_> = self.people.iter().filter(can).cloned().collect();
                    let Some(payer) = rich.get((index + round) % rich.len().max(1)).cloned() else {
                        return;
                    };
                    let id = self.world.query_id();
                    let sync = root.sync(value, id).expect("a sync can be encoded");
                    self.send(&payer, &[sync]);
                }
            }
            self.settle();
            if all_counted {
                break;
            }
        }
        if self.captured.is_some() {
            self.poke_until_equal();
        }
        self.monitor.at_rest(&self.world);
    }

    fn settle(&mut self) {
        for _ in 0..MAX_BLOCKS_TO_REST {
            if Operator::is_idle(&self.world.net) {
                return;
            }
            self.step();
        }
    }
}
