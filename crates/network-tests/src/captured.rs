//! A captured origin: batches that its D'Elector never made, sent from its D'Elector's address.

use std::collections::BTreeSet;

use ddvs_client::{Backend, ChainId, Live, Operator, owner::Outgoing};
use ddvs_contracts::messages::{
    Batch, BatchEntry, BatchVote, ContentId, Evidence, Message, Poke, PossessionProof, Propose,
    Relay, Vote,
};
use tycho_types::cell::{Cell, CellBuilder, HashBytes, Lazy};
use tycho_types::dict::Dict;
use tycho_types::models::StdAddr;
use tycho_types::num::Tokens;

use crate::invariants::Monitor;
use crate::{COIN, ConsensusKey, Validator, World};

/// The captured chain.
pub const ORIGIN: ChainId = 0;

/// Blocks of all chains within which a network comes to rest.
const MAX_BLOCKS: usize = 20_000;

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
        base: base(world, 1),
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

/// Returns what the copy on `copy` has applied, as a proposal's base.
pub fn base(world: &World, copy: ChainId) -> Cell {
    let mut builder = CellBuilder::new();
    for chain in world.chains() {
        let seqno = world.registry(copy, chain).seqno;
        builder
            .store_u8(chain.cast_unsigned())
            .and_then(|()| builder.store_u32(seqno))
            .expect("it fits");
    }
    builder.build().expect("a cell can be built")
}

/// A base that names one batch.
pub fn base_naming(chain: ChainId, seqno: u32) -> Cell {
    let mut builder = CellBuilder::new();
    builder
        .store_u8(chain.cast_unsigned())
        .and_then(|()| builder.store_u32(seqno))
        .expect("it fits");
    builder.build().expect("a cell can be built")
}

/// A sound next batch of `origin` by the registry of the copy on `copy`: its first validator has another stake.
#[track_caller]
pub fn next_batch(world: &World, copy: ChainId, origin: ChainId, stake_nano: u128) -> Lazy<Batch> {
    let registry = world.registry(copy, origin);
    let validator = world.validator(origin, 0);
    let id = validator.root.address().address;
    let old = registry.roots.get(id).expect("it parses");
    let mut entries = Dict::new();
    let entry = BatchEntry::SetStake {
        stake: Tokens::new(stake_nano),
        key: validator.key.public(),
        since: old.map_or(0, |old| old.since),
        proof: None,
    };
    entries.set(id, entry).expect("an entry can be encoded");
    let batch = Batch {
        origin,
        seqno: registry.seqno + 1,
        previous: registry.last_hash,
        base: base(world, copy),
        entries,
    };
    Lazy::new(&batch).expect("a batch can be encoded")
}

/// Returns only the hash of a batch that was never made.
pub fn made_up(origin: ChainId, seqno: u32, mark: u32) -> Lazy<Batch> {
    let mut root = HashBytes([0x5a; 32]);
    root.0[..4].copy_from_slice(&mark.to_be_bytes());
    let mut entries = Dict::new();
    let entry = BatchEntry::ForgetKey { key: root };
    entries.set(root, entry).expect("an entry can be encoded");
    let batch = Batch {
        origin,
        seqno,
        previous: root,
        base: Cell::default(),
        entries,
    };
    Lazy::new(&batch).expect("a batch can be encoded")
}

/// A captured chain votes at a copy for a made-up batch, and brings it: so it counts there, whoever vouches for it.
#[track_caller]
pub fn bring(world: &mut World, from: ChainId, to: ChainId, batch: &Lazy<Batch>) {
    let load = batch.load().expect("it parses");
    let hash = *batch.inner().repr_hash();
    say(world, from, to, &vote(load.origin, load.seqno, hash));
    let batch = batch.clone();
    say(world, from, to, &Relay { batch });
}

/// Like [`made_up`], with a number of entries.
pub fn made_up_with(origin: ChainId, seqno: u32, mark: u32, entries: u32) -> Lazy<Batch> {
    let mut batch = made_up(origin, seqno, mark).load().expect("it parses");
    for place in 1..entries {
        let mut key = HashBytes([0x5b; 32]);
        key.0[..4].copy_from_slice(&mark.to_be_bytes());
        key.0[4..8].copy_from_slice(&place.to_le_bytes());
        let entry = BatchEntry::ForgetKey { key };
        batch.entries.set(key, entry).expect("it can be encoded");
    }
    Lazy::new(&batch).expect("a batch can be encoded")
}

/// Returns the number of different cells in an account's data.
#[track_caller]
pub fn cells_of(world: &World, chain: ChainId) -> usize {
    let account = world.net.account(world.delector(chain).address());
    let data = account.expect("the chain exists");
    let data = data.data().expect("a D'Elector is active");
    let (mut seen, mut waiting) = (BTreeSet::new(), vec![data.clone()]);
    while let Some(cell) = waiting.pop() {
        if seen.insert(*cell.repr_hash()) {
            let count = cell.reference_count();
            waiting.extend((0..count).filter_map(|place| cell.reference_cloned(place)));
        }
    }
    seen.len()
}

/// Sends a message of a captured chain's D'Elector to another one.
#[track_caller]
pub fn say(world: &mut World, from: ChainId, to: ChainId, body: &impl Message) {
    let (from, to) = (world.delector(from), world.delector(to));
    world.inject(from.address(), to.address(), body);
}

/// One vote.
pub fn vote(origin: ChainId, seqno: u32, batch_hash: HashBytes) -> Vote {
    Vote::one(BatchVote {
        origin,
        seqno,
        batch_hash,
    })
}

/// A poke of the copy on `copy`, for a content that somebody named.
#[track_caller]
pub fn poke_message(world: &mut World, copy: ChainId, named: &BatchVote) -> Outgoing {
    let poke = Poke {
        query_id: world.query_id(),
        origin: named.origin,
        seqno: named.seqno,
        content: ContentId::of(&named.batch_hash),
    };
    World::message(world.delector(copy).address(), &poke, 5 * COIN)
}

/// Has a person of the copy's chain send that.
#[track_caller]
pub fn poke(world: &mut World, copy: ChainId, named: &BatchVote) {
    let (who, poke) = (world.person(copy, 0), poke_message(world, copy, named));
    world.send(&who, &[poke]);
}

/// Like [`say`], to all others.
#[track_caller]
pub fn say_to_all(world: &mut World, from: ChainId, body: &impl Message) {
    for to in world.chains() {
        if to != from {
            say(world, from, to, body);
        }
    }
}

/// Makes blocks until no message waits; the monitor checks each.
#[track_caller]
pub fn settle(world: &mut World, monitor: &mut Monitor) {
    assert!(
        settle_within(world, monitor, MAX_BLOCKS),
        "the network does not come to rest"
    );
}

/// The same for at most this many blocks: messages to a silent chain wait forever. Returns whether none waits.
#[track_caller]
pub fn settle_within(world: &mut World, monitor: &mut Monitor, blocks: usize) -> bool {
    for _ in 0..blocks {
        if Operator::is_idle(&world.net) {
            return true;
        }
        if let Some(block) = Backend::next_block(&mut world.net).expect("the network answers") {
            monitor.after_block(world, &block);
        }
    }
    Operator::is_idle(&world.net)
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
    joining(world, root.address().address, stake_nano, key)
}

/// A Root joins, whatever its id.
pub fn joining(
    world: &World,
    id: HashBytes,
    stake_nano: u128,
    key: &ConsensusKey,
) -> (HashBytes, BatchEntry) {
    let proof = key.prove(&world.network.genesis, &StdAddr::new(ORIGIN, id));
    set(world, id, stake_nano, key.public(), Some(&proof))
}

/// A key is removed for misbehaviour.
pub fn remove(root: HashBytes, evidence: &Evidence) -> (HashBytes, BatchEntry) {
    let evidence = Lazy::new(evidence).expect("evidence can be encoded");
    (root, BatchEntry::RemoveKey { evidence })
}
