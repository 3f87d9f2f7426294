//! Contracts with one rule removed (`contracts/mutants.json`), which the invariants must detect; and equivalent builds, which come to the same
//! in another way.

use std::path::PathBuf;

use ddvs_contracts::Codes;
use ddvs_contracts::storage::DElectorStorage;
use ddvs_zerostate::Zerostate;
use tycho_types::boc::Boc;
use tycho_types::cell::{Cell, CellBuilder};
use tycho_types::dict::Dict;

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

/// Config param by which an equivalent build finds the committed code.
const PARAM_CODE: u32 = 299;

/// Has the copies of a network run an equivalent build of the D'Elector at the addresses of the committed one: all addresses, and all that
/// follows from them, are the same.
///
/// # Panics
///
/// When `npm run build` in `contracts/` has not written the build.
#[track_caller]
pub fn put_in_place(zerostate: &mut Zerostate, equivalent: &str) {
    let sound = "a zerostate that was built is sound";
    let code = codes("delector", equivalent).delector;
    for chain in &mut zerostate.chains {
        chain.delector_code_hash = *code.repr_hash();
        let init = chain.accounts[0].state_init.as_mut().expect(sound);
        let data = init.data.as_ref().expect(sound);
        let mut storage: DElectorStorage = data.parse().expect(sound);
        let mut config = Dict::<u32, Cell>::from_raw(Some(storage.config));
        let committed = init.code.replace(code.clone()).expect(sound);
        config.set(PARAM_CODE, committed).expect(sound);
        storage.config = config.into_root().expect(sound);
        init.data = Some(CellBuilder::build_from(&storage).expect(sound));
    }
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
