//! A process that is killed at any moment loses nothing that became visible.
//!
//! The test starts itself again as the process to be killed: it runs a stored network under load, and prints what becomes
//! visible to stdout. Then the directory is opened, and everything that was printed must be there.

#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use ddvs_client::Live;
use ddvs_client::{MessageStatus, Outgoing, OwnerWallet};
use ddvs_devnet::{Activity, GLOBAL_ID, KeptNetwork, Keys, Running, Wanted};
use ddvs_index::rows::Fate;
use ddvs_index::{Identity, Index};
use ddvs_ledger::Network;
use tycho_types::cell::HashBytes;
use tycho_types::models::StdAddr;

/// Names the directory to the process that is to be killed.
const CHILD_DIR: &str = "DDVS_CRASH_TEST_DIR";
const ROUNDS: u64 = 12;
const START_S: u32 = 1_750_000_000;

fn wanted() -> Wanted {
    Wanted {
        workchains: Some(2),
        validators: Some(3),
        block_time_ms: Some(40),
        unlock_s: Some(3),
        seed: Some(11),
    }
}

/// Not a separate test: it runs until it is killed, and does nothing otherwise.
#[test]
fn child() {
    let Ok(dir) = std::env::var(CHILD_DIR) else {
        return;
    };
    let kept = KeptNetwork::open(Path::new(&dir), &wanted(), START_S, false).unwrap();
    let options = kept.options.clone();
    let keys = Keys::of(&options);
    let mut running = Running::start_kept(kept).unwrap();
    running.act(Activity::new(options)).unwrap();
    let live = running.live.clone();
    let chains = [-1, 0, 1];
    let faucets = chains.map(|chain| OwnerWallet::new(keys.faucet, chain, GLOBAL_ID).unwrap());
    let mut pending = BTreeMap::new();
    let mut out = std::io::stdout().lock();
    writeln!(out, "\nready").unwrap();
    loop {
        for (place, &chain) in chains.iter().enumerate() {
            let head = live.head(chain).unwrap();
            writeln!(out, "head {chain} {} {}", head.seqno, head.hash).unwrap();
            let faucet = &faucets[place];
            let account = live.account(faucet.address()).unwrap();
            let (seqno, with_state) = faucet.next_seqno(&account).unwrap();
            if pending.insert(chain, seqno) == Some(seqno) && !with_state {
                continue; // the last one has not come through
            }
            let until = u32::try_from(live.now_ms().unwrap() / 1_000).unwrap() + 600;
            let to = &faucets[(place + 1) % 3];
            let transfer = Outgoing::transfer(to.address().clone(), 1_000_000_000);
            let message = faucet
                .build_external(seqno, until, with_state, &[transfer])
                .unwrap();
            if let Ok(hash) = live.send(message) {
                writeln!(out, "sent {chain} {hash}").unwrap();
            }
        }
        out.flush().unwrap();
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Output of a killed process.
#[derive(Debug, Default)]
struct Printed {
    heads: BTreeMap<(i8, u32), HashBytes>,
    sent: Vec<HashBytes>,
}

impl Printed {
    fn hear(&mut self, line: &str) {
        let words: Vec<_> = line.split(' ').collect();
        match words[..] {
            ["head", chain, seqno, hash] if hash.len() == 64 => {
                let at = (chain.parse().unwrap(), seqno.parse().unwrap());
                self.heads.insert(at, hash.parse().unwrap());
            }
            ["sent", _, hash] if hash.len() == 64 => self.sent.push(hash.parse().unwrap()),
            _ => {}
        }
    }
}

/// Runs the other process for `time_ms` after it is ready, and kills it.
fn run_and_kill(dir: &Path, time_ms: u64, printed: &mut Printed) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child", "--nocapture"])
        .env(CHILD_DIR, dir)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let stdout = child.stdout.take().unwrap();
    let (lines, heard) = mpsc::channel();
    let reader = std::thread::spawn(move || {
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            lines.send(line).unwrap();
        }
    });
    let ready = heard.iter().any(|line| line == "ready");
    assert!(ready, "the other process ended by itself");
    std::thread::sleep(Duration::from_millis(time_ms));
    child.kill().unwrap(); // SIGKILL
    child.wait().unwrap();
    reader.join().unwrap();
    for line in &heard {
        printed.hear(&line);
    }
}

#[test]
fn visible_state_survives_a_kill() {
    if std::env::var(CHILD_DIR).is_ok() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let mut printed = Printed::default();
    let mut random = 0x2545_f491_4f6c_dd1d_u64;
    let mut cursor = 0;
    for round in 0..ROUNDS {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(round);
        run_and_kill(dir.path(), 20 + (random >> 33) % 900, &mut printed);
        let kept = KeptNetwork::open(dir.path(), &wanted(), START_S, false).unwrap();
        let (network, index) = (kept.network(), kept.index());
        assert!(network.cursor() > cursor, "round {round}: no block");
        cursor = network.cursor();
        assert_eq!(network.recount_supply().unwrap(), network.supply());
        assert_seen(&network, index, &printed);
        assert_index_is_state(&network, index);
    }
    assert!(
        printed.sent.len() > 20 && printed.heads.len() > 40,
        "there was load"
    );
}

fn assert_seen(network: &Network, index: &Index, printed: &Printed) {
    let reader = index.read().unwrap();
    for (&(chain, seqno), hash) in &printed.heads {
        if seqno > 0 {
            let block = reader.block(chain, seqno).unwrap();
            assert_eq!(
                block.map(|block| block.hash),
                Some(*hash),
                "block {chain}:{seqno}"
            );
        }
    }
    for hash in &printed.sent {
        let fate = reader.message(hash).unwrap().map(|message| message.fate);
        let is_done = matches!(fate, Some(Fate::Executed | Fate::Dropped { .. }));
        let status = network.message_status(hash);
        let waits = matches!(status, MessageStatus::InMempool { .. });
        assert!(
            is_done || waits,
            "message {hash} is lost: {fate:?}, {status:?}"
        );
    }
}

/// All accounts and heads are the same in both.
fn assert_index_is_state(network: &Network, index: &Index) {
    let reader = index.read().unwrap();
    assert_eq!(reader.cursor().unwrap(), Some(network.cursor()));
    for &chain in network.chain_ids() {
        let status = network.chain_status(chain).unwrap();
        let head = reader.head(chain).unwrap().unwrap();
        assert_eq!((head.at.seqno, head.hash), (status.seqno, status.last_hash));
        for id in network.accounts(chain).unwrap().keys() {
            let view = network.account(&StdAddr::new(chain, id.unwrap())).unwrap();
            let row = reader.account(&view.address).unwrap().unwrap();
            let indexed = (row.balance_nano, row.last_lt, row.last_hash);
            let held = (
                view.balance_nano,
                view.last_transaction_lt,
                view.last_transaction_hash,
            );
            assert_eq!(indexed, held, "{}", view.address);
        }
    }
}

/// An index that was updated alone, block by block, equals the one that was killed many times.
#[test]
fn events_have_the_same_numbers_after_a_kill() {
    if std::env::var(CHILD_DIR).is_ok() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let mut printed = Printed::default();
    run_and_kill(dir.path(), 1_500, &mut printed);
    let kept = KeptNetwork::open(dir.path(), &wanted(), START_S, false).unwrap();
    let reader = kept.index().read().unwrap();
    let last = reader.last_event().unwrap();
    let events = reader.events_after(0, usize::MAX).unwrap();
    let numbers: Vec<_> = events.iter().map(|event| event.id).collect();
    assert_eq!(numbers, (1..=last).collect::<Vec<_>>());
    let identity =
        Identity::read(&ddvs_embedded::EmbeddedNetwork::new(kept.network().clone())).unwrap();
    assert_eq!(*kept.index().identity(), identity);
}
