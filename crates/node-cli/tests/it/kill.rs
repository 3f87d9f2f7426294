//! Processes are killed, whole chains among them: the others go on, and nothing forks.

use crate::network::Network;

fn all(network: &Network) -> Vec<u16> {
    (0..network.nodes).collect()
}

/// Every node has the same headers up to these heights.
fn assert_one_history(network: &Network, tops: &[(i64, u64)]) {
    for &(chain, top) in tops {
        for height in 1..=top {
            let first = network.header(0, chain, height);
            assert!(first.is_some(), "chain {chain} has block {height}");
            for node in 1..network.nodes {
                let other = network.header(node, chain, height);
                assert_eq!(other, first, "chain {chain}, block {height}, node {node}");
            }
        }
    }
}

#[test]
fn others_go_on_while_a_chain_is_dead_and_it_comes_back() {
    let network = Network::new(3);
    network.up();
    network.reach(&all(&network), &[(-1, 3), (0, 3), (1, 3)]);
    // all validators of workchain 1, which are the odd ones
    let (dead, alive): (Vec<u16>, Vec<u16>) =
        all(&network).into_iter().partition(|node| node % 2 == 1);
    for node in &dead {
        network.kill(*node);
    }
    let height = |chain: i64| {
        let heights = network.heights(0);
        let found = heights.iter().find(|(id, _)| *id == chain);
        found.expect("it is known").1
    };
    let (silent, busy) = (height(1), height(0));
    network.reach(&alive, &[(0, busy + 10)]);
    assert!(height(1) <= silent + 1, "nobody makes blocks of chain 1");
    network.up();
    let wanted = [(-1, height(-1) + 3), (0, busy + 12), (1, silent + 3)];
    network.reach(&all(&network), &wanted);
    assert_one_history(&network, &wanted);
}

#[test]
#[ignore = "kills a hundred processes, which takes a minute; `.ci/nightly engine` runs it"]
fn a_hundred_kills_fork_nothing() {
    let network = Network::new(4);
    network.up();
    network.reach(&all(&network), &[(-1, 2), (0, 2), (1, 2)]);
    let mut seed = 7u32;
    let mut random = move |below: u16| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 16) as u16 % below
    };
    let mut kills = 0;
    while kills < 100 {
        // one node, or all validators of a workchain
        let first = random(network.nodes);
        let step = if random(8) == 0 { 2 } else { network.nodes };
        for node in (first % step..network.nodes)
            .step_by(step.into())
            .chain([first])
        {
            if !network.heights(node).is_empty() {
                network.kill(node);
                kills += 1;
                std::thread::sleep(std::time::Duration::from_millis(u64::from(random(400))));
            }
        }
        network.up();
    }
    let now = network.heights(0);
    let wanted: Vec<_> = now
        .iter()
        .map(|(chain, height)| (*chain, height + 3))
        .collect();
    network.reach(&all(&network), &wanted);
    assert_one_history(&network, &wanted);
}
