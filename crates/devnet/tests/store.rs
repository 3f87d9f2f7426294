//! A network in a directory: it resumes where it was, and is refused where it must be.

#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

mod common;

use std::path::Path;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use common::{NOW_S, STATE, ran, wait, wanted};
use ddvs_client::Live;
use ddvs_client::{Backend, Outgoing, OwnerWallet, ReturnReason};
use ddvs_devnet::store::{Origin, Store};
use ddvs_devnet::{Devnet, DevnetOptions, GLOBAL_ID, KeptNetwork, Keys, Running, Wanted};
use ddvs_index::observe;
use ddvs_ledger::{HistoryLimits, Network};
use tycho_types::cell::{Cell, CellBuilder, CellFamily, HashBytes, Store as _};
use tycho_types::models::{CurrencyCollection, IntMsgInfo, MsgInfo};

fn open(dir: &Path) -> KeptNetwork {
    KeptNetwork::open(dir, &wanted(), NOW_S, false).unwrap()
}

fn refusal(dir: &Path, wanted: &Wanted) -> String {
    let refused = KeptNetwork::open(dir, wanted, NOW_S, false);
    format!("{:#}", refused.unwrap_err())
}

/// Runs until this many more blocks were made; returns the position and the state's hash at the end.
fn run(dir: &Path, blocks: u64) -> (u64, HashBytes) {
    let running = ran(dir, blocks);
    let end = running.live.read().cursor().unwrap();
    assert_eq!(running.index.read().unwrap().cursor().unwrap(), Some(end));
    let network = running.live.read();
    (end, network.network().state_hash().unwrap())
}

#[test]
fn restarted_network_continues_where_it_was() {
    let dir = tempfile::tempdir().unwrap();
    let mut running = Running::start_kept(open(dir.path())).unwrap();
    let faucet = OwnerWallet::new(Keys::of(&wanted().options()).faucet, 0, GLOBAL_ID).unwrap();
    let to = OwnerWallet::new([9; 32], -1, GLOBAL_ID).unwrap();
    let message = {
        let live = running.live.read();
        let account = live.account(faucet.address()).unwrap();
        let (seqno, with_state) = faucet.next_seqno(&account).unwrap();
        let until = u32::try_from(live.now_ms().unwrap() / 1_000).unwrap() + 1_000_000_000;
        let transfer = Outgoing::transfer(to.address().clone(), 5_000_000_000);
        faucet
            .build_external(seqno, until, with_state, &[transfer])
            .unwrap()
    };
    running.live.send(message).unwrap();
    wait("coins on another chain", || {
        running.live.account(to.address()).unwrap().balance_nano > 0
    });
    running.stop();
    let transactions = running.index.read().unwrap().count("transactions").unwrap();
    assert!(transactions >= 2);
    drop(running);

    let kept = open(dir.path());
    assert!(kept.is_old);
    let expected = DevnetOptions {
        funded: Vec::new(),
        ..wanted().options()
    };
    assert_eq!(kept.options, expected);
    drop(kept);
    let (cursor, _) = run(dir.path(), 6);
    let running = Running::start_kept(open(dir.path())).unwrap();
    assert!(running.live.read().cursor().unwrap() >= cursor);
    assert_eq!(
        running.live.account(to.address()).unwrap().balance_nano,
        5_000_000_000
    );
    let reader = running.index.read().unwrap();
    assert_eq!(reader.count("transactions").unwrap(), transactions);
    assert!(running.live.supply().unwrap().is_conserved());
}

#[test]
fn stored_state_is_the_last_one_that_was_visible() {
    let dir = tempfile::tempdir().unwrap();
    let (cursor, hash) = run(dir.path(), 5);
    for _ in 0..2 {
        let kept = open(dir.path());
        assert_eq!(kept.network().cursor(), cursor);
        assert_eq!(kept.network().state_hash().unwrap(), hash);
    }
}

#[test]
fn another_network_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    drop(open(dir.path()));
    let other = Wanted {
        workchains: Some(2),
        ..wanted()
    };
    let said = refusal(dir.path(), &other);
    assert!(said.contains("--workchains 1, not 2"), "{said}");
    let other = Wanted {
        seed: Some(8),
        ..wanted()
    };
    let said = refusal(dir.path(), &other);
    assert!(said.contains("leave --seed out"), "{said}");
    // omitted options keep their values
    let kept = KeptNetwork::open(dir.path(), &Wanted::default(), NOW_S, false).unwrap();
    assert_eq!((kept.options.workchains, kept.options.seed), (1, 7));
    let said = refusal(dir.path(), &wanted());
    assert!(said.contains("in use by another"), "{said}");
    drop(kept);
    drop(open(dir.path()));
}

#[test]
fn a_directory_with_other_things_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("thesis.tex"), "42").unwrap();
    let said = refusal(dir.path(), &wanted());
    assert!(said.contains("contains no devnet"), "{said}");
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
}

#[test]
fn index_of_another_history_is_refused_and_can_be_rebuilt() {
    let (dir, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (short, _) = run(dir.path(), 4);
    run(other.path(), 2 * short + 40);
    let index = dir.path().join("index.redb");
    std::fs::copy(other.path().join("index.redb"), &index).unwrap();
    let said = refusal(dir.path(), &wanted());
    assert!(
        said.contains("`--rebuild-index` restarts the history"),
        "{said}"
    );
    drop(KeptNetwork::open(dir.path(), &wanted(), NOW_S, true).unwrap());
    let (end, _) = run(dir.path(), 4);
    let running = Running::start_kept(open(dir.path())).unwrap();
    let reader = running.index.read().unwrap();
    assert!(reader.cursor().unwrap().unwrap() >= end);
    assert!(
        reader.count("accounts").unwrap() > 4,
        "those of the present"
    );
}

/// Data that the index may not have yet are stored completely, including the outcome of a message on which the engine
/// failed.
#[test]
fn faults_of_messages_are_kept() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(STATE);
    let options = wanted().options();
    let devnet = Devnet::new(&options, &Keys::of(&options), NOW_S).unwrap();
    let mut network = devnet.network().unwrap();
    let origin = Origin {
        workchains: 1,
        validators: 2,
        block_time_ms: 50,
        lock_s: 1,
        unlock_s: 3,
        evidence_s: 2,
        seed: 7,
        start_time: NOW_S,
        genesis: devnet.zerostate.network.genesis,
    };
    Store::make(&path, &origin, &network.network()).unwrap();
    let mut store = Store::open(&path).unwrap();
    store.load().unwrap();
    let mut builder = CellBuilder::new();
    let status = |chain| network.network().chain_status(chain).unwrap();
    let info = MsgInfo::Int(IntMsgInfo {
        bounce: true,
        src: status(0).delector.into(),
        dst: status(-1).delector.into(),
        value: CurrencyCollection::new(5),
        ..Default::default()
    });
    info.store_into(&mut builder, Cell::empty_context())
        .unwrap();
    builder.store_bit_one().unwrap(); // a state init that is cut off
    let broken = builder.build().unwrap();
    network.network_mut().inject_internal(0, broken).unwrap();
    let mut told = Vec::new();
    while told.is_empty() {
        let block = network.next_block().unwrap().unwrap();
        told.clone_from(&block.returned);
        let cursor = network.cursor().unwrap();
        let observed = observe(&network, block, cursor).unwrap();
        store.keep(&network.network(), &[observed], 0, 0).unwrap();
    }
    drop(store);

    let kept = Store::open(&path).unwrap().load().unwrap();
    let returned: Vec<_> = kept.outbox.iter().flat_map(|o| &o.block.returned).collect();
    assert_eq!(returned, told.iter().collect::<Vec<_>>());
    assert_eq!(told[0].reason, ReturnReason::Fault);
    assert!(told[0].fault.is_some());
    let network = Network::restore(kept.state, HistoryLimits::default()).unwrap();
    assert!(network.recount_supply().unwrap().is_conserved());
}

/// The machine's clock was put back by an hour since the last block: blocks continue from there.
#[test]
fn a_clock_that_was_put_back_stops_no_block() {
    let dir = tempfile::tempdir().unwrap();
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let ahead_s = u32::try_from(since.as_secs()).unwrap() + 3_600;
    drop(KeptNetwork::open(dir.path(), &wanted(), ahead_s, false).unwrap());
    let begin = Instant::now();
    let mut running = Running::start_kept(open(dir.path())).unwrap();
    let cursor = |running: &Running| running.live.read().cursor().unwrap();
    wait("blocks", || cursor(&running) >= 20);
    running.stop();
    let now_ms = running.live.now_ms().unwrap();
    let start_ms = u64::from(ahead_s) * 1_000;
    assert!(now_ms > start_ms);
    // about as fast as real time, within a tenth and a block
    let most_ms = start_ms + begin.elapsed().as_millis() as u64 * 11 / 10 + 100;
    assert!(now_ms <= most_ms, "{now_ms} {most_ms}");
}
