//! Every refusal has its own code, a name and an advice: in Tolk, in Rust and in the documentation.

use crate::common;

use std::collections::BTreeMap;

use ddvs_contracts::error::errors_markdown;
use ddvs_contracts::{ExitCode, Reason};

/// Constants of errors.tolk with this prefix.
fn tolk(prefix: &str) -> BTreeMap<String, i64> {
    common::read("contracts/shared/errors.tolk")
        .lines()
        .filter_map(|line| line.strip_prefix("const "))
        .filter(|line| line.starts_with(prefix))
        .map(|line| {
            let (name, value) = line.split("//").next().unwrap().split_once('=').unwrap();
            let value = value.trim();
            let value = match value.strip_prefix("0x") {
                Some(hex) => i64::from_str_radix(hex, 16).unwrap(),
                None => value.parse().unwrap(),
            };
            (name.trim().to_owned(), value)
        })
        .collect()
}

#[test]
fn tolk_and_rust_have_the_same_codes() {
    let exit_codes: BTreeMap<_, _> = ExitCode::ALL
        .iter()
        .map(|e| (e.name().to_owned(), e.code().into()))
        .collect();
    assert_eq!(exit_codes, tolk("ERR_"));
    let reasons: BTreeMap<_, _> = Reason::ALL
        .iter()
        .map(|r| (r.name().to_owned(), r.code().into()))
        .collect();
    assert_eq!(reasons, tolk("REASON_"));
}

#[test]
fn every_code_is_found_by_its_number() {
    for e in ExitCode::ALL {
        assert_eq!(ExitCode::from_code(e.code()), Some(*e));
    }
    for r in Reason::ALL {
        assert_eq!(Reason::from_code(r.code()), Some(*r));
    }
    assert_eq!(ExitCode::from_code(0), None);
}

/// `UPDATE_SNAPSHOTS=1 cargo test -p ddvs-contracts` rewrites the file.
#[test]
fn the_documentation_is_up_to_date() {
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(common::repo("docs/errors.md"), errors_markdown()).unwrap();
    }
    assert_eq!(common::read("docs/errors.md"), errors_markdown());
}
