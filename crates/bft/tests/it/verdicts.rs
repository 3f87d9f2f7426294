use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use ddvs_bft::Verdict;
use ddvs_light::ValidatorSet;
use tycho_types::cell::HashBytes;

use crate::world::{Judge, all_reach, key, nodes, set};

fn set_of(_: u64) -> ValidatorSet {
    set(&[10, 10, 10, 10])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn invalid_blocks_are_passed_over() {
    let mut nodes = nodes(4, set_of);
    let culprit = key(1);
    for (index, node) in nodes.iter_mut().enumerate() {
        if index != 1 {
            let judge = move |_, proposer| {
                (proposer == culprit).then_some(Verdict::Invalid(HashBytes::ZERO))
            };
            node.judge = Arc::new(judge);
        }
        node.start().await;
    }
    all_reach(&nodes, 8).await;
    let mut rounds = 0;
    for height in 1..=8 {
        let disk = nodes[0].disk.lock().unwrap();
        let decision = &disk.decisions[&height];
        // a block ends with the key of its proposer, or with padding
        let proposer = &decision.block.bytes[40..72];
        assert_ne!(proposer, culprit.as_slice(), "height {height}");
        rounds += decision.certificate.round;
    }
    assert!(rounds > 0, "it had its turns");
    for node in &mut nodes {
        node.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn blocks_that_cannot_be_checked_yet_are_asked_about_again() {
    const HEIGHT: u64 = 3;
    let mut nodes = nodes(4, set_of);
    let mut asked_again = Vec::new();
    for node in &mut nodes {
        let (asked, again) = (AtomicBool::new(false), Arc::new(AtomicBool::new(false)));
        asked_again.push(Arc::clone(&again));
        let judge: Judge = Arc::new(move |height, _| {
            if height != HEIGHT {
                return None;
            }
            if asked.swap(true, Ordering::Relaxed) {
                again.store(true, Ordering::Relaxed);
                return None;
            }
            Some(Verdict::Unknown)
        });
        node.judge = judge;
        node.start().await;
    }
    all_reach(&nodes, HEIGHT + 2).await;
    let round = nodes[0].round(HEIGHT);
    assert!(round > 0, "nobody could vote in round 0");
    let again = asked_again
        .iter()
        .filter(|again| again.load(Ordering::Relaxed));
    assert!(again.count() >= 2, "two more than the proposer must vote");
    for node in &mut nodes {
        node.stop().await;
    }
}
