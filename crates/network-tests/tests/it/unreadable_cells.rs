//! A message may bring libraries, and a library cell reads as the cell that it stands for while that library is
//! available. A stored one could later block everything that reads it. So no copy and no Root stores one.

use ddvs_client::{ChainId, Operator, Outgoing};
use ddvs_contracts::messages::{Batch, BatchEntry, Message, Propose, RegisterKey, SubmitEvidence};
use ddvs_contracts::{Codes, Reason};
use ddvs_network_tests::captured::{base, next_batch};
use ddvs_network_tests::mutants::codes;
use ddvs_network_tests::{COIN, Shape, World};
use tycho_types::cell::{Cell, CellBuilder, HashBytes, Lazy};
use tycho_types::dict::Dict;
use tycho_types::models::{
    CurrencyCollection, IntMsgInfo, MsgInfo, OwnedMessage, SimpleLib, StateInit,
};
use tycho_types::num::Tokens;

/// A library cell that stands for `cell`.
fn library_cell(cell: &Cell) -> Cell {
    let mut builder = CellBuilder::new();
    builder.set_exotic(true);
    builder.store_u8(2).unwrap();
    builder.store_u256(cell.repr_hash()).unwrap();
    builder.build().unwrap()
}

/// The same tree with a library cell in the place of `target`.
fn hidden(cell: &Cell, target: &Cell) -> Cell {
    if cell.repr_hash() == target.repr_hash() {
        return library_cell(target);
    }
    let mut builder = CellBuilder::new();
    let mut bits = cell.as_slice().unwrap();
    let references = bits.size_refs();
    bits.only_last(bits.size_bits(), 0).unwrap();
    builder.store_slice_data(bits).unwrap();
    for place in 0..references {
        let reference = cell.reference_cloned(place).unwrap();
        builder.store_reference(hidden(&reference, target)).unwrap();
    }
    builder.build().unwrap()
}

/// The libraries of a message.
fn libraries(cell: &Cell) -> StateInit {
    let mut libraries = Dict::<HashBytes, SimpleLib>::new();
    let library = SimpleLib {
        public: false,
        root: cell.clone(),
    };
    libraries.set(*cell.repr_hash(), library).unwrap();
    StateInit {
        split_depth: None,
        special: None,
        code: None,
        data: None,
        libraries,
    }
}

fn world(codes: Codes) -> World {
    World::new(&Shape {
        codes,
        ..Shape::default()
    })
}

/// Whether an honest stake on chain 1 is counted.
fn is_served(world: &mut World) -> bool {
    let (uma, root) = (world.person(1, 1), world.validator(1, 0).root);
    world.deposit(&uma, 5_000 * COIN);
    let before = world.counted(&root);
    world.stake(&uma, &root, 1_000 * COIN);
    world.pass(300);
    world.counted(&root) == before + 1_000 * COIN
}

/// A user registers a key with a proof that only this message can read, and stakes while another change is in flight.
/// Returns the Root's exit code, and the reason of the D'Elector's refusal.
fn proof_in_a_library(world: &mut World) -> (Option<i32>, Option<u8>) {
    let (nora, uma, other) = (
        world.person(1, 0),
        world.person(1, 1),
        world.validator(1, 0).root,
    );
    let (root, key) = (world.root_of(&nora, 100), world.key("Nora"));
    world.must(&nora, &[root.deploy(2 * COIN).unwrap()]);
    let proof = Lazy::new(&key.prove(&world.network.genesis, root.address())).unwrap();
    let cell = proof.inner().clone();
    let register = RegisterKey {
        query_id: 7,
        key: key.public(),
        proof,
    };
    let body = hidden(&register.to_cell().unwrap(), &cell);
    let mut message = Outgoing::new(root.address().clone(), world.change_value(1), body);
    message.state_init = Some(libraries(&cell));
    let tree = world.act(&nora, &[message]);
    let code = tree.exit_code_at(root.address());
    world.deposit(&nora, 20_000 * COIN);
    world.deposit(&uma, 5_000 * COIN);
    let theirs = world.stake_message(&uma, &other, 1_000 * COIN);
    world.send(&uma, &[theirs]);
    let ours = world.stake_message(&nora, &root, 15_000 * COIN);
    world.send(&nora, &[ours]);
    world.settle();
    (code, world.root_state(&root).last_reason)
}

#[test]
fn root_refuses_a_proof_in_a_library_cell() {
    let mut real = world(Codes::default());
    assert_eq!(proof_in_a_library(&mut real).0, Some(440));
    assert!(is_served(&mut real));
    let mut lax = world(codes("depool-root", "root-keeps-any-proof"));
    assert_eq!(proof_in_a_library(&mut lax).0, Some(0));
}

#[test]
fn delector_refuses_a_proof_in_a_library_cell() {
    let root = codes("depool-root", "root-keeps-any-proof");
    let mut strict = world(root.clone());
    let (_, reason) = proof_in_a_library(&mut strict);
    assert_eq!(reason, Some(Reason::BadProof.code()));
    assert!(is_served(&mut strict));
    let lax = codes("delector", "proofs-that-wait-may-be-libraries");
    let mut lax = world(Codes {
        delector: lax.delector,
        ..root
    });
    proof_in_a_library(&mut lax);
    assert!(!is_served(&mut lax), "it is noticed");
}

/// The offender submits the evidence in cells that only this message can read. Returns whether the chain continues
/// and the offender is removed once another user submits it.
fn is_removed(codes: Codes) -> bool {
    let mut world = world(codes);
    let culprit = world.validator(1, 1);
    let evidence = world.double_vote(&culprit.key, 1, 5);
    let vote = evidence.first.inner().clone();
    let submit = SubmitEvidence {
        query_id: 1,
        evidence: Lazy::new(&evidence).unwrap(),
    };
    let body = hidden(&submit.to_cell().unwrap(), &vote);
    let delector = world.delector(1).address().clone();
    let mut message = Outgoing::new(delector, world.change_value(1), body);
    message.state_init = Some(libraries(&vote));
    world.act(&culprit.owner, &[message]);
    world.settle();
    let walter = world.person(2, 0);
    world.accuse(&walter, 1, &evidence);
    is_served(&mut world) && world.entry(&culprit.root).is_none()
}

#[test]
fn evidence_in_a_library_cell_does_not_prevent_the_removal() {
    assert!(is_removed(Codes::default()));
    assert!(!is_removed(codes(
        "delector",
        "evidence-may-be-in-libraries"
    )));
}

/// A message of the captured chain 0 to all others, with a library.
fn say(world: &mut World, body: &Cell, library: &Cell) {
    for to in world.chains().into_iter().filter(|&to| to != 0) {
        let info = IntMsgInfo {
            ihr_disabled: true,
            src: world.delector(0).address().clone().into(),
            dst: world.delector(to).address().clone().into(),
            value: CurrencyCollection::new(COIN),
            ..IntMsgInfo::default()
        };
        let message = OwnedMessage {
            info: MsgInfo::Int(info),
            init: Some(libraries(library)),
            body: body.clone().into(),
            layout: None,
        };
        let message = CellBuilder::build_from(message).unwrap();
        world.net.inject_internal(0, message).unwrap();
    }
}

/// Which cell of a batch is a library.
#[derive(Clone, Copy, PartialEq)]
enum Hidden {
    Nothing,
    Proof,
    Entries,
    Base,
}

/// A captured chain proposes a batch ahead of the next one, and that later. Returns whether all others continue.
fn others_go_on(codes: Codes, what: Hidden) -> bool {
    let mut stakes = vec![vec![100_000; 4]; 5];
    stakes[0] = vec![12_500; 4];
    let mut world = World::new(&Shape {
        codes,
        ..Shape::with_stakes(stakes)
    });
    let first = next_batch(&world, 1, 0, 12_600 * COIN);
    let (nora, key) = (world.person(0, 0), world.key("Nora"));
    let root = world.root_of(&nora, 100);
    let proof = Lazy::new(&key.prove(&world.network.genesis, root.address())).unwrap();
    let entry = BatchEntry::SetStake {
        stake: Tokens::new(10_000 * COIN),
        key: key.public(),
        since: 0,
        proof: Some(proof.clone()),
    };
    let mut entries = Dict::new();
    entries.set(root.address().address, entry).unwrap();
    let target = match what {
        Hidden::Entries => entries.root().clone().unwrap(),
        Hidden::Base => base(&world, 1),
        _ => proof.inner().clone(),
    };
    let second = Batch {
        origin: 0,
        seqno: first.load().unwrap().seqno + 1,
        previous: *first.inner().repr_hash(),
        base: base(&world, 1),
        entries,
    };
    let second = Propose {
        batch: Lazy::new(&second).unwrap(),
    };
    let mut body = second.to_cell().unwrap();
    if what != Hidden::Nothing {
        body = hidden(&body, &target);
    }
    say(&mut world, &body, &target);
    world.pass(10);
    let first = Propose { batch: first }.to_cell().unwrap();
    say(&mut world, &first, &target);
    world.pass(10);
    world.silence(0);
    let people = [1, 2, 3, 4].map(|chain| world.person(chain, 0));
    for who in &people {
        world.deposit(who, 5_000 * COIN);
        let root = world.validator(who.address().workchain, 0).root;
        let stake = world.stake_message(who, &root, 1_000 * COIN);
        world.send(who, &[stake]);
    }
    world.pass(200);
    let seqnos =
        |world: &World, of: ChainId| [-1, 1, 2, 3, 4].map(|copy| world.registry(copy, of).seqno);
    (1..5).all(|of| seqnos(&world, of) == [1; 5])
}

#[test]
fn batch_with_library_cells_stops_no_chain() {
    let real = Codes::default();
    assert!(others_go_on(real.clone(), Hidden::Nothing));
    assert!(others_go_on(real.clone(), Hidden::Proof));
    assert!(others_go_on(real.clone(), Hidden::Entries));
    assert!(others_go_on(real, Hidden::Base));
    let lax = codes("delector", "proofs-in-a-batch-may-be-libraries");
    assert!(!others_go_on(lax, Hidden::Proof));
    let lax = codes("delector", "entries-may-stand-in-libraries");
    assert!(!others_go_on(lax, Hidden::Entries));
    let lax = codes("delector", "bases-may-be-libraries");
    assert!(!others_go_on(lax, Hidden::Base));
}
