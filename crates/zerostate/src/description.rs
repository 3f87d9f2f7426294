//! The genesis description, whose hash identifies the network.
//!
//! It must not contain Root addresses: a Root's static data contain the address of its D'Elector, which follows from
//! this hash. So it names genesis Roots by owner, key and terms.

use std::collections::BTreeMap;

use ddvs_contracts::Codes;

use tycho_types::cell::{Cell, CellBuilder, CellFamily, Store};
use tycho_types::dict::Dict;
use tycho_types::error::Error;

use crate::Spec;

/// Returns one cell for each part of the spec that determines the network's identity.
pub(crate) fn describe(spec: &Spec, codes: &Codes) -> Result<Cell, Error> {
    let mut validators = BTreeMap::new();
    for (index, validator) in (0u32..).zip(&spec.validators) {
        let terms = &validator.terms;
        let mut builder = CellBuilder::new();
        builder.store_u8(validator.chain as u8)?;
        validator
            .owner
            .store_into(&mut builder, Cell::empty_context())?;
        builder.store_u256(&validator.key)?;
        builder.store_u64(validator.stake_nano)?;
        builder.store_u32(terms.lock_period)?;
        builder.store_u32(terms.unlock_period)?;
        builder.store_u64(terms.min_stake_nano)?;
        builder.store_u64(terms.nonce)?;
        validators.insert(index, builder.build()?);
    }
    // a dictionary: a chain of cells may be no more than 1,024 deep
    let validators = Dict::<u32, Cell>::try_from_btree(&validators)?;
    let params = spec.prices.params(&spec.limits, spec.chains.len(), false);
    let mut hashes = CellBuilder::new();
    for code in [&codes.delector, &codes.depool_root, &codes.depool_wallet] {
        hashes.store_u256(code.repr_hash())?;
    }
    let mut builder = CellBuilder::new();
    builder.store_u32(spec.start_time)?;
    builder.store_u32(spec.global_id as u32)?;
    for id in spec.chain_ids() {
        builder.store_u8(id as u8)?;
    }
    builder.store_raw(&name_digest(&spec.name)?, 256)?;
    builder.store_reference(CellBuilder::build_from(params)?)?;
    builder.store_reference(hashes.build()?)?;
    builder.store_reference(CellBuilder::build_from(validators)?)?;
    builder.build()
}

/// Returns a name of any length as 256 bits: the hash of a chain of cells that hold it.
fn name_digest(name: &str) -> Result<[u8; 32], Error> {
    let mut tail = Cell::default();
    for chunk in name.as_bytes().chunks(127).rev() {
        let mut builder = CellBuilder::new();
        builder.store_raw(chunk, (chunk.len() * 8) as u16)?;
        builder.store_reference(tail)?;
        tail = builder.build()?;
    }
    Ok(tail.repr_hash().0)
}
