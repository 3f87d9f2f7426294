//! A masterchain that makes few blocks, and a workchain that changes its set with each of its own: neither loses the other.

use ddvs_test_kit::Shape;
use ddvs_types::{COIN, MASTERCHAIN};

use crate::cluster::Cluster;

/// Rounds for each block of the masterchain.
const SLOW: usize = 5;

#[test]
fn busy_chain_follows_a_slow_masterchain() {
    let mut cluster = Cluster::new(&Shape {
        people: 24,
        ..Shape::default()
    });
    let people: Vec<_> = (0..24)
        .map(|index| cluster.world.person(1, index))
        .collect();
    for who in &people {
        let deposit = cluster.world.wallet(who).deposit(100_000 * COIN);
        cluster.send(who, &[deposit.unwrap()]);
    }
    cluster.rounds(12);
    let (mut longest, mut last) = (0, 0);
    for round in 0..80 {
        cluster.sites.get_mut(&MASTERCHAIN).unwrap().is_down = round % SLOW != 0;
        let who = &people[round % people.len()];
        let root = cluster.world.validator(1, round % 4).root;
        let amount_nano = (1_000 + round as u128) * COIN;
        let stake = cluster.world.stake_message(who, &root, amount_nano);
        cluster.send(who, &[stake]);
        let known = |cluster: &Cluster| cluster.replica(1).cursors()[&MASTERCHAIN].header.height;
        let before = known(&cluster);
        cluster.round();
        if known(&cluster) > before {
            last = round;
        }
        longest = longest.max(round - last);
    }
    let batches = cluster.replica(1).header().base[&1];
    assert!(batches > 30, "{batches} batches");
    println!("{batches} batches, {longest} rounds without a header of the masterchain");
    assert!(
        longest <= 3 * SLOW,
        "no header of the masterchain for {longest} rounds"
    );
}
