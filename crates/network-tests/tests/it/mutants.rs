//! Every invariant has a contract, or a ledger, that breaks it, and the checks notice.

use ddvs_contracts::messages::Excesses;
use ddvs_network_tests::invariants::Monitor;
use ddvs_network_tests::mutants::{codes, hunt};
use ddvs_network_tests::{Shape, World};

/// A ledger that credits twice: coins out of nothing.
#[test]
fn ledger_that_credits_twice_is_detected() {
    let mut world = World::new(&Shape::default());
    let mut monitor = Monitor::new(&world);
    let (rich, poor) = (world.person(0, 0), world.person(1, 0));
    world.inject(rich.address(), poor.address(), &Excesses { query_id: 1 });
    let block = ddvs_client::Backend::next_block(&mut world.net).expect("the network answers");
    monitor.after_block(&mut world, &block.expect("a chain makes blocks"));
    assert!(monitor.broke(1));
}

/// All hand-written tests of the contracts, which name the mutants that they notice.
fn stories() -> String {
    let mut text = String::new();
    for dir in ["network-tests", "contracts", "replay"] {
        let dir = format!("{}/../{dir}/tests/it", env!("CARGO_MANIFEST_DIR"));
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            // the mutants that random walks find are listed here
            let is_list = path.ends_with("network-tests/tests/it/mutants.rs");
            if !is_list && path.extension().is_some_and(|ext| ext == "rs") {
                text += &std::fs::read_to_string(path).unwrap();
            }
        }
    }
    text
}

/// One test a mutant: its name, its contract, and the invariant that it breaks.
macro_rules! mutants {
    ($($test:ident: $contract:literal, $mutant:literal, $invariant:literal;)*) => {
        $(
            #[test]
            fn $test() {
                let (walks, found) = hunt(&codes($contract, $mutant), $invariant);
                println!("{} noticed in walk {walks}: {}", $mutant, found.join("; "));
            }
        )*

        /// Every mutant has a test: random walks detect it, or a hand-written test shows its effect.
        #[test]
        fn all_mutants_are_hunted() {
            let known = include_str!("../../../../contracts/mutants.json");
            let hunted = [$(($mutant, $invariant)),*];
            for (mutant, invariant) in hunted {
                let entry = format!("\"name\": \"{mutant}\", \"invariant\": {invariant},");
                assert!(known.contains(&entry), "{mutant} is not in mutants.json");
            }
            let stories = stories();
            for name in known.split("\"name\": \"").skip(1).filter_map(|rest| rest.split('"').next()) {
                let is_hunted = hunted.iter().any(|(mutant, _)| *mutant == name);
                let is_told = stories.contains(&format!("\"{name}\""));
                assert!(is_hunted || is_told, "no test looks for {name}");
            }
        }
    };
}

mutants! {
    wallet_withdraws_held: "depool-wallet", "wallet-withdraws-held", 2;
    wallet_outlives_a_day: "depool-wallet", "wallet-outlives-a-day", 2;
    root_forgets_stakes: "depool-root", "root-forgets-stakes", 3;
    root_releases_counted: "depool-root", "root-releases-counted", 4;
    root_takes_any_wallet: "depool-root", "root-takes-any-wallet", 5;
    delector_takes_any_peer: "delector", "delector-takes-any-peer", 5;
    delector_takes_any_root: "delector", "delector-takes-any-root", 5;
    delector_half_is_enough: "delector", "delector-half-is-enough", 6;
    delector_counts_twice: "delector", "delector-counts-twice", 6;
    delector_two_in_flight: "delector", "delector-two-in-flight", 7;
    delector_forgets_the_queue: "delector", "delector-forgets-the-queue", 8;
    delector_needs_the_masterchain: "delector", "delector-needs-the-masterchain", 9;
    delector_removes_twice: "delector", "delector-removes-twice", 10;
    root_spares_the_unlocking: "depool-root", "root-spares-the-unlocking", 10;
    wallet_never_waits: "depool-wallet", "wallet-never-waits", 10;
    root_lets_locked_coins_go: "depool-root", "root-lets-locked-coins-go", 10;
    delector_lets_the_last_leave: "delector", "delector-lets-the-last-leave", 11;
    delector_no_churn_limit: "delector", "delector-no-churn-limit", 12;
    delector_wastes_gas: "delector", "delector-wastes-gas", 13;
    wallet_ignores_bounces: "depool-wallet", "wallet-ignores-bounces", 14;
}
