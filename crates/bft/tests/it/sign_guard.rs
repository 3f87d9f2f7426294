use ddvs_bft::{MemoryGuard, SignGuard};
use ddvs_light::{ValidatorSet, VoteKind};
use tycho_types::cell::HashBytes;

use crate::world::{all_reach, nodes, set};

fn set_of(_: u64) -> ValidatorSet {
    set(&[10, 10, 10, 10])
}

/// Refuses everything at a few heights, as after the loss of a write-ahead log.
#[derive(Default)]
struct Refusing(MemoryGuard);

const REFUSED: std::ops::RangeInclusive<u64> = 2..=4;

impl SignGuard for Refusing {
    fn may_sign(&self, kind: VoteKind, height: u64, round: u32, value: &HashBytes) -> bool {
        !REFUSED.contains(&height) && self.0.may_sign(kind, height, round, value)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_engine_whose_guard_refuses_is_silent_and_goes_on() {
    let mut nodes = nodes(4, set_of);
    nodes[2].guarded_by(Refusing::default());
    for node in &mut nodes {
        node.start().await;
    }
    let mut height = 6;
    all_reach(&nodes, height).await;
    // It votes again once it may.
    while !nodes[0].has_signature(height, 2) {
        height += 1;
        nodes[0].reaches(height).await;
        assert!(height < 100, "it never votes");
    }
    for height in REFUSED {
        assert!(!nodes[0].has_signature(height, 2), "height {height}");
        assert_eq!(nodes[0].id(height), nodes[2].id(height));
    }
    for node in &mut nodes {
        node.stop().await;
    }
}
