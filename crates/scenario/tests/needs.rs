//! Requirements of the scenario are checked before anything is sent, and a check passes only for what it observed.

use ddvs_embedded::EmbeddedNetwork;
use ddvs_scenario::{DemoOptions, Outcome, Report, Setup, Stage, Story, steps, tell};
use ddvs_zerostate::Spec;

/// A network like the demo's, changed.
fn network(change: impl FnOnce(&mut Spec)) -> (EmbeddedNetwork, Story) {
    let setup = Setup::new(&DemoOptions::default()).expect("the options are in range");
    let mut spec = setup.spec.clone();
    change(&mut spec);
    let zerostate = ddvs_zerostate::build(&spec).expect("the spec is sound");
    let mut story = setup.story();
    story.network = zerostate.network.clone();
    for (validator, root) in story.cast.validators.iter_mut().zip(&zerostate.roots) {
        validator.root = root.clone();
    }
    let network =
        EmbeddedNetwork::start(&zerostate, 1, setup.delays()).expect("the zerostate is sound");
    (network, story)
}

/// Returns why the scenario cannot run there.
fn refusal(change: impl FnOnce(&mut Spec)) -> String {
    let (mut network, story) = network(change);
    let mut progress = |_: &str| {};
    let mut stage = Stage::new(&mut network, story, &mut progress).expect("it answers");
    let error = tell(&mut stage).expect_err("it lacks something");
    assert!(stage.report.steps.is_empty(), "something was done already");
    format!("{error:#}")
}

#[test]
fn network_that_lacks_a_requirement_is_refused_at_once() {
    let long = refusal(|spec| {
        spec.limits.evidence_window_s = 10_000;
        spec.limits.min_unlock_period_s = 10_001;
        for validator in &mut spec.validators {
            validator.terms.unlock_period = 10_001;
        }
    });
    assert!(long.contains("its unlock periods are 10001 s to"), "{long}");
    let cheap = refusal(|spec| spec.limits.slash_bp = 1_000);
    assert!(
        cheap.contains("it takes 10 % for double signing"),
        "{cheap}"
    );
    let roomy = refusal(|spec| spec.limits.main_validators = 100);
    assert!(roomy.contains("has room for 100 validators"), "{roomy}");
    let poor = refusal(|spec| {
        for validator in &mut spec.validators {
            validator.stake_nano /= 4;
        }
    });
    assert!(poor.contains("the weakest validator"), "{poor}");
}

#[test]
fn network_made_for_the_scenario_meets_all_requirements() {
    let lacks = |change: &dyn Fn(&mut Spec)| {
        let (network, story) = network(change);
        ddvs_scenario::lacking(&network, &story.network, &story.cast).expect("it answers")
    };
    assert_eq!(lacks(&|_| {}), [""; 0]);
    // as `ddvs tycho init --story` makes one: equal stakes, and no room for another one
    let equal = |spec: &mut Spec| {
        spec.limits.main_validators = spec.validators.len() as u16;
        for validator in &mut spec.validators {
            validator.stake_nano = 100_000 * ddvs_types::COIN_U64;
        }
    };
    assert_eq!(lacks(&equal), [""; 0]);
    // and without `--story`: everything that is missing is reported at once
    let plain = lacks(&|spec| {
        spec.limits = ddvs_zerostate::Limits::default();
        for validator in &mut spec.validators {
            validator.terms = ddvs_zerostate::Terms::default();
        }
    });
    assert_eq!(plain.len(), 3, "{plain:?}");
}

/// Returns the checks of one step on a network without the steps before it.
fn alone(step: impl FnOnce(&mut Stage<'_>) -> anyhow::Result<()>) -> Report {
    let (mut network, story) = network(|_| {});
    let mut progress = |_: &str| {};
    let mut stage = Stage::new(&mut network, story, &mut progress).expect("it answers");
    step(&mut stage).expect("the step goes on");
    stage.report
}

fn outcome(report: &Report, name: &str) -> (Outcome, String) {
    let check = report.checks.iter().find(|check| check.name == name);
    let check = check.expect("the step has this check");
    (check.ok, check.detail.clone())
}

#[test]
fn checks_without_observations_fail() {
    let closing = alone(steps::closing::run);
    for name in ["coins-stay-in-wallet", "replicas-equal"] {
        let (ok, detail) = outcome(&closing, name);
        assert_eq!(ok, Outcome::Failed, "{name}: {detail}");
        assert!(detail.starts_with("no "), "{name}: {detail}");
    }
    // a Root that was never deployed locks nothing
    let (ok, detail) = outcome(&alone(steps::cross_chain_stake::run), "cross-chain-stake");
    assert_eq!(ok, Outcome::Failed, "{detail}");
    assert!(
        detail.contains("no Lock came back") && detail.contains("counts nothing"),
        "{detail}"
    );
}
