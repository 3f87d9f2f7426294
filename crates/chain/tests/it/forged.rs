//! Bodies that a captured chain or proposer makes up: they are refused, or harm nobody but their senders.

use std::collections::BTreeSet;

use ddvs_chain::{Body, BodyRefusal, Chain, ExecuteError, Import, Made};
use ddvs_test_kit::puppets::{START_MS, addr, broken, external, puppet};
use ddvs_types::COIN;
use tycho_types::cell::{Cell, CellBuilder, CellFamily, Store};
use tycho_types::models::{
    Anycast, CurrencyCollection, ExtraCurrencyCollection, IntMsgInfo, MsgInfo, OwnedMessage,
};
use tycho_types::num::{Tokens, VarUint248};

use crate::world::World;

/// A message from chain 1 to chain 0.
fn message(change: impl FnOnce(&mut IntMsgInfo), body: Cell) -> Cell {
    let mut info = IntMsgInfo {
        ihr_disabled: true,
        bounce: true,
        src: addr(1, 1).into(),
        dst: addr(0, 1).into(),
        value: CurrencyCollection::new(COIN),
        created_lt: 5,
        ..Default::default()
    };
    change(&mut info);
    let message = OwnedMessage {
        info: MsgInfo::Int(info),
        init: None,
        body: body.into(),
        layout: None,
    };
    CellBuilder::build_from(message).expect("it fits in a cell")
}

fn body_at(time_ms: u64, imports: Vec<Cell>) -> Body {
    Body {
        time_ms,
        steps: imports.len(),
        imports: imports.into_iter().map(|cell| (1, cell)).collect(),
        externals: Vec::new(),
    }
}

fn import(chain: &Chain, imports: Vec<Cell>) -> Result<(Chain, Made), ExecuteError> {
    chain.execute(&body_at(START_MS + 1_000, imports))
}

fn refusal(result: Result<(Chain, Made), ExecuteError>) -> BodyRefusal {
    match result {
        Err(ExecuteError::Refused(refusal)) => refusal,
        Err(ExecuteError::Fault(fault)) => panic!("the chain stops: {fault}"),
        Ok(_) => panic!("it was executed"),
    }
}

#[test]
fn more_coins_than_a_network_has_are_not_imported() {
    let chain = World::new(&Default::default()).chains[&0].clone();
    let of = |value: u128| {
        let value = CurrencyCollection::new(value);
        message(|info| info.value = value, puppet::nothing())
    };
    for values in [
        vec![(1 << 120) - 1],
        vec![(1 << 117) + 1],
        vec![1 << 116, 1 << 116, 1],
    ] {
        let result = import(&chain, values.into_iter().map(of).collect());
        assert_eq!(refusal(result), BodyRefusal::Coins(1));
    }
    let (after, _) = import(&chain, vec![of(1 << 116), of(1 << 116)]).unwrap();
    assert_eq!(after.recount_supply().unwrap(), *after.supply());
    // neither are they later
    let later = after.execute(&body_at(START_MS + 2_000, vec![of(1)]));
    assert_eq!(refusal(later), BodyRefusal::Coins(1));
}

#[test]
fn extra_currencies_and_rewritten_senders_are_not_imported() {
    let chain = World::new(&Default::default()).chains[&0].clone();
    let mut extra = ExtraCurrencyCollection::new();
    let most = VarUint248::from_words((1u128 << 120) - 1, u128::MAX);
    extra.as_dict_mut().set(1u32, most).unwrap();
    let value = CurrencyCollection {
        tokens: Tokens::new(COIN),
        other: extra,
    };
    let mut sender = addr(1, 1);
    let prefix = CellBuilder::build_from(0xffu8).unwrap();
    let anycast = Anycast::from_slice(&prefix.as_slice().unwrap()).unwrap();
    sender.anycast = Some(Box::new(anycast));
    for forged in [
        message(|info| info.value = value, puppet::nothing()),
        message(|info| info.src = sender.into(), puppet::throw()),
    ] {
        let result = import(&chain, vec![forged]);
        assert!(matches!(
            refusal(result),
            BodyRefusal::Import { index: 0, .. }
        ));
    }
}

#[test]
fn block_is_not_made_before_the_last_one_or_after_2106() {
    let mut world = World::new(&Default::default());
    world.block(0, usize::MAX);
    let chain = &world.chains[&0];
    for time_ms in [0, chain.time_ms() - 1, 1 << 42, u64::MAX] {
        let result = chain.execute(&body_at(time_ms, Vec::new()));
        assert_eq!(refusal(result), BodyRefusal::Time(time_ms));
    }
    assert!(chain.execute(&body_at(chain.time_ms(), Vec::new())).is_ok());
}

#[test]
fn bodies_with_different_states_have_different_blocks() {
    let chain = World::new(&Default::default()).chains[&0].clone();
    // it is burnt without a transaction
    let lost = message(
        |info| {
            info.bounce = false;
            info.created_lt = u64::MAX;
        },
        puppet::nothing(),
    );
    let run = message(|_| {}, puppet::nothing());
    let (first, made) = import(&chain, vec![run.clone(), lost.clone()]).unwrap();
    let (second, other) = import(&chain, vec![lost, run]).unwrap();
    assert_ne!(first.state_hash().unwrap(), second.state_hash().unwrap());
    assert_ne!(made.block.hash, other.block.hash);
}

/// An honest chain that imports the latest message that it may must itself be understood by the others.
#[test]
fn answer_to_the_latest_message_is_delivered_a_millisecond_later() {
    let world = World::new(&Default::default());
    let time_ms = START_MS + 1_000;
    let latest = (time_ms - 1) << 21;
    for (lt, is_delivered) in [(latest, true), (latest + 1, false)] {
        let asked = message(
            |info| {
                info.created_lt = lt;
                info.value = CurrencyCollection::new(5 * COIN);
            },
            puppet::forward(&[addr(2, 2)]),
        );
        let (_, made) = world.chains[&0]
            .execute(&body_at(time_ms, vec![asked]))
            .unwrap();
        assert_eq!(made.block.returned.is_empty(), is_delivered);
        let [sent] = &made.sent[..] else {
            panic!("it is forwarded or returned");
        };
        let receiver = &world.chains[&sent.destination];
        let mut body = body_at(time_ms + 1, vec![sent.cell.clone()]);
        body.imports[0].0 = 0;
        let (_, made) = receiver.execute(&body).unwrap();
        assert!(made.block.returned.is_empty(), "{:?}", made.block.returned);
    }
}

/// Random bits of valid messages are flipped: no panic, no fault, and the coins add up.
#[test]
fn mutated_imports_stop_nothing() {
    let mut chain = World::new(&Default::default()).chains[&0].clone();
    let start = chain.clone();
    let mut seed = 12_345u64;
    let mut random = move || {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed
    };
    let bases = [
        message(|_| {}, puppet::forward(&[addr(2, 2)])),
        message(|_| {}, puppet::throw()),
        message(|_| {}, puppet::echo()),
        broken(1, true, 4),
    ];
    let (mut executed, mut refusals) = (0, BTreeSet::new());
    for round in 0..6_000u32 {
        let base = &bases[random() as usize % bases.len()];
        let slice = base.as_slice_allow_exotic();
        let bits = slice.size_bits();
        let flips: Vec<u16> = (0..random() % 4)
            .map(|_| (random() % u64::from(bits)) as u16)
            .collect();
        let mut builder = CellBuilder::new();
        for bit in 0..bits {
            let value = slice.get_bit(bit).unwrap() ^ flips.contains(&bit);
            builder.store_bit(value).unwrap();
        }
        for child in 0..base.reference_count() {
            let child = base.reference_cloned(child).unwrap();
            builder.store_reference(child).unwrap();
        }
        let cell = builder.build().unwrap();
        let time_ms = START_MS + 1 + u64::from(round);
        match chain.execute(&body_at(time_ms, vec![cell])) {
            Ok((next, made)) => {
                executed += 1;
                for sent in &made.sent {
                    Import::read(0, sent.destination, sent.cell.clone()).unwrap();
                }
                if round % 50 == 0 {
                    assert_eq!(next.recount_supply().unwrap(), *next.supply());
                }
                chain = next;
            }
            Err(ExecuteError::Refused(BodyRefusal::Coins(1))) => {
                refusals.insert("coins".to_owned());
                let time_ms = chain.time_ms();
                chain = start.execute(&body_at(time_ms, Vec::new())).unwrap().0;
            }
            Err(ExecuteError::Refused(refusal)) => {
                refusals.insert(refusal.to_string());
            }
            Err(ExecuteError::Fault(fault)) => panic!("round {round}: {fault}"),
        }
    }
    assert!(executed > 3_000, "{executed}: {refusals:#?}");
    assert!(refusals.len() > 3, "{refusals:#?}");
}

#[test]
fn external_that_is_not_accepted_leaves_no_trace() {
    let chain = World::new(&Default::default()).chains[&0].clone();
    let body = Body {
        time_ms: START_MS + 1_000,
        steps: 1,
        imports: Vec::new(),
        externals: vec![external(&addr(0, 1), puppet::refuse())],
    };
    let (after, made) = chain.execute(&body).unwrap();
    assert_eq!(made.block.dropped.len(), 1);
    let accounts = |chain: &Chain| {
        let mut builder = CellBuilder::new();
        chain
            .accounts()
            .store_into(&mut builder, Cell::empty_context())
            .unwrap();
        *builder.build().unwrap().repr_hash()
    };
    assert_eq!(accounts(&after), accounts(&chain));
}
