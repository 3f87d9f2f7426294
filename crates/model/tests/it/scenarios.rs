//! Every scenario in its own order: the properties of each state and of its end. `crates/replay` executes the same on
//! the contracts.

use std::collections::BTreeSet;

use ddvs_model::scenarios::{Scenario, all, families};
use ddvs_model::{Network, Rest, Stats, Step, Violation, explain, properties};

/// Returns the violation of a scenario's order, and its final state.
fn tell(story: &Scenario, steps: &[Step]) -> (Option<Violation>, Network, Stats) {
    let instance = story.instance.clone().exact();
    let (mut network, mut stats) = (Network::new(&instance), Stats::default());
    for &step in steps {
        network.take(&instance, step, &mut stats);
        if let Some(violation) = properties::always(&instance, &network) {
            return (Some(violation), network, stats);
        }
    }
    let violation = properties::at_rest(&instance, &network);
    (violation, network, stats)
}

#[test]
fn each_ends_as_it_should() {
    let mut all_stats = Stats::default();
    for story in all() {
        let steps = story.steps();
        let instance = story.instance.clone().exact();
        let (violation, network, stats) = tell(&story, &steps);
        assert_eq!(
            violation,
            story.ends,
            "{}\n{}",
            story.name,
            explain(&instance, &steps)
        );
        assert!(!steps.is_empty(), "nothing happens in {}", story.name);
        let mut left = Vec::new();
        let rest = network.all_steps(&instance, &mut left);
        assert!(
            rest == Rest::Yes || story.ends.is_some(),
            "{}: {left:?} are left",
            story.name
        );
        all_stats += stats;
    }
    let s = all_stats;
    assert!(s.undone > 0 && s.relayed > 0 && s.claims > 0, "{s:?}");
    assert!(s.found_at_claim > 0 && s.found_at_current > 0, "{s:?}");
}

#[test]
fn no_two_have_one_name() {
    let stories = all().into_iter().map(|story| story.name);
    let families = families::all().into_iter().map(|(name, _)| name.to_owned());
    let names: Vec<_> = stories.chain(families).collect();
    let unique: BTreeSet<_> = names.iter().collect();
    assert_eq!(unique.len(), names.len(), "{names:?}");
}
