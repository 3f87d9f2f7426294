//! A state that no chain could have is not restored.

use std::sync::Arc;

use ddvs_chain::{Chain, ChainState};
use ddvs_test_kit::puppets::{ConfigPlan, START_MS, addr, external, internal, internal_to, puppet};
use ddvs_types::{COIN, ChainId};
use tycho_types::cell::CellBuilder;
use tycho_types::models::{IntAddr, ShardAccounts, VarAddr};
use tycho_types::num::Uint9;

use crate::world::World;

fn state() -> ChainState {
    let plan = ConfigPlan {
        block_gas_limit: 3_000,
        ..Default::default()
    };
    let mut world = World::new(&plan);
    let send = |value| {
        (
            1u8,
            internal(&addr(0, 2), COIN + value, true, puppet::nothing()),
        )
    };
    let messages: Vec<_> = (0..5u128).map(send).collect();
    world.tell(0, external(&addr(0, 1), puppet::send(&messages)));
    world.block(0, usize::MAX);
    let state = world.chains[&0].export().expect("it can be exported");
    assert!(!state.leftover.is_empty());
    state
}

fn restores(state: ChainState) -> bool {
    let chains: Arc<[ChainId]> = [-1, 0, 1, 2].into();
    Chain::restore(state, &chains, 1, 100, START_MS + 100).is_ok()
}

#[test]
fn state_that_no_chain_could_have_is_not_restored() {
    type Change = fn(&mut ChainState);
    let changes: [(&str, Change); 10] = [
        ("messages are lost", |state| state.leftover.clear()),
        ("a message is there twice", |state| {
            let first = state.leftover[0].clone();
            state.leftover.push(first);
        }),
        ("messages are lost, their coins are not", |state| {
            state.supply.accounts_nano += state.supply.waiting_nano;
            state.supply.waiting_nano = 0;
            state.leftover.clear();
        }),
        ("accounts are lost", |state| {
            state.accounts = CellBuilder::build_from(ShardAccounts::new()).unwrap();
        }),
        ("accounts have more to them", |state| {
            let mut builder = CellBuilder::new();
            builder
                .store_slice(state.accounts.as_slice().unwrap())
                .unwrap();
            builder.store_u32(7).unwrap();
            state.accounts = builder.build().unwrap();
        }),
        ("lanes have no such coins", |state| {
            state.supply.sent_nano += 5;
            state.supply.received_nano += 5;
        }),
        ("logical time is at its end", |state| state.lt = u64::MAX),
        ("the D'Elector is elsewhere", |state| {
            state.delector.workchain = 2;
        }),
        ("coins overflow", |state| {
            state.supply.accounts_nano = u128::MAX;
        }),
        ("fees overflow", |state| state.supply.fees_nano = u128::MAX),
    ];
    assert!(restores(state()));
    for (name, change) in changes {
        let mut state = state();
        change(&mut state);
        assert!(!restores(state), "{name}");
    }
}

/// What was sent to an address that no account can have comes back from nobody, and may have to wait.
#[test]
fn message_that_nobody_returned_is_restored() {
    let plan = ConfigPlan {
        block_gas_limit: 3_000,
        ..Default::default()
    };
    let mut world = World::new(&plan);
    let nowhere = IntAddr::Var(VarAddr {
        anycast: None,
        address_len: Uint9::new(100),
        workchain: -1,
        address: vec![7; 13],
    });
    let send = |value| {
        let message = internal_to(nowhere.clone(), COIN + value, true, puppet::nothing());
        (1u8, message)
    };
    let messages: Vec<_> = (0..5u128).map(send).collect();
    world.tell(0, external(&addr(0, 1), puppet::send(&messages)));
    world.block(0, usize::MAX);
    let state = world.chains[&0].export().unwrap();
    assert_eq!(state.leftover.len(), 5);
    assert!(restores(state));
}
