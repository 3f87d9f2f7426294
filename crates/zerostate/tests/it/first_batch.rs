//! A zerostate works: a newcomer's stake reaches param 34 on its chain.
#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "these are tests: a helper that fails is a test that fails"
)]

use ddvs_contracts::messages::{Message, RegisterKey, Stake};
use ddvs_contracts::{RootTerms, address, signing};
use ddvs_embedded::EmbeddedNetwork;
use ddvs_ledger::DelayPlan;
use ddvs_types::COIN_U64;
use ddvs_zerostate::*;
use tycho_crypto::ed25519::{KeyPair, SecretKey};
use tycho_types::cell::{Cell, CellBuilder, HashBytes, Lazy};
use tycho_types::models::*;
use tycho_types::num::Tokens;

fn key(i: u8) -> KeyPair {
    KeyPair::from(&SecretKey::from_bytes([i; 32]))
}

pub(crate) fn spec(workchains: i8, per_chain: u8) -> Spec {
    let mut chains = vec![ChainSpec {
        id: -1,
        block_time_ms: 1000,
    }];
    let mut validators = vec![];
    for id in 0..workchains {
        chains.push(ChainSpec {
            id,
            block_time_ms: 1000,
        });
        for v in 0..per_chain {
            validators.push(ValidatorSpec {
                chain: id,
                owner: StdAddr::new(id, HashBytes([10 * id as u8 + v + 1; 32])),
                key: HashBytes(key(10 * id as u8 + v + 1).public_key.to_bytes()),
                stake_nano: (100_000 + u64::from(v)) * COIN_U64,
                terms: Terms::default(),
            });
        }
    }
    Spec {
        name: "test".into(),
        start_time: 1_800_000_000,
        global_id: 1,
        chains,
        limits: Limits::default(),
        prices: Prices::default(),
        validators,
        accounts: vec![],
    }
}

fn internal(src: &StdAddr, dst: &StdAddr, coins: u64, init: Option<StateInit>, body: Cell) -> Cell {
    CellBuilder::build_from(OwnedMessage {
        info: MsgInfo::Int(IntMsgInfo {
            ihr_disabled: true,
            bounce: true,
            src: src.clone().into(),
            dst: dst.clone().into(),
            value: CurrencyCollection::new(u128::from(coins) * 1_000_000_000),
            ..Default::default()
        }),
        init,
        body: body.into(),
        layout: None,
    })
    .unwrap()
}

#[test]
fn newcomer_joins() {
    let zero = build(&spec(3, 4)).unwrap();
    let net = &zero.network;
    let network = EmbeddedNetwork::start(&zero, 1, DelayPlan::default()).unwrap();
    let mut n = network.into_network();
    let before = n.config(1).unwrap().parsed.raw.params.clone();
    let owner = StdAddr::new(1, HashBytes([77; 32]));
    let terms = RootTerms {
        owner: owner.clone(),
        lock_period: 100,
        unlock_period: 300_000,
        min_stake: Tokens::new(1),
        nonce: 1,
    };
    let root = address::root_address(net, 1, &terms).unwrap();
    let wallet = address::wallet_address(net, 1, &owner).unwrap();
    let k = key(99);
    n.inject_internal(
        1,
        internal(
            &owner,
            &root,
            5,
            Some(address::root_state_init(net, 1, &terms).unwrap()),
            Cell::default(),
        ),
    )
    .unwrap();
    n.inject_internal(
        1,
        internal(
            &owner,
            &wallet,
            200_000,
            Some(address::wallet_state_init(net, 1, &owner).unwrap()),
            Cell::default(),
        ),
    )
    .unwrap();
    for _ in 0..8 {
        n.step().unwrap();
    }
    let proof = signing::prove_possession(&k, &net.genesis, &root);
    let reg = RegisterKey {
        query_id: 1,
        key: HashBytes(k.public_key.to_bytes()),
        proof: Lazy::new(&proof).unwrap(),
    };
    n.inject_internal(1, internal(&owner, &root, 10, None, reg.to_cell().unwrap()))
        .unwrap();
    for _ in 0..8 {
        n.step().unwrap();
    }
    let stake = Stake {
        query_id: 2,
        amount: Tokens::new(100_000_000_000_000),
        root: root.clone(),
        terms: Lazy::new(&terms).unwrap(),
    };
    n.inject_internal(
        1,
        internal(&owner, &wallet, 10, None, stake.to_cell().unwrap()),
    )
    .unwrap();
    for _ in 0..24 {
        let b = n.step().unwrap().unwrap();
        for t in &b.transactions {
            let op = t.cell.load().unwrap();
            let body = op
                .load_in_msg()
                .unwrap()
                .map_or(0, |m| m.body.get_u32(0).unwrap_or(0));
            println!(
                "chain {:>2} block {} acc {} op {:08x} exit {:?} action {:?} gas {} out {} bal {}",
                b.chain,
                b.seqno,
                &t.account.address.to_string()[..6],
                body,
                t.exit_code(),
                t.action_code,
                t.gas_used(),
                t.out_messages.len(),
                t.balance_nano.unwrap_or_default()
            );
        }
    }
    for c in n.chain_ids().to_vec() {
        let set = &n.config(c).unwrap().validator_set;
        println!(
            "chain {c}: {} validators, weight {}",
            set.set.list.len(),
            set.set.total_weight
        );
    }
    assert_eq!(n.config(1).unwrap().validator_set.set.list.len(), 5);
    // the D'Elector writes the sets, and leaves all other parameters as they were
    let after = n.config(1).unwrap().parsed.raw.params.clone();
    let changed: Vec<_> = { after.as_dict().iter() }
        .map(Result::unwrap)
        .filter(|(param, cell)| before.as_dict().get(*param).unwrap().as_ref() != Some(cell))
        .map(|(param, _)| param)
        .collect();
    assert_eq!(changed, [32, 34]);
    for param in before.as_dict().keys() {
        assert!(after.contains_raw(param.unwrap()).unwrap());
    }
}
