//! Contracts with one rule removed, and the tests that fail with them.

use std::panic::{AssertUnwindSafe, catch_unwind};

use ddvs_contracts::Codes;
use tycho_types::boc::Boc;

/// A mutant's name, its contract, and the test that notices it.
pub type Story = (&'static str, &'static str, fn(&Codes));

/// The committed contracts with one replaced.
fn codes(contract: &str, mutant: &str) -> Codes {
    let file = super::repo(&format!("contracts/artifacts/mutants/{mutant}.boc"));
    let code = Boc::decode(std::fs::read(file).unwrap()).unwrap();
    let mut codes = Codes::default();
    let place = match contract {
        "depool-root" => &mut codes.depool_root,
        _ => &mut codes.depool_wallet,
    };
    assert_ne!(*place, code, "{mutant} is no mutant");
    *place = code;
    codes
}

/// Every test passes with the committed contracts, and fails with its mutant.
pub fn each_is_noticed(stories: &[Story]) {
    for (mutant, contract, story) in stories {
        story(&Codes::default());
        let codes = codes(contract, mutant);
        let told = catch_unwind(AssertUnwindSafe(|| story(&codes)));
        assert!(told.is_err(), "nothing notices {mutant}");
    }
}
