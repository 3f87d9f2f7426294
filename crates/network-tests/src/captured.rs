//! A captured origin: batches that its D'Elector never made, sent from its D'Elector's address.

use ddvs_client::ChainId;
use ddvs_contracts::messages::{Batch, BatchEntry, Evidence, PossessionProof, Propose};
use tycho_types::cell::{Cell, CellBuilder, HashBytes, Lazy};
use tycho_types::dict::Dict;
use tycho_types::num::Tokens;

use crate::{ConsensusKey, Validator, World};

/// The captured chain.
pub const ORIGIN: ChainId = 0;

/// Entries of a batch.
pub type Entries = Vec<(HashBytes, BatchEntry)>;

/// The next batch of the captured chain.
#[track_caller]
pub fn batch(world: &World, entries: Entries) -> Batch {
    let registry = world.registry(1, ORIGIN);
    let mut dict = Dict::new();
    for (root, entry) in entries {
        dict.set(root, entry).expect("an entry can be encoded");
    }
    Batch {
        origin: ORIGIN,
        seqno: registry.seqno + 1,
        previous: registry.last_hash,
        base: base(world),
        entries: dict,
    }
}

/// Sends a batch to all other copies as the next one of the captured chain; returns whether they voted for it and applied it.
#[track_caller]
pub fn is_taken(world: &mut World, batch: &Batch) -> bool {
    let lazy = Lazy::new(batch).expect("a batch can be encoded");
    let hash = *lazy.inner().repr_hash();
    let propose = Propose { batch: lazy };
    let origin = world.delector(ORIGIN).address().clone();
    let others: Vec<_> = (world.chains().into_iter())
        .filter(|&copy| copy != ORIGIN)
        .collect();
    for &copy in &others {
        let to = world.delector(copy).address().clone();
        world.inject(&origin, &to, &propose);
    }
    world.settle();
    let applied = |copy: ChainId| world.registry(copy, ORIGIN).last_hash == hash;
    let all = others.iter().all(|&copy| applied(copy));
    assert!(
        all || !others.iter().any(|&copy| applied(copy)),
        "the copies come to different verdicts"
    );
    all
}

/// Where all copies stand.
fn base(world: &World) -> Cell {
    let mut builder = CellBuilder::new();
    for chain in world.chains() {
        let seqno = world.registry(1, chain).seqno;
        builder
            .store_u8(chain.cast_unsigned())
            .and_then(|()| builder.store_u32(seqno))
            .expect("it fits");
    }
    builder.build().expect("a cell can be built")
}

/// A Root's stake and key; the proof where it is needed.
pub fn set(
    world: &World,
    root: HashBytes,
    stake_nano: u128,
    key: HashBytes,
    proof: Option<&PossessionProof>,
) -> (HashBytes, BatchEntry) {
    let entry = BatchEntry::SetStake {
        stake: Tokens::new(stake_nano),
        key,
        since: world.now(),
        proof: proof.map(|proof| Lazy::new(proof).expect("a proof can be encoded")),
    };
    (root, entry)
}

/// Another stake of a registered validator.
pub fn restake(world: &World, validator: &Validator, stake_nano: u128) -> (HashBytes, BatchEntry) {
    let root = validator.root.address().address;
    set(world, root, stake_nano, validator.key.public(), None)
}

/// A new Root of person `index`, with a key that consents.
pub fn newcomer(
    world: &World,
    index: usize,
    stake_nano: u128,
    key: &ConsensusKey,
) -> (HashBytes, BatchEntry) {
    let root = world.root_of(&world.person(ORIGIN, index), 100);
    let proof = key.prove(&world.network.genesis, root.address());
    let id = root.address().address;
    set(world, id, stake_nano, key.public(), Some(&proof))
}

/// A key is removed for misbehaviour.
pub fn remove(root: HashBytes, evidence: &Evidence) -> (HashBytes, BatchEntry) {
    let evidence = Lazy::new(evidence).expect("evidence can be encoded");
    (root, BatchEntry::RemoveKey { evidence })
}
