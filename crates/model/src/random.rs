//! Random runs on networks that are too large to search. The same seed gives the same run.

use std::ops::Range;

use crate::batch::{Base, Batch, Chain, FORK, MADE_UP, MAIN};
use crate::captured::Captured;
use crate::instance::Instance;
use crate::network::{Network, Rest, Step};
use crate::properties::{self, Violation};
use crate::rules::Rules;
use crate::stats::Stats;

/// SplitMix64: small, and good enough to choose among steps.
#[derive(Clone, Debug)]
pub struct Rng(u64);

impl Rng {
    /// Returns a generator that starts from `seed`.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Returns the next 64 bits.
    pub const fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Returns a number in `0..bound`; the bias is negligible for bounds as small as a model's.
    ///
    /// # Panics
    /// Panics if `bound` is 0.
    pub const fn below(&mut self, bound: usize) -> usize {
        (self.bits() % bound as u64) as usize
    }
}

/// Result of a run.
#[derive(Clone, Copy, Debug)]
pub struct Run {
    /// The violation, if any.
    pub violation: Option<Violation>,
    /// Whether the run reached a state of rest; otherwise it hit the step limit.
    pub rested: bool,
    /// Number of steps taken.
    pub steps: usize,
    /// Event counters.
    pub stats: Stats,
}

/// Returns a network of honest chains, the last of which is the masterchain: `batches` batches for each other chain,
/// each of which moves at most a third of the chain's stake; a quarter of them register one of a few keys.
pub fn instance(rules: Rules, chains: usize, batches: usize, seed: u64) -> Instance {
    let mut rng = Rng::new(seed);
    let mut stakes = Vec::new();
    let mut scripts = Vec::new();
    for _ in 1..chains {
        let stake = 200 + rng.below(400) as i32;
        let mut total = stake;
        let script = (0..batches).map(|_| {
            let limit = (total / 3).max(1);
            let delta = rng.below(2 * limit as usize + 1) as i32 - limit;
            total += delta;
            let key = if rng.below(4) == 0 {
                1 + rng.below(20) as u8
            } else {
                0
            };
            Batch {
                delta,
                key,
                invalid: false,
            }
        });
        scripts.push(script.collect());
        stakes.push(stake);
    }
    stakes.push(0);
    scripts.push(Vec::new());
    Instance::new(&format!("random {seed}"), rules, &stakes, scripts)
        .masterchain(chains as Chain - 1)
}

/// Returns a network of three or four chains and a masterchain, one of which is captured and does at random anything
/// that a captured chain can do. Honest chains move their stakes, register conflicting keys, and fall silent. In
/// every state the captured chain holds `percent` of all stake, whatever the copies have applied; the masterchain
/// holds nothing.
pub fn attacked(rules: Rules, percent: Range<i32>, seed: u64) -> Instance {
    let mut rng = Rng::new(seed);
    loop {
        let instance = one_captured(rules, &mut rng);
        let captured = instance.captured[0].chain;
        if instance.masterchain == Some(captured) {
            return instance;
        }
        let share = |(part, all): (i32, i32)| 100 * part / all;
        let (least, most) = instance.share_of(captured);
        let (least, most) = (share(least), share(most));
        if percent.contains(&least) && percent.contains(&most) {
            return instance;
        }
    }
}

/// Like [`attacked`], with a second captured chain; together they hold less than a third in every state.
pub fn attacked_by_two(rules: Rules, seed: u64) -> Instance {
    let mut rng = Rng::new(seed);
    loop {
        let mut instance = one_captured(rules, &mut rng);
        let first = instance.captured[0].chain;
        let second = rng.below(instance.chains()) as Chain;
        let (_, (part, all)) = instance.share_of_all(&[first, second]);
        if first == second || 3 * part >= all {
            continue;
        }
        instance.silence.who &= !(1 << second);
        let seqnos = instance.scripts[second as usize].len().max(1) as u8;
        let plan = plan(&instance, second, seqnos, &mut rng);
        return instance.captured(plan);
    }
}

fn one_captured(rules: Rules, rng: &mut Rng) -> Instance {
    let chains = 3 + rng.below(2);
    let masterchain = chains as Chain;
    let captured = rng.below(chains + 1) as Chain;
    let mut stakes: Vec<i32> = (0..chains).map(|_| 100 + rng.below(400) as i32).collect();
    let count = 1 + rng.below(3);
    let script = |rng: &mut Rng, mut total: i32, honest: bool| -> Vec<Batch> {
        let batches = (0..count).map(|_| {
            let limit = (total / 3).max(1);
            let delta = rng.below(2 * limit as usize + 1) as i32 - limit;
            total += delta;
            Batch {
                delta,
                key: match rng.below(3) {
                    0 => 1 + rng.below(4) as u8,
                    _ => 0,
                },
                invalid: !honest && rng.below(4) == 0,
            }
        });
        batches.collect()
    };
    let mut scripts: Vec<Vec<Batch>> = Vec::new();
    for chain in 0..masterchain {
        scripts.push(script(rng, stakes[chain as usize], chain != captured));
    }
    stakes.push(0);
    scripts.push(Vec::new());
    let mut instance = Instance::new("one captured", rules, &stakes, scripts);
    if captured != masterchain {
        let branch = script(rng, stakes[captured as usize], false);
        let fork_seqno = 1 + rng.below(2) as u8;
        instance = instance.forks(captured, fork_seqno, branch);
    }
    let plan = plan(&instance, captured, count as u8, rng);
    let silent = rng.below(3) as u8;
    let instance = instance.masterchain(masterchain).captured(plan);
    let may: Vec<Chain> = (0..=masterchain)
        .filter(|&chain| chain != captured)
        .collect();
    match rng.below(3) {
        0 => instance,
        1 => instance.falls_silent(&may, silent),
        _ => instance.pauses(&may, silent),
    }
}

/// Chooses a captured chain's messages: anything, to any chain, in any order.
fn plan(instance: &Instance, captured: Chain, seqnos: u8, rng: &mut Rng) -> Captured {
    let to_all = others(instance, captured);
    // each of its contents names one arbitrary base
    let bases: Vec<Base> = (0..2 * seqnos)
        .map(|_| match rng.below(2) {
            0 => Base::default(),
            _ => any_base(instance, seqnos, rng),
        })
        .collect();
    let mut plan = Captured::new(captured);
    for _ in 0..4 + rng.below(24) {
        let to: Vec<Chain> = match rng.below(3) {
            0 => to_all.clone(),
            _ => vec![to_all[rng.below(to_all.len())]],
        };
        let origin = rng.below(instance.chains()) as Chain;
        let seqno = 1 + rng.below(seqnos as usize) as u8;
        let branch = [MAIN, MAIN, FORK, MADE_UP][rng.below(4)];
        let claimed = any_base(instance, seqnos, rng);
        let own = bases.get(2 * (seqno as usize - 1) + usize::from(branch == FORK));
        let own = own.copied().unwrap_or_default();
        let proposes = !instance.scripts[captured as usize].is_empty() && branch != MADE_UP;
        plan = match rng.below(9) {
            0..4 if proposes => plan.proposes_at(seqno, branch, own, &to),
            4..7 => plan.votes(origin, seqno, branch, &to),
            7 => plan.claims(origin, seqno, branch, claimed, &to),
            8 if rng.below(2) == 0 => {
                // the base is inside the hash, so a captured chain cannot relay one of its contents with another base
                let base = match origin == captured {
                    true => own,
                    false => Instance::genesis_base(origin, seqno),
                };
                plan.relays_at(origin, seqno, branch, base, &to)
            }
            _ => plan.wants(origin, seqno, branch, &to),
        };
    }
    plan
}

fn any_base(instance: &Instance, seqnos: u8, rng: &mut Rng) -> Base {
    let mut base = Base::default();
    for named in base.iter_mut().take(instance.chains()) {
        *named = rng.below(seqnos as usize + 1) as u8;
    }
    base
}

/// Runs `instance` until it is at rest, or for `max_steps`. Channels differ in speed by up to 128 times, and chains
/// fall silent now and then, as far as the instance allows.
pub fn run(instance: &Instance, seed: u64, max_steps: usize) -> Run {
    run_with(instance, seed, max_steps).0
}

/// Returns the state of rest of a run without a step limit; only for instances whose runs end.
pub fn run_to_rest(instance: &Instance, seed: u64) -> Network {
    run_with(instance, seed, usize::MAX).1
}

/// Like [`run_to_rest`], with the steps taken.
pub fn run_to_rest_traced(instance: &Instance, seed: u64) -> (Network, Vec<Step>) {
    let mut trace = Vec::new();
    let (_, network) = run_traced(instance, seed, usize::MAX, |step| trace.push(step));
    (network, trace)
}

fn run_with(instance: &Instance, seed: u64, max_steps: usize) -> (Run, Network) {
    run_traced(instance, seed, max_steps, |_| ())
}

pub(crate) fn run_traced(
    instance: &Instance,
    seed: u64,
    max_steps: usize,
    mut on_step: impl FnMut(Step),
) -> (Run, Network) {
    let mut rng = Rng::new(seed);
    let chains = instance.chains();
    let patience: Vec<usize> = (0..chains * chains).map(|_| 1 << rng.below(8)).collect();
    let mut network = Network::new(instance);
    let mut run = Run {
        violation: None,
        rested: false,
        steps: 0,
        stats: Stats::default(),
    };
    let mut steps = Vec::new();
    while run.steps < max_steps {
        if network.all_steps(instance, &mut steps) == Rest::Yes {
            run.rested = true;
            break;
        }
        let step = loop {
            let step = steps[rng.below(steps.len())];
            let wait = match step {
                Step::Deliver { from, to }
                | Step::DeliverVotes { from, to, .. }
                | Step::Overtake { from, to } => patience[to as usize * chains + from as usize],
                Step::Propose(_) | Step::Return(_) => 64,
                Step::Silence(_) => 4096,
                Step::Poke(..) => 1,
            };
            // a fast step is taken immediately; a slow one as often as its patience says
            let only_silence = steps.iter().all(|step| matches!(step, Step::Silence(_)));
            if only_silence || rng.below(wait) == 0 {
                break step;
            }
        };
        network.take(instance, step, &mut run.stats);
        on_step(step);
        run.steps += 1;
        if run.steps.is_multiple_of(64) {
            run.violation = properties::always(instance, &network);
        }
        if run.violation.is_some() {
            return (run, network);
        }
    }
    run.violation = properties::always(instance, &network);
    if run.rested && run.violation.is_none() {
        run.violation = properties::at_rest(instance, &network);
    }
    (run, network)
}

/// Returns all chains of `instance` except `chain`.
pub fn others(instance: &Instance, chain: Chain) -> Vec<Chain> {
    (0..instance.chains() as Chain)
        .filter(|&other| other != chain)
        .collect()
}
