//! Every chain has a set of its own, which its own D'Elector writes, and which the others know.

use ddvs_light::ValidatorSet;
use ddvs_replica::StartError;
use ddvs_test_kit::Shape;
use ddvs_types::{ChainId, MASTERCHAIN};

use crate::cluster::Cluster;

#[test]
fn block_is_signed_by_the_set_that_param_34_named_before_it() {
    let mut cluster = Cluster::new(&Shape::default());
    let before: Vec<_> = cluster
        .sites
        .keys()
        .map(|id| set_of(&cluster, *id))
        .collect();
    assert_ne!(before[1], before[2], "workchains have different validators");
    for (chain, index) in [(0, 0), (1, 2), (2, 1)] {
        let who = cluster.world.person(chain, 0);
        let root = cluster.world.validator(chain, index).root;
        cluster.stake(&who, &root, 50_000);
    }
    for (site, before) in cluster.sites.values().zip(before) {
        let mut set = site.blocks[0].set.clone();
        let mut changes = 0;
        for block in &site.blocks {
            assert_eq!(block.set, set);
            assert_eq!(block.header.set, set.hash());
            let next = ValidatorSet::from_model(&block.block.validator_set.set).unwrap();
            assert_eq!(next, set, "the block was made under that config");
            if block.header.next_set != block.header.set {
                changes += 1;
                set = next_of(site, block.header.height);
            }
        }
        let chain = site.blocks[0].header.scope.chain;
        let most = if chain == MASTERCHAIN { 3 } else { 1 };
        assert_eq!(changes, most, "changes of the set of chain {chain}");
        assert_ne!(set_of(&cluster, chain), before);
    }
    for site in cluster.sites.values() {
        for (of, cursor) in site.replica.cursors() {
            let known = cursor.next_set.as_ref().expect("all is agreed");
            assert_eq!(known, cluster.replica(*of).next_set());
        }
    }
}

fn set_of(cluster: &Cluster, chain: ChainId) -> ValidatorSet {
    cluster.replica(chain).next_set().clone()
}

/// The set after the block of a height, as the next block names it.
fn next_of(site: &crate::cluster::Site, height: u64) -> ValidatorSet {
    match site.blocks.get(height as usize) {
        Some(block) => block.set.clone(),
        None => site.replica.next_set().clone(),
    }
}

/// A stake moves the sets of its chain and of the masterchain within few blocks.
#[test]
fn stake_is_in_force_on_all_chains_within_few_blocks() {
    let mut cluster = Cluster::new(&Shape::default());
    let who = cluster.world.person(1, 0);
    let root = cluster.world.validator(1, 0).root;
    let wallet = cluster.world.wallet(&who);
    let amount_nano = 20_000 * ddvs_types::COIN;
    let deposit = wallet.deposit(amount_nano + ddvs_types::COIN).unwrap();
    cluster.act(&who, &[deposit]);
    let stake = cluster.world.stake_message(&who, &root, amount_nano);
    let before = set_of(&cluster, MASTERCHAIN);
    cluster.send(&who, &[stake]);
    let mut rounds = 0;
    while set_of(&cluster, MASTERCHAIN) == before {
        cluster.round();
        rounds += 1;
        assert!(rounds < 20, "it takes too long");
    }
    println!("{rounds} blocks");
    assert!(rounds <= 6, "{rounds} blocks");
}

/// A set that waits follows from no batches, so the other chains could not know it.
#[test]
fn network_whose_sets_may_wait_does_not_start() {
    let wait = |shape: &mut Shape| shape.limits.set_interval_s = 20;
    let grow = |shape: &mut Shape| shape.limits.least_set = 3;
    for change in [&wait as &dyn Fn(&mut Shape), &grow] {
        let mut shape = Shape::default();
        change(&mut shape);
        let refused = Cluster::start(&shape).map(|_| ());
        assert!(
            matches!(refused, Err(StartError::WaitingSets(_))),
            "{refused:?}"
        );
    }
}
