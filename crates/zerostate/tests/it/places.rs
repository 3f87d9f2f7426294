//! The price of a new key covers ten years of storage for it and its Root.

use ddvs_contracts::storage::{KeyEntry, RootEntry};
use ddvs_zerostate::{Limits, Prices};
use tycho_types::cell::{CellBuilder, HashBytes, Store};
use tycho_types::dict::Dict;
use tycho_types::num::Tokens;

const TEN_YEARS: u128 = 315_576_000;
/// A workchain's price of a bit and of a cell in param 18, for 2^-16 seconds.
const BIT: u128 = 1;
const CELL: u128 = 500;

/// A hash of the input: evenly distributed, as account ids and keys are.
fn spread(kind: u8, index: u32) -> HashBytes {
    *CellBuilder::build_from((kind, index)).unwrap().repr_hash()
}

/// Returns the cost in nano of ten years of a registry's Roots and keys.
fn storage_nano(roots: u32) -> u128 {
    let mut all = Dict::<HashBytes, RootEntry>::new();
    let mut keys = Dict::<HashBytes, KeyEntry>::new();
    for index in 0..roots {
        let (root, key) = (spread(1, index), spread(2, index));
        let entry = RootEntry {
            stake: Tokens::new(20_000_000_000_000),
            key,
            since: 1_800_000_000,
            retired: 0,
            is_removed: false,
        };
        all.set(root, entry).unwrap();
        keys.set(key, KeyEntry::InUse { root }).unwrap();
    }
    let mut builder = CellBuilder::new();
    let context = <tycho_types::cell::Cell as tycho_types::cell::CellFamily>::empty_context();
    all.store_into(&mut builder, context).unwrap();
    keys.store_into(&mut builder, context).unwrap();
    let stats = builder
        .build()
        .unwrap()
        .compute_unique_stats(1 << 20)
        .unwrap();
    let price = u128::from(stats.bit_count) * BIT + u128::from(stats.cell_count) * CELL;
    (price * TEN_YEARS) >> 16
}

#[test]
fn a_place_pays_for_ten_years() {
    let workchains = 3;
    let prices = Prices::default();
    let params = prices.params(&Limits::default(), workchains + 1, false);
    // the gas of checking the key is paid with it
    let gas = Prices::PLACE_GAS * prices.gas_price_nano;
    let place = params.place_value_nano.get() / workchains as u64 - gas;
    for roots in [100, 2_000] {
        let each = storage_nano(roots) / u128::from(roots);
        println!("{roots} Roots: {each} nano each");
        assert!(
            each <= u128::from(place),
            "{roots} Roots: {each} nano each, {place} are paid"
        );
        assert!(
            2 * each > u128::from(place),
            "no more than twice that is charged"
        );
    }
}
