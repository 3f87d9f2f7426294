//! The committed artifacts match the committed sources, as far as this can be checked without the compiler; `npm run
//! check` in `contracts/` compiles them again.

use crate::common;

use serde::Deserialize;
use sha2::{Digest, Sha256};
use tycho_types::prelude::*;

#[derive(Deserialize)]
struct Manifest {
    compiler: Compiler,
    contracts: Vec<Entry>,
    tests: Vec<Entry>,
    mutants: Vec<Entry>,
}

#[derive(Deserialize)]
struct Compiler {
    package: String,
    version: String,
    level: u8,
}

#[derive(Deserialize)]
struct Entry {
    name: String,
    file: String,
    code_hash: String,
    boc_sha256: String,
    sources: Vec<Source>,
}

#[derive(Deserialize)]
struct Source {
    path: String,
    sha256: String,
}

fn manifest() -> Manifest {
    serde_json::from_str(&common::read("contracts/artifacts/manifest.json")).unwrap()
}

fn all(manifest: &Manifest) -> impl Iterator<Item = &Entry> {
    let beside = manifest.tests.iter().chain(&manifest.mutants);
    manifest.contracts.iter().chain(beside)
}

fn sha256(path: &str) -> String {
    hex::encode(Sha256::digest(
        std::fs::read(common::repo(path)).unwrap_or_else(|e| panic!("{path}: {e}")),
    ))
}

#[test]
fn sources_are_those_that_were_compiled() {
    let manifest = manifest();
    let stale: Vec<_> = all(&manifest)
        .flat_map(|entry| {
            assert!(!entry.sources.is_empty(), "{} has no sources", entry.name);
            entry.sources.iter().filter_map(|source| {
                let path = format!("contracts/{}", source.path);
                (sha256(&path) != source.sha256).then(|| format!("{} ({path})", entry.name))
            })
        })
        .collect();
    assert!(
        stale.is_empty(),
        "changed since they were compiled; run `npm run build` in contracts/: {stale:#?}"
    );
}

#[test]
fn artifacts_are_those_of_the_manifest() {
    let manifest = manifest();
    for entry in all(&manifest) {
        let path = format!("contracts/artifacts/{}", entry.file);
        assert_eq!(sha256(&path), entry.boc_sha256, "{path}");
        let code = Boc::decode(std::fs::read(common::repo(&path)).unwrap()).unwrap();
        assert_eq!(hex::encode(code.repr_hash()), entry.code_hash, "{path}");
    }
}

#[test]
fn the_crate_embeds_the_artifacts_of_the_manifest() {
    use ddvs_contracts::code;
    let embedded = [
        ("delector", code::delector()),
        ("depool-root", code::depool_root()),
        ("depool-wallet", code::depool_wallet()),
    ];
    let manifest = manifest();
    assert_eq!(manifest.contracts.len(), embedded.len());
    for (name, code) in embedded {
        let entry = manifest
            .contracts
            .iter()
            .find(|entry| entry.name == name)
            .unwrap();
        assert_eq!(hex::encode(code.repr_hash()), entry.code_hash, "{name}");
    }
}

#[test]
fn the_compiler_is_the_one_that_npm_installs() {
    let compiler = manifest().compiler;
    let package: serde_json::Value =
        serde_json::from_str(&common::read("contracts/package.json")).unwrap();
    assert_eq!(
        package["dependencies"][&compiler.package],
        compiler.version.as_str()
    );
    assert_eq!(compiler.level, 2);
}
