use std::time::Instant;

use ddvs_light::ValidatorSet;

use crate::world::{SCOPE, all_reach, nodes, set};

fn set_of(_: u64) -> ValidatorSet {
    set(&[10, 10, 10, 10])
}

/// Who crashes, one after the other; all of them now and then.
const CRASHES: [&[usize]; 6] = [
    &[0, 1, 2, 3],
    &[2],
    &[0, 1],
    &[3, 2, 1, 0],
    &[1],
    &[0, 1, 2, 3],
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn engines_that_crash_go_on_without_a_fork() {
    let mut nodes = nodes(4, set_of);
    for node in &mut nodes {
        node.start().await;
    }
    for (number, crashing) in CRASHES.into_iter().enumerate() {
        all_reach(&nodes, nodes[0].height() + 2).await;
        // in the middle of a height or at its start
        let watched = &nodes[crashing[0]];
        let next = watched.height() + 2;
        if number % 2 == 0 {
            watched.stores(next).await;
        } else {
            watched.reaches(next).await;
        }
        let began = Instant::now();
        for index in crashing {
            nodes[*index].crash().await;
        }
        for index in crashing {
            nodes[*index].start().await;
        }
        let tip = nodes.iter().map(|node| node.height()).max().unwrap();
        all_reach(&nodes, tip + 1).await;
        let passed = began.elapsed();
        eprintln!("{crashing:?} crashed at {tip}, all go on after {passed:?}");
    }
    let last = nodes.iter().map(|node| node.height()).min().unwrap();
    for height in 1..=last {
        for node in &nodes {
            let id = node.id(height);
            assert_eq!(id, nodes[0].id(height), "height {height}");
            let disk = node.disk.lock().unwrap();
            let certificate = &disk.decisions[&height].certificate;
            certificate
                .verify(&SCOPE, height, &id, &set_of(height))
                .unwrap();
            assert!(disk.evidence.is_empty(), "nobody signed twice");
        }
    }
    for node in &mut nodes {
        node.stop().await;
    }
}
