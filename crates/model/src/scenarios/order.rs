//! The order of a scenario.

use crate::batch::MAIN;
use crate::instance::Instance;
use crate::message::Message;
use crate::network::{Network, Step};
use crate::random::run_traced;
use crate::search::{Options, search_with};
use crate::stats::Stats;

/// A search for a violation that would see more states is replaced by random runs.
const MAX_STATES: usize = 30_000;
/// Number of random runs, and of steps in each.
const RUNS: u64 = 400;
const MAX_STEPS: usize = 10_000;

/// Returns the order in which `wrong` has a violation, as far as `instance` can follow it, and then one chain after
/// the other until the network is at rest.
pub(super) fn steps(instance: &Instance, wrong: Option<&Instance>) -> Vec<Step> {
    let instance = instance.clone().exact();
    let mut on_way = OnWay {
        network: Network::new(&instance),
        instance: &instance,
        taken: Vec::new(),
    };
    if let Some(wrong) = wrong {
        on_way.follow(wrong, &way_to_a_violation(wrong));
    }
    on_way.finish();
    on_way.taken
}

fn way_to_a_violation(wrong: &Instance) -> Vec<Step> {
    let options = Options {
        max_states: MAX_STATES,
        ..Options::default()
    };
    let found = search_with(wrong, options).violations;
    if let Some(steps) = found.into_values().next() {
        return steps;
    }
    let random = (0..RUNS).find_map(|seed| {
        let mut steps = Vec::new();
        let (run, _) = run_traced(wrong, seed, MAX_STEPS, |step| steps.push(step));
        run.violation.map(|_| steps)
    });
    random.unwrap_or_else(|| {
        panic!(
            "{}: nothing goes wrong: it is told without cause",
            wrong.name
        )
    })
}

struct OnWay<'a> {
    network: Network,
    instance: &'a Instance,
    taken: Vec<Step>,
}

impl OnWay<'_> {
    fn take(&mut self, step: Step) {
        self.network
            .take(self.instance, step, &mut Stats::default());
        self.taken.push(step);
    }

    /// Returns the steps possible both here and on contracts: there nobody can name an honest origin's batch before
    /// it is proposed.
    fn possible(&self) -> Vec<Step> {
        let mut steps = Vec::new();
        self.network.all_steps(self.instance, &mut steps);
        steps.retain(|step| match *step {
            Step::Deliver { from, to } => {
                let head = self.network.head(from, to);
                head.is_some_and(|head| self.is_nameable(head))
            }
            _ => true,
        });
        steps
    }

    /// Whether a message can be sent: a batch of an honest origin has no hash before it is proposed.
    fn is_nameable(&self, message: &Message) -> bool {
        let (origin, content) = (message.origin, message.content);
        let is_honest = content.branch == MAIN && !self.instance.is_captured(origin);
        let slot = || self.network.electors[origin as usize].slot(origin, message.seqno);
        !is_honest || slot().is_some_and(|slot| slot.held(content).is_some())
    }

    /// Executes the steps of another network. There, messages without effect are dropped immediately; here they
    /// arrive before the intended one.
    fn follow(&mut self, other: &Instance, steps: &[Step]) {
        let mut there = Network::new(other);
        for &step in steps {
            match step {
                Step::Deliver { from, to } => {
                    if let Some(message) = there.head(from, to).copied() {
                        self.deliver_up_to(step, from, to, &message);
                    }
                }
                _ if self.possible().contains(&step) => self.take(step),
                _ => {}
            }
            there.take(other, step, &mut Stats::default());
        }
    }

    fn deliver_up_to(&mut self, step: Step, from: u8, to: u8, message: &Message) {
        let waiting = self.network.channel(from, to);
        // a base may differ where another rule has led to other heights
        let is_it = |other: &Message| {
            (other.origin, other.seqno, other.content)
                == (message.origin, message.seqno, message.content)
                && std::mem::discriminant(&other.body) == std::mem::discriminant(&message.body)
        };
        let Some(place) = waiting.iter().position(is_it) else {
            return;
        };
        for _ in 0..=place {
            if !self.possible().contains(&step) {
                return;
            }
            self.take(step);
        }
    }

    fn finish(&mut self) {
        loop {
            let steps = self.possible();
            let mut steps = steps.into_iter();
            match steps.find(|step| !matches!(step, Step::Silence(_))) {
                Some(step) => self.take(step),
                None => return,
            }
        }
    }
}
