//! Rust and Tolk agree on every type, address and signed byte: a contract compiled from the same sources reads what
//! Rust writes, and writes the same bits again.

use crate::common;

use common::getter::{Account, call};
use common::{addr, hash, samples};
use ddvs_contracts::getters::{StackReader, addr_arg, cell_arg, int_arg};
use ddvs_contracts::messages::{Evidence, MessageInfo, Price};
use ddvs_contracts::signing::{self, ConsensusVote};
use ddvs_contracts::{Network, address, code};
use num_bigint::BigUint;
use tycho_crypto::ed25519::{KeyPair, SecretKey};
use tycho_types::models::StdAddr;
use tycho_types::num::Tokens;
use tycho_types::prelude::*;
use tycho_vm::RcStackValue;

fn try_echo(method: &str, args: Vec<RcStackValue>) -> anyhow::Result<Vec<RcStackValue>> {
    let code = common::echo_code();
    let account = Account {
        address: &addr(0, 1),
        balance_nano: 0,
        code: &code,
        data: &Cell::default(),
        config: &common::config::config().params,
        now: 0,
    };
    call(&account, method, args)
}

fn echo(method: &str, args: Vec<RcStackValue>) -> Vec<RcStackValue> {
    try_echo(method, args).unwrap_or_else(|e| panic!("{method}: {e:#}"))
}

fn number(hash: &HashBytes) -> RcStackValue {
    int_arg(BigUint::from_bytes_be(hash.as_slice()))
}

fn cell(value: impl Store) -> Cell {
    CellBuilder::build_from(value).unwrap()
}

#[test]
fn every_type_is_read_and_written_alike() {
    for (name, sample) in samples::all() {
        let struct_name = name.split('-').next().unwrap();
        let stack = echo(
            &format!("echo_{struct_name}"),
            vec![cell_arg(sample.clone())],
        );
        let back = StackReader::new(&stack, 1).unwrap().cell().unwrap();
        assert_eq!(back.repr_hash(), sample.repr_hash(), "{name}");
        if let Some(info) = MessageInfo::by_name(struct_name) {
            assert_eq!(info.encode_again(&sample).unwrap(), sample, "{name}");
        }
    }
}

/// An echo that returned its argument unread would agree with anything.
#[test]
fn the_echo_reads_what_it_gets() {
    let (_, vote) = samples::all()
        .into_iter()
        .find(|(name, _)| name == "Vote")
        .unwrap();
    assert!(
        try_echo("echo_Stake", vec![cell_arg(vote)]).is_err(),
        "a Vote is no Stake"
    );
}

#[test]
fn addresses_are_computed_alike() {
    let network = Network::new(hash(0x77));
    for chain in [-1, 0, 1, 100] {
        let stack = echo(
            "delector_address",
            vec![cell_arg(cell(&network)), int_arg(chain)],
        );
        let ours = address::delector_address(&network, chain).unwrap();
        assert_eq!(StackReader::new(&stack, 1).unwrap().addr().unwrap(), ours);
        // and from the StateInit itself
        let init = address::delector_state_init(&network, chain).unwrap();
        assert_eq!(address::address_of(chain, &init).unwrap(), ours);

        let terms = samples::terms();
        let stack = echo(
            "root_account_id",
            vec![
                cell_arg(cell(&network)),
                int_arg(chain),
                cell_arg(cell(&terms)),
                cell_arg(code::depool_wallet()),
            ],
        );
        let ours = address::root_address(&network, chain, &terms).unwrap();
        assert_eq!(
            StackReader::new(&stack, 1).unwrap().hash().unwrap(),
            ours.address
        );

        let owner = addr(0, 0x66);
        let stack = echo(
            "wallet_address",
            vec![
                cell_arg(cell(&network)),
                int_arg(chain),
                addr_arg(&owner).unwrap(),
                cell_arg(code::depool_wallet()),
            ],
        );
        let ours = address::wallet_address(&network, chain, &owner).unwrap();
        assert_eq!(StackReader::new(&stack, 1).unwrap().addr().unwrap(), ours);
    }
}

#[test]
fn no_two_chains_hold_the_same_account_id() {
    let network = Network::new(hash(0x77));
    let owner = addr(0, 0x66);
    let ids = |chain| {
        [
            address::delector_address(&network, chain).unwrap().address,
            address::root_address(&network, chain, &samples::terms())
                .unwrap()
                .address,
            address::wallet_address(&network, chain, &owner)
                .unwrap()
                .address,
        ]
    };
    for (one, other) in ids(0).iter().zip(ids(1)) {
        assert_ne!(*one, other);
    }
}

fn key(seed: u8) -> KeyPair {
    KeyPair::from(&SecretKey::from_bytes([seed; 32]))
}

fn slice_bytes(stack: &[RcStackValue]) -> Vec<u8> {
    let slice = stack[0].as_cell_slice().unwrap();
    let slice = slice.apply();
    let bits = slice.size_bits();
    let mut bytes = vec![0; usize::from(bits / 8)];
    slice.get_raw(0, &mut bytes, bits).unwrap();
    bytes
}

#[test]
fn possession_is_signed_alike() {
    let (genesis, root, key) = (hash(0x77), StdAddr::new(-1, hash(0x55)), key(1));
    let place = || {
        vec![
            number(&genesis),
            int_arg(root.workchain),
            number(&root.address),
        ]
    };
    let bytes = signing::possession_bytes(&genesis, &root);
    assert_eq!(bytes.len(), 69);
    assert_eq!(slice_bytes(&echo("possession_slice", place())), bytes);

    let holds = |key: &KeyPair, proof| {
        let mut args = place();
        args.extend([number(&signing::public_key(key)), cell_arg(cell(proof))]);
        StackReader::new(&echo("possession_holds", args), 1)
            .unwrap()
            .bool()
            .unwrap()
    };
    assert!(holds(
        &key,
        signing::prove_possession(&key, &genesis, &root)
    ));
    assert!(
        !holds(
            &key,
            signing::prove_possession(&key, &genesis, &addr(-1, 0x56))
        ),
        "another Root"
    );
    assert!(
        !holds(&key, signing::prove_possession(&key, &hash(0x78), &root)),
        "another network"
    );
    assert!(
        !holds(
            &self::key(2),
            signing::prove_possession(&key, &genesis, &root)
        ),
        "another key"
    );
}

#[test]
fn votes_are_signed_alike() {
    let (genesis, key) = (hash(0x77), key(1));
    let vote = |byte| ConsensusVote {
        chain: -1,
        height: 1 << 40,
        round: 3,
        vote_type: 2,
        value_hash: hash(byte),
    };
    let evidence = |first: &ConsensusVote, second: &ConsensusVote, second_key: &KeyPair| {
        signing::evidence(
            signing::public_key(&key),
            first,
            signing::sign_vote(&key, &genesis, first),
            second.value_hash,
            signing::sign_vote(second_key, &genesis, second),
        )
        .unwrap()
    };
    let good = evidence(&vote(1), &vote(2), &key);
    let bytes = signing::vote_bytes(&genesis, &vote(1));
    assert_eq!(bytes.len(), 82);
    let stack = echo(
        "vote_slice",
        vec![number(&genesis), cell_arg(cell(&good)), number(&hash(1))],
    );
    assert_eq!(slice_bytes(&stack), bytes);

    let holds = |evidence: Evidence| {
        let stack = echo(
            "evidence_holds",
            vec![number(&genesis), cell_arg(cell(evidence))],
        );
        StackReader::new(&stack, 1).unwrap().bool().unwrap()
    };
    assert!(holds(good));
    assert!(
        !holds(evidence(&vote(1), &vote(1), &key)),
        "one value twice"
    );
    assert!(
        !holds(evidence(&vote(1), &vote(2), &self::key(2))),
        "another key's vote"
    );
    let later = ConsensusVote {
        height: 7,
        ..vote(2)
    };
    assert!(
        !holds(evidence(&vote(1), &later, &key)),
        "votes at different heights"
    );
}

#[test]
fn prices_are_rounded_alike() {
    for (numerator, denominator, amount) in [
        (2, 3, 100),
        (1, 1, 5),
        (0, 7, 100),
        ((1 << 119) - 1, 1 << 119, (1 << 119) - 1),
        (999, 1000, 1),
    ] {
        let price = Price {
            numerator: Tokens::new(numerator),
            denominator: Tokens::new(denominator),
        };
        let stack = echo("price_worth", vec![cell_arg(cell(&price)), int_arg(amount)]);
        assert_eq!(
            StackReader::new(&stack, 1).unwrap().int::<u128>().unwrap(),
            price.worth(amount)
        );
    }
}
