//! The whole scenario, on the embedded network.

use ddvs_embedded::EmbeddedNetwork;
use ddvs_scenario::{DemoOptions, Outcome, Setup, Stage, tell};

fn told(options: &DemoOptions) -> ddvs_scenario::Report {
    let setup = Setup::new(options).expect("the options are in range");
    let mut network = EmbeddedNetwork::start(&setup.zerostate, options.seed, setup.delays())
        .expect("the zerostate is sound");
    let mut progress = |_: &str| {};
    let mut stage =
        Stage::new(&mut network, setup.story(), &mut progress).expect("the network answers");
    tell(&mut stage).expect("the story is told to its end");
    stage.report
}

#[test]
fn every_check_passes() {
    let report = told(&DemoOptions::default());
    for step in &report.steps {
        println!("== {}: {}", step.name, step.about);
        for event in &step.events {
            println!(
                "{:8.1} {:?}/{:?} {}: {}",
                event.at_s, event.chain, event.block, event.who, event.what
            );
        }
    }
    for check in &report.checks {
        println!("{:?} {}: {}", check.ok, check.name, check.detail);
    }
    assert!(
        report
            .checks
            .iter()
            .all(|check| check.ok == Outcome::Passed)
    );
    assert_eq!(report.checks.len(), 20);
}
