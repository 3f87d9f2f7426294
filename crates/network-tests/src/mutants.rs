//! Contracts with one rule removed (`contracts/mutants.json`), which the invariants must detect.

use std::path::PathBuf;

use ddvs_contracts::Codes;
use tycho_types::boc::Boc;

use crate::random_walk::{Plan, walk_with};

/// Walks on a mutant before it counts as unnoticed.
const MAX_WALKS: u64 = 24;

/// Returns the committed contracts with one replaced.
///
/// # Panics
///
/// When `npm run build` in `contracts/` has not written the mutant.
#[track_caller]
pub fn codes(contract: &str, mutant: &str) -> Codes {
    let artifacts = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../contracts/artifacts");
    let file = artifacts.join(format!("mutants/{mutant}.boc"));
    let boc = std::fs::read(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let code = Boc::decode(boc).expect("an artifact is a bag of cells");
    let mut codes = Codes::default();
    let place = match contract {
        "delector" => &mut codes.delector,
        "depool-root" => &mut codes.depool_root,
        "depool-wallet" => &mut codes.depool_wallet,
        other => panic!("{other} is no contract"),
    };
    assert_ne!(*place, code, "{mutant} is no mutant");
    *place = code;
    codes
}

/// Walks on a mutant until an invariant breaks; returns the number of walks, and what broke in the last one.
pub fn hunt(codes: &Codes, invariant: u8) -> (u64, Vec<String>) {
    let mut found = Vec::new();
    for seed in 1..=MAX_WALKS {
        let plan = Plan {
            seed,
            workchains: 2 + (seed % 2) as u8,
            validators: 3,
            operations: 100,
            captured: None,
        };
        let walk = walk_with(&plan, codes.clone());
        let violations = walk.monitor.violations();
        found.extend(violations.iter().map(ToString::to_string));
        if walk.monitor.broke(invariant) {
            return (seed, violations.iter().map(ToString::to_string).collect());
        }
    }
    found.truncate(10);
    panic!("invariant {invariant} was never seen to break, but: {found:#?}");
}
