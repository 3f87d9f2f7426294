use std::sync::Arc;

use ddvs_light::{Member, Scope, ValidatorSet};
use malachitebft_core_types::Validity;
use tycho_crypto::ed25519::SecretKey;

use super::*;
use crate::guard::MemoryGuard;

const SCOPE: Scope = Scope {
    genesis: HashBytes([1; 32]),
    chain: 0,
    incarnation: 0,
};

const HEIGHT: Height = Height(7);

fn signer(index: u8) -> VoteSigner {
    let key = SecretKey::from_bytes([index + 1; 32]);
    VoteSigner::new(SCOPE, &key, Arc::new(MemoryGuard::default()))
}

fn validators() -> Validators {
    let members = (0..4).map(|index| Member {
        key: signer(index).public_key().0,
        weight: 1,
    });
    Validators::new(&ValidatorSet::new(members).unwrap()).unwrap()
}

/// The validators: the proposer of a height, and one who is not.
fn proposer_and_other(height: Height) -> (VoteSigner, VoteSigner) {
    let proposer = validators().proposer(height.0, 0).key;
    let (mut proposers, mut others): (Vec<_>, Vec<_>) = (0..4)
        .map(signer)
        .partition(|signer| signer.public_key() == proposer);
    (proposers.remove(0), others.remove(0))
}

/// Someone who validates nothing.
fn me() -> Key {
    signer(9).public_key()
}

fn part(sender: &VoteSigner, height: Height, proposer: Key, bytes: &[u8]) -> Part {
    let proposed = Proposed {
        height,
        round: Round::new(0),
        valid_round: Round::Nil,
        proposer,
        sender: sender.public_key(),
        bytes: Bytes::copy_from_slice(bytes),
    };
    let message = messages(&proposed, 1, sender).next().unwrap();
    message.content.into_data().unwrap()
}

fn blocks() -> Blocks {
    let mut blocks = Blocks::new(1_000);
    blocks.begin(HEIGHT);
    blocks.started(0);
    blocks
}

fn insert(blocks: &mut Blocks, part: Part) -> Option<Proposed> {
    blocks.insert(part, &me(), &validators(), &signer(0).verifier())
}

#[test]
fn a_block_of_the_proposer_is_taken_from_any_validator() {
    let (proposer, other) = proposer_and_other(HEIGHT);
    let proposer_key = proposer.public_key();
    for sender in [&proposer, &other] {
        let part = part(sender, HEIGHT, proposer_key, b"block");
        let proposed = insert(&mut blocks(), part).unwrap();
        assert_eq!(proposed.bytes, &b"block"[..]);
    }
    let stranger = part(&signer(8), HEIGHT, proposer_key, b"block");
    assert_eq!(insert(&mut blocks(), stranger), None);
    let not_proposed = part(&other, HEIGHT, other.public_key(), b"block");
    assert_eq!(insert(&mut blocks(), not_proposed), None);
}

#[test]
fn a_part_that_its_sender_did_not_sign_is_ignored() {
    let (proposer, other) = proposer_and_other(HEIGHT);
    let good = part(&proposer, HEIGHT, proposer.public_key(), b"block");
    let mut stolen = good.clone();
    stolen.sender = other.public_key();
    let mut changed = good.clone();
    changed.bytes = Bytes::from_static(b"blocc");
    let mut moved = good.clone();
    moved.stream += 1;
    for part in [stolen, changed, moved] {
        assert_eq!(insert(&mut blocks(), part), None);
    }
    assert!(insert(&mut blocks(), good).is_some());
}

#[test]
fn nobody_tells_a_validator_what_it_proposes() {
    let (proposer, other) = proposer_and_other(HEIGHT);
    let me = proposer.public_key();
    let part = part(&other, HEIGHT, me, b"block");
    let verifier = other.verifier();
    assert_eq!(blocks().insert(part, &me, &validators(), &verifier), None);
}

#[test]
fn a_sender_makes_only_so_many_blocks_be_checked() {
    let (proposer, other) = proposer_and_other(HEIGHT);
    let mut blocks = blocks();
    let mut checked = 0;
    for number in 0..100_u8 {
        let part = part(&other, HEIGHT, proposer.public_key(), &[number]);
        checked += u64::from(insert(&mut blocks, part).is_some());
    }
    assert_eq!(checked, MAX_CHECKS);
    let honest = part(&proposer, HEIGHT, proposer.public_key(), b"block");
    assert!(insert(&mut blocks, honest).is_some());
    blocks.started(1);
    let part = part(&other, HEIGHT, proposer.public_key(), b"more");
    assert_eq!(
        insert(&mut blocks, part),
        None,
        "it used up those of round 1"
    );
}

#[test]
fn blocks_of_the_next_heights_wait_and_the_others_are_ignored() {
    let mut blocks = blocks();
    let next = Height(HEIGHT.0 + 1);
    let (proposer, other) = proposer_and_other(next);
    let expected = part(&proposer, next, proposer.public_key(), b"block");
    let not_proposed = part(&other, next, other.public_key(), b"block");
    assert_eq!(insert(&mut blocks, not_proposed), None);
    assert_eq!(insert(&mut blocks, expected), None);
    for height in [HEIGHT.0 - 1, HEIGHT.0 + HEIGHTS_AHEAD + 1, u64::MAX] {
        let height = Height(height);
        let part = part(&proposer, height, proposer.public_key(), b"block");
        assert_eq!(insert(&mut blocks, part), None);
    }
    assert_eq!(blocks.waiting.len(), 2);
    for number in 0..100_u8 {
        let part = part(&other, next, proposer.public_key(), &[number]);
        assert_eq!(insert(&mut blocks, part), None);
        assert!(blocks.waiting.len() <= MAX_WAITING);
    }
    blocks.begin(next);
    let taken = blocks.take_waiting(next, &validators());
    let honest = (taken.iter()).filter(|proposed| proposed.sender == proposer.public_key());
    assert_eq!(honest.count(), 1, "others replace their own");
    assert!(taken.len() as u64 <= 1 + MAX_CHECKS);
    assert!(blocks.waiting.is_empty());
}

#[test]
fn a_block_that_is_known_is_not_checked_again() {
    let mut blocks = blocks();
    let value = |round, is_valid, id: u8| ProposedValue::<Context> {
        height: HEIGHT,
        round: Round::new(round),
        valid_round: Round::Nil,
        proposer: me(),
        value: Value {
            id: HashBytes([id; 32]),
            bytes: Bytes::copy_from_slice(&[id]),
        },
        validity: Validity::from_bool(is_valid),
    };
    assert_eq!(blocks.known(&Bytes::from_static(&[1])), None);
    let stored = blocks.keep(&value(0, true, 1)).unwrap();
    assert_eq!(blocks.keep(&value(0, true, 1)), None, "it is stored once");
    blocks.keep(&value(0, false, 2)).unwrap();
    blocks.keep(&value(3, true, 1)).unwrap();
    let id = |id| HashBytes([id; 32]);
    assert_eq!(
        blocks.known(&Bytes::from_static(&[1])),
        Some(Verdict::Valid(id(1)))
    );
    assert_eq!(
        blocks.known(&Bytes::from_static(&[2])),
        Some(Verdict::Invalid(id(2)))
    );
    assert_eq!(blocks.of_round(Round::new(0)).len(), 2);
    assert_eq!(blocks.of_round(Round::new(3)).len(), 1);
    assert_eq!(blocks.proposed_by(&me(), Round::new(3)).unwrap().id, id(1));
    assert_eq!(blocks.block(HEIGHT, &id(1)).unwrap().bytes, &[1][..]);
    assert_eq!(blocks.block(Height(8), &id(1)), None);

    let mut restarted = self::blocks();
    restarted.load(vec![
        StoredProposal {
            height: 6,
            ..stored.clone()
        },
        stored,
    ]);
    assert_eq!(
        restarted.proposals.len(),
        1,
        "those of other heights are not taken"
    );
}
