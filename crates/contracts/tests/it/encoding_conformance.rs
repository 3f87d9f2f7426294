//! The encoding of every type is pinned by the hash of one fixed value: a change shows in review.
//! `UPDATE_SNAPSHOTS=1 cargo test -p ddvs-contracts` rewrites them.

use crate::common;

use std::collections::BTreeMap;

const SNAPSHOT: &str = "crates/contracts/tests/snapshots/encoding.json";

#[test]
fn encodings_are_as_committed() {
    let now: BTreeMap<_, _> = common::samples::all()
        .into_iter()
        .map(|(name, cell)| (name, cell.repr_hash().to_string()))
        .collect();
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        let text = serde_json::to_string_pretty(&now).unwrap() + "\n";
        std::fs::write(common::repo(SNAPSHOT), text).unwrap();
    }
    let committed: BTreeMap<String, String> =
        serde_json::from_str(&common::read(SNAPSHOT)).unwrap();
    for (name, hash) in &committed {
        assert_eq!(now.get(name), Some(hash), "the encoding of {name} changed");
    }
    assert_eq!(now.len(), committed.len(), "a type has no committed hash");
}
