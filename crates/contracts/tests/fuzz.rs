//! Mutated cells against the decoders of messages, storage and parameters: none panics, and every decoded value
//! encodes to a cell that decodes to the same value.
//!
//! `ddvs-fuzz` documents how long it runs and how to repeat an input. The contracts' own code gets such bodies in
//! `crates/scenario/tests/fuzz.rs`.
#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

mod common;

use common::samples;
use ddvs_contracts::messages::{self, *};
use ddvs_contracts::params::*;
use ddvs_contracts::storage::*;
use ddvs_contracts::{DElectorStatic, Network, RootTerms};
use ddvs_fuzz::{Shape, fuzz};
use tycho_types::boc::Boc;
use tycho_types::cell::{Cell, CellBuilder, Load, Store};

/// Whether the cell is such a value.
fn again<T>(cell: &Cell) -> bool
where
    T: Store + for<'a> Load<'a> + PartialEq + std::fmt::Debug,
{
    let slice = cell.as_slice();
    let Ok(value) = slice.and_then(|mut slice| T::load_from(&mut slice)) else {
        return false;
    };
    let encoded = CellBuilder::build_from(&value).unwrap();
    assert_eq!(encoded.parse::<T>().unwrap(), value);
    true
}

type Decoder = fn(&Cell) -> bool;

macro_rules! decoders {
    ($($name:ident)*) => { &[$((stringify!($name), again::<$name> as Decoder)),*] };
}

/// Decoders of external data other than messages, by the names of the samples.
const DECODERS: &[(&str, Decoder)] = decoders![
    Price PossessionProof SignedVote Evidence Network RootTerms DElectorStatic RootStorage WalletStorage RootState
    ChainTotals RootKey Flight Prices DdvsParams AcceptedRoot Batch AcceptedRoots
];

/// Like [`again`], for a message.
fn message_again(info: &MessageInfo, cell: &Cell) -> bool {
    let Ok(encoded) = info.encode_again(cell) else {
        return false;
    };
    assert_eq!(
        info.encode_again(&encoded).unwrap(),
        encoded,
        "{}",
        info.name
    );
    cell.as_slice().is_ok_and(|body| info.facts(body).is_ok())
}

/// Reads dictionaries and lazy cells, which decoding alone does not look at.
fn look_inside(cell: &Cell) {
    if let Ok(batch) = cell.parse::<Batch>() {
        for (_, entry) in batch.entries.iter().flatten() {
            match entry {
                BatchEntry::SetStake { proof, .. } => drop(proof.map(|proof| proof.load())),
                BatchEntry::RemoveKey { evidence } => {
                    if let Ok(evidence) = evidence.load() {
                        let _ = (evidence.first.load(), evidence.second.load());
                    }
                }
                _ => {}
            }
        }
    }
    if let Ok(wallet) = cell.parse::<WalletStorage>() {
        for (_, position) in wallet.positions.iter().flatten() {
            position.unlocking.iter().for_each(drop);
        }
    }
    if let Ok(state) = cell.parse::<RootState>() {
        let prices = state.prices().map(|prices| prices.load());
        for (_, totals) in state.chains.iter().flatten() {
            prices.iter().flatten().for_each(|prices| {
                let _ = totals.at(prices);
            });
        }
    }
    if let Ok(codes) = cell.parse::<AcceptedRoots>() {
        for (_, accepted) in codes.codes.iter().flatten() {
            let _ = accepted.network.load();
        }
    }
}

#[test]
fn no_cell_breaks_a_decoder() {
    for (name, cell) in samples::all() {
        let name = name.split('-').next().unwrap();
        if let Some(info) = MessageInfo::by_name(name) {
            assert!(message_again(info, &cell), "{name}");
        }
        if let Some((_, decode)) = DECODERS.iter().find(|(known, _)| *known == name) {
            assert!(decode(&cell), "{name}");
        }
    }
    let bocs: Vec<_> = samples::all()
        .iter()
        .map(|(_, cell)| Boc::encode(cell))
        .collect();
    fuzz("bindings", 5, Shape::Boc, &bocs, |input| {
        let Ok(cell) = Boc::decode(input) else {
            return false;
        };
        look_inside(&cell);
        // all of them, so that cells are not decoded only as their original type
        let found = DECODERS.iter().filter(|(_, decode)| decode(&cell)).count();
        let messages = messages::all()
            .filter(|info| message_again(info, &cell))
            .count();
        found + messages > 0 || cell.parse::<Position>().is_ok()
    });
}
