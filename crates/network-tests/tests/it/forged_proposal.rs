//! Only the other copies may propose, vote, claim or ask; only a copy itself may send itself messages to continue.

use ddvs_contracts::ExitCode;
use ddvs_contracts::messages::{
    Batch, BatchEntry, BatchVote, Claim, CloseBatch, ContentId, Proceed, Propose, Vote, Want,
};
use ddvs_network_tests::{COIN, Shape, World};
use tycho_types::cell::{Cell, Lazy};
use tycho_types::dict::Dict;
use tycho_types::models::StdAddr;
use tycho_types::num::Tokens;

/// The next batch of chain 0: all stake of one validator leaves.
fn batch(world: &World) -> Lazy<Batch> {
    let registry = world.registry(1, 0);
    let victim = world.validator(0, 0);
    let mut entries = Dict::new();
    let entry = BatchEntry::SetStake {
        stake: Tokens::ZERO,
        key: victim.key.public(),
        since: world.now(),
        proof: None,
    };
    entries.set(victim.root.address().address, entry).unwrap();
    Lazy::new(&Batch {
        origin: 0,
        seqno: registry.seqno + 1,
        previous: registry.last_hash,
        base: base(world),
        entries,
    })
    .unwrap()
}

#[track_caller]
fn refused(world: &mut World, body: &impl ddvs_contracts::Message, code: ExitCode) {
    let mallory = world.person(1, 0);
    let delector = world.delector(1).address().clone();
    let before = world.data_hash(&delector);
    let tree = world.act(&mallory, &[World::message(&delector, body, 20 * COIN)]);
    assert_eq!(tree.exit_code_at(&delector), Some(code.code()), "{tree}");
    assert_eq!(world.data_hash(&delector), before);
}

#[test]
fn peer_messages_from_strangers_are_refused() {
    let mut world = World::new(&Shape::default());
    let batch = batch(&world);
    let batch_hash = *batch.inner().repr_hash();
    let propose = Propose { batch };
    refused(&mut world, &propose, ExitCode::NotPeer);
    let vote = Vote::one(BatchVote {
        origin: 0,
        seqno: 1,
        batch_hash,
    });
    refused(&mut world, &vote, ExitCode::NotPeer);
    let content = ContentId::of(&batch_hash);
    let claim = Claim {
        origin: 0,
        seqno: 1,
        content,
        base: base(&world),
    };
    refused(&mut world, &claim, ExitCode::NotPeer);
    let want = Want {
        origin: 0,
        seqno: 1,
        content,
        lacks: true,
    };
    refused(&mut world, &want, ExitCode::NotPeer);
    refused(&mut world, &CloseBatch, ExitCode::NotSelf);
    let proceed = Proceed {
        is_asking: true,
        from: batch_hash,
    };
    refused(&mut world, &proceed, ExitCode::NotSelf);
    world.check_at_rest();
}

#[test]
fn peers_account_id_on_another_chain_is_no_peer() {
    let mut world = World::new(&Shape::default());
    let batch = batch(&world);
    let own = world.delector(1).address().clone();
    let before = world.data_hash(&own);
    // the id of chain 0's copy, on chain 2
    let id = world.delector(0).address().address;
    let propose = Propose { batch };
    world.inject(&StdAddr::new(2, id), &own, &propose);
    world.settle();
    assert_eq!(world.data_hash(&own), before);
}

#[test]
fn a_proposal_that_breaks_the_rules_gets_no_vote() {
    // even from the real origin: a captured chain of less than a third
    let stakes = [90_000, 100_000, 100_000].map(|stake| vec![stake; 4]);
    let mut world = World::new(&Shape::with_stakes(stakes.to_vec()));
    let origin = world.delector(0).address().clone();
    let own = world.delector(1).address().clone();
    let broken = {
        let mut batch = batch(&world).load().unwrap();
        // more than a third of the stake, and it would leave too few
        for index in 1..3 {
            let victim = world.validator(0, index);
            let entry = BatchEntry::SetStake {
                stake: Tokens::ZERO,
                key: victim.key.public(),
                since: world.now(),
                proof: None,
            };
            let id = victim.root.address().address;
            batch.entries.set(id, entry).unwrap();
        }
        Lazy::new(&batch).unwrap()
    };
    let propose = Propose { batch: broken };
    world.inject(&origin, &own, &propose);
    world.settle();
    let contents: Vec<_> = world.storage(1).pending.counted().collect();
    assert_eq!(contents.len(), 1);
    let (_, content) = contents[0].as_ref().unwrap();
    assert_eq!((content.votes, content.refused), (0, true));
    assert!(content.next.is_none());
    for copy in world.chains() {
        assert_eq!(world.registry(copy, 0).seqno, 0);
    }
    // the origin's honest batches continue
    let uma = world.person(0, 0);
    let root = world.validator(0, 1).root;
    world.deposit_and_stake(&uma, &root, 1_000 * COIN);
    assert_eq!(world.counted(&root), 91_000 * COIN);
    // the copy that received another content asks for it once anything else has changed
    let (ivan, root) = (world.person(2, 0), world.validator(2, 0).root);
    world.deposit_and_stake(&ivan, &root, 1_000 * COIN);
    world.check_replicas(&world.chains());
}

/// A base that names all chains at zero.
fn base(world: &World) -> Cell {
    let mut builder = tycho_types::cell::CellBuilder::new();
    for chain in world.chains() {
        builder.store_u8(chain.cast_unsigned()).unwrap();
        builder.store_u32(0).unwrap();
    }
    builder.build().unwrap()
}
