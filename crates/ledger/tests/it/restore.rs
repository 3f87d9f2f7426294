//! An exported and restored network continues exactly like the original.

use ddvs_ledger::{
    DelayPlan, Fault, HistoryLimits, Network, NetworkState, RestoreError, WaitingMessage,
};
use ddvs_test_kit::puppets::*;
use ddvs_types::{COIN, MASTERCHAIN};
use proptest::prelude::*;
use tycho_types::boc::Boc;
use tycho_types::cell::{Cell, HashBytes};

fn restored(network: &Network) -> Network {
    let state = through_bytes(network.export().unwrap());
    Network::restore(state, HistoryLimits::default()).unwrap()
}

/// Returns the state with all its cells written and read again, so that the new network shares nothing with the old
/// one.
fn through_bytes(mut state: NetworkState) -> NetworkState {
    let again = |cell: &mut Cell| *cell = Boc::decode(Boc::encode(&*cell)).unwrap();
    for site in &mut state.chains {
        again(&mut site.chain.accounts);
        again(&mut site.chain.config);
        site.chain.leftover.iter_mut().for_each(again);
        site.externals.iter_mut().for_each(again);
    }
    for queue in &mut state.queues {
        for message in &mut queue.messages {
            again(&mut message.cell);
        }
    }
    state
}

/// Block hashes and the state hash after `blocks` more blocks.
fn go_on(network: &mut Network, blocks: usize) -> (Vec<HashBytes>, HashBytes) {
    let made = (0..blocks).filter_map(|_| network.step().unwrap());
    (
        made.map(|b| b.hash).collect(),
        network.state_hash().unwrap(),
    )
}

fn assert_equal(network: &Network) {
    let mut other = restored(network);
    assert_eq!(other.state_hash().unwrap(), network.state_hash().unwrap());
    assert_eq!(other.cursor(), network.cursor());
    assert_conserved(&other);
    let mut network = network.clone();
    assert_eq!(go_on(&mut other, 30), go_on(&mut network, 30));
    // counters that the hash does not cover
    assert_eq!(other.export().unwrap(), network.export().unwrap());
}

#[derive(Debug, Clone)]
enum Act {
    Wander { from: i8, to: i8, account: u32 },
    Throw { chain: i8, account: u32 },
    Die { chain: i8, account: u32 },
    Burn { chain: i8, account: u32 },
    Silence(i8),
    Resume(i8),
    Slow(i8, u32),
    Pass(u64),
    Blocks(u8),
}

fn act() -> impl Strategy<Value = Act> {
    let chain = || MASTERCHAIN..=2i8;
    prop_oneof![
        4 => (chain(), chain(), 1..4u32).prop_map(|(from, to, account)| Act::Wander { from, to, account }),
        1 => (chain(), 1..4u32).prop_map(|(chain, account)| Act::Throw { chain, account }),
        1 => (chain(), 1..4u32).prop_map(|(chain, account)| Act::Die { chain, account }),
        2 => (chain(), 1..4u32).prop_map(|(chain, account)| Act::Burn { chain, account }),
        1 => chain().prop_map(Act::Silence),
        1 => chain().prop_map(Act::Resume),
        1 => (chain(), 1..4u32).prop_map(|(chain, factor)| Act::Slow(chain, factor)),
        1 => (1..5_000u64).prop_map(Act::Pass),
        4 => (1..12u8).prop_map(Act::Blocks),
    ]
}

fn apply(network: &mut Network, act: &Act) {
    // an account that is gone accepts nothing, which is fine here
    let mut say = |chain: i8, account: u32, body: Cell| {
        let message = external(&addr(chain, account), body);
        let _ = network.send_external(chain, message);
    };
    match *act {
        Act::Wander { from, to, account } => {
            let path = [addr(to, 2), addr(from, 3), addr(MASTERCHAIN, 1)];
            let message = internal(&addr(to, account), 3 * COIN, true, puppet::forward(&path));
            say(from, account, puppet::send(&[(1, message)]));
        }
        Act::Throw { chain, account } => {
            let message = internal(&addr(chain, 2), COIN, true, puppet::throw());
            say(chain, account, puppet::send(&[(1, message)]));
        }
        Act::Die { chain, account } => say(chain, account, puppet::give_all(&addr(chain, 9))),
        Act::Burn { chain, account } => say(chain, account, puppet::burn(5_000)),
        Act::Silence(chain) => network.silence(chain).unwrap(),
        Act::Resume(chain) => network.resume(chain).unwrap(),
        Act::Slow(chain, factor) => network.slow(chain, factor).unwrap(),
        Act::Pass(ms) => network.pass_until(network.now_ms() + ms),
        Act::Blocks(count) => {
            for _ in 0..count {
                network.step().unwrap();
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn restored_network_is_equal_at_any_block(acts in proptest::collection::vec(act(), 1..40), seed: u64) {
        // A small gas limit leaves messages in the queue of a chain to itself.
        let plan = ConfigPlan { block_gas_limit: 20_000, ..Default::default() };
        let mut genesis = genesis(4, &plan);
        genesis.seed = seed;
        genesis.delays = DelayPlan { block_jitter_ms: 300, ..DelayPlan::random(seed, 4_000) };
        let mut network = Network::new(genesis).unwrap();
        for act in &acts {
            apply(&mut network, act);
            let other = restored(&network);
            prop_assert_eq!(other.state_hash().unwrap(), network.state_hash().unwrap());
        }
        assert_equal(&network);
    }
}

#[test]
fn restored_network_keeps_messages_waiting_on_both_chains() {
    let mut network = network();
    let message = internal(&addr(1, 1), COIN, true, puppet::nothing());
    tell(&mut network, &addr(0, 1), puppet::send(&[(1, message)]));
    network.produce_block(0).unwrap();
    tell(&mut network, &addr(0, 2), puppet::burn(5));
    let state = network.export().unwrap();
    assert_eq!(
        state.queues.iter().map(|q| q.messages.len()).sum::<usize>(),
        1
    );
    assert_eq!(state.chains[1].externals.len(), 1);
    assert_equal(&network);
}

#[test]
fn a_config_that_was_rejected_stays_rejected() {
    let mut network = network();
    let broken = ConfigPlan {
        skip: Some(34),
        ..Default::default()
    };
    let data = delector_data(broken.build(0));
    tell(&mut network, &delector(0), puppet::set_data(data));
    let block = network.produce_block(0).unwrap();
    assert!(block.config_rejected.is_some());
    assert_equal(&network);
}

#[test]
fn prices_that_change_with_time_are_those_of_the_next_block() {
    let start = (START_MS / 1_000) as u32;
    let plan = ConfigPlan {
        dear_storage_since: Some(start + 30),
        ..Default::default()
    };
    let mut network = Network::new(genesis(2, &plan)).unwrap();
    network.run_until(START_MS + 20_000).unwrap();
    network.pass_until(START_MS + 60_000);
    tell(&mut network, &addr(0, 1), puppet::burn(5));
    assert_equal(&network);
}

#[test]
fn a_state_that_does_not_add_up_is_refused() {
    let restore = |change: &dyn Fn(&mut NetworkState)| {
        let mut network = network();
        let message = internal(&addr(1, 1), COIN, true, puppet::nothing());
        tell(&mut network, &addr(0, 1), puppet::send(&[(1, message)]));
        network.produce_block(0).unwrap();
        let mut state = network.export().unwrap();
        change(&mut state);
        Network::restore(state, HistoryLimits::default()).map(drop)
    };
    restore(&|_| {}).unwrap();
    let lost = restore(&|state| state.queues.iter_mut().for_each(|q| q.messages.clear()));
    assert!(matches!(lost, Err(RestoreError::Lane { .. })), "{lost:?}");
    let twice = restore(&|state| {
        let queue = state.queues.iter_mut().find(|q| !q.messages.is_empty());
        let messages = &mut queue.unwrap().messages;
        let WaitingMessage {
            cell,
            available_at_ms,
        } = messages[0].clone();
        messages.push(WaitingMessage {
            cell,
            available_at_ms,
        });
    });
    assert!(matches!(twice, Err(RestoreError::Lane { .. })), "{twice:?}");
    let headless = restore(&|state| drop(state.chains.remove(0)));
    assert!(
        matches!(headless, Err(RestoreError::Chains)),
        "{headless:?}"
    );
    let doubled = restore(&|state| state.chains.push(state.chains[1].clone()));
    assert!(matches!(doubled, Err(RestoreError::Chains)), "{doubled:?}");
    let unlinked = restore(&|state| drop(state.queues.pop()));
    assert!(
        matches!(unlinked, Err(RestoreError::Queues)),
        "{unlinked:?}"
    );
    let no_config = restore(&|state| state.chains[0].chain.config = Cell::default());
    assert!(
        matches!(
            no_config,
            Err(RestoreError::Chain(ddvs_chain::RestoreError::Config { .. }))
        ),
        "{no_config:?}"
    );
    let richer = restore(&|state| state.chains[1].chain.supply.accounts_nano += 1);
    assert!(
        matches!(
            richer,
            Err(RestoreError::Chain(ddvs_chain::RestoreError::Accounts(0)))
        ),
        "{richer:?}"
    );
    let unpaid = restore(&|state| state.chains[1].chain.supply.fees_nano += 1);
    assert!(
        matches!(
            unpaid,
            Err(RestoreError::Chain(ddvs_chain::RestoreError::Fault(
                Fault::Supply { .. }
            )))
        ),
        "{unpaid:?}"
    );
}
