use std::time::Instant;

use ddvs_light::{CertificateError, ValidatorSet};

use crate::world::{Node, SCOPE, all_reach, nodes, set};

/// First height of the second set.
const CHANGE: u64 = 6;

/// The first member gets heavier, and a fifth joins that is heavy enough for nothing to be decided without it.
fn set_of(height: u64) -> ValidatorSet {
    if height < CHANGE {
        set(&[10, 10, 10, 10])
    } else {
        set(&[20, 10, 10, 10, 40])
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn four_engines_decide_while_their_set_changes_and_one_restarts() {
    let began = Instant::now();
    let mut nodes = nodes(5, set_of);
    for node in &mut nodes {
        node.start().await;
    }
    all_reach(&nodes, 10).await;
    eprintln!("height 10 everywhere after {:?}", began.elapsed());

    // One stops, the others go on, and it goes on from its home.
    let restarted = 3;
    let began = Instant::now();
    nodes[restarted].stop().await;
    eprintln!("stopped in {:?}", began.elapsed());
    let stopped_at = nodes[restarted].height();
    let tip = nodes[0].height();
    nodes[0].reaches(tip + 3).await;
    let began = Instant::now();
    nodes[restarted].start().await;
    let tip = nodes[0].height();
    nodes[restarted].reaches(tip + 1).await;
    eprintln!(
        "from height {stopped_at} to {} in {:?}",
        tip + 1,
        began.elapsed()
    );
    // It also votes again.
    let mut height = tip + 2;
    loop {
        nodes[0].reaches(height).await;
        if nodes[0].has_signature(height, restarted) {
            break;
        }
        height += 1;
        assert!(height < tip + 100, "it never votes");
    }

    check(&nodes);
    for node in &mut nodes {
        node.stop().await;
    }
}

/// All have decided the same, and certificates hold for the set of their height alone.
fn check(nodes: &[Node]) {
    let last = nodes.iter().map(Node::height).min().unwrap();
    for height in 1..=last {
        let other = if height < CHANGE { CHANGE } else { CHANGE - 1 };
        for node in nodes {
            let id = node.id(height);
            assert_eq!(id, nodes[0].id(height), "height {height}");
            let disk = node.disk.lock().unwrap();
            assert!(disk.evidence.is_empty());
            // one that stops between the two never gets the second
            let decided = &disk.decisions[&height].certificate;
            let finalized = disk.finalized.get(&height);
            for certificate in [decided].into_iter().chain(finalized) {
                let verify =
                    |height, set: &ValidatorSet| certificate.verify(&SCOPE, height, &id, set);
                verify(height, &set_of(height)).unwrap();
                verify(height + 1, &set_of(height)).unwrap_err();
                let error = verify(height, &set_of(other)).unwrap_err();
                let is_expected = match error {
                    CertificateError::Weight { .. } => height < CHANGE,
                    CertificateError::Stranger(_) => height >= CHANGE,
                    _ => false,
                };
                assert!(is_expected, "height {height}: {error}");
            }
        }
    }
    let disk = nodes[0].disk.lock().unwrap();
    let passed = disk.decided_at[&last] - disk.decided_at[&1];
    eprintln!("{last} heights, {:?} each", passed / (last as u32 - 1));
}
