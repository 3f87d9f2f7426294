//! A captured chain makes its wallets report coins that they never held. That lowers no totals of wallets on other
//! chains.

use crate::common;

use common::addr;
use common::bench::{Bench, COIN, Tx};
use common::config::params;
use common::mutants::{self, Story};
use common::pool::{LOCK, Pool, UNLOCK, all_ok, nano, refused};
use ddvs_contracts::messages::*;
use ddvs_contracts::{Codes, ExitCode, address};
use tycho_types::models::StdAddr;
use tycho_types::num::Tokens;

/// The captured chain: no honest user has a wallet there.
const CAPTURED: i8 = 3;

fn running(codes: &Codes) -> Pool {
    Pool::on(Bench::running(codes, params())).started()
}

/// A wallet of the captured chain, that of `owner`, sends arbitrary messages.
struct Forger {
    owner: StdAddr,
    wallet: StdAddr,
}

impl Forger {
    fn new(pool: &Pool, owner: StdAddr) -> Self {
        let (codes, network) = (&pool.bench.codes, &pool.bench.network);
        let init = address::wallet_state_init_with(codes, network, CAPTURED, &owner).unwrap();
        let wallet = address::address_of(CAPTURED, &init).unwrap();
        Self { owner, wallet }
    }

    fn says(&self, pool: &mut Pool, message: &impl Message) -> Vec<Tx> {
        let root = pool.root.clone();
        let txs = pool.bench.ask(&self.wallet, &root, COIN, message);
        pool.bench.take_mail(&self.wallet);
        txs
    }

    fn stakes(&self, pool: &mut Pool, coins: u128) -> Vec<Tx> {
        let message = ConfirmStake {
            query_id: 1,
            amount: nano(coins),
            owner: self.owner.clone(),
        };
        self.says(pool, &message)
    }

    /// It never waits, and needs no price.
    fn unstakes(&self, pool: &mut Pool, coins: u128) -> Vec<Tx> {
        let message = RequestUnstake {
            query_id: 2,
            amount: nano(coins),
            owner: self.owner.clone(),
            lock_until: 0,
            settled: true,
        };
        self.says(pool, &message)
    }

    fn takes(&self, pool: &mut Pool, coins: u128) -> Vec<Tx> {
        let message = RequestRelease {
            query_id: 3,
            amount: nano(coins),
            owner: self.owner.clone(),
            settled: true,
            payer: self.owner.clone(),
        };
        self.says(pool, &message)
    }
}

/// The owner and the user withdraw everything.
fn all_leave(pool: &mut Pool) {
    let (owner, user) = (pool.owner_wallet.clone(), pool.user_wallet.clone());
    let staked = |pool: &Pool, wallet| pool.bench.position(wallet, &pool.root).staked_nano() / COIN;
    let (of_owner, of_user) = (staked(pool, &owner), staked(pool, &user));
    all_ok(&pool.owner_unstakes(of_owner));
    all_ok(&pool.user_unstakes(of_user));
    for _ in 0..2 {
        if pool.bench.totals(&pool.root).in_flight {
            pool.apply();
        }
        pool.bench.now += UNLOCK + UNLOCK / 4;
        // a wallet that has lost everything has nothing to settle
        pool.settle(&user);
        pool.settle(&owner);
    }
    for wallet in [owner, user] {
        assert_eq!(pool.bench.balances(&wallet).held, Tokens::ZERO);
    }
}

/// The forger tries to lower others' totals, as a stranger and as the pool's owner, with stakes of its own and
/// without.
fn a_captured_chain_drains_nobody(codes: &Codes) {
    let mut pool = running(codes);
    pool.bench.now += LOCK;
    let others = [addr(CAPTURED, 7), pool.owner.clone()];
    let forgers = others.map(|owner| Forger::new(&pool, owner));
    for forger in &forgers {
        refused(&forger.unstakes(&mut pool, 1_000), ExitCode::Totals);
        all_ok(&forger.stakes(&mut pool, 100));
        refused(&forger.unstakes(&mut pool, 101), ExitCode::Totals);
        all_ok(&forger.unstakes(&mut pool, 100));
        refused(&forger.unstakes(&mut pool, 1), ExitCode::Totals);
    }
    while pool.bench.totals(&pool.root).in_flight {
        pool.apply();
    }
    let before = pool.bench.totals_by_chain(&pool.root);
    pool.bench.now += 2 * UNLOCK;
    all_ok(&pool.user_unstakes(3_000));
    pool.apply();
    pool.bench.now += UNLOCK;
    // the remaining amount is the user's
    let [stranger, owner] = &forgers;
    refused(&stranger.takes(&mut pool, 3_000), ExitCode::Totals);
    all_ok(&stranger.takes(&mut pool, 100));
    refused(&stranger.takes(&mut pool, 1), ExitCode::Totals);
    owner.takes(&mut pool, 3_000);
    assert!(before.contains_key(&CAPTURED));
    let after = pool.bench.totals_by_chain(&pool.root);
    assert_eq!(after[&0].users_unlocking, nano(3_000));
    assert_eq!(after[&1], before[&1]);
    all_ok(&pool.settle(&pool.user_wallet.clone()));
    all_ok(&pool.owner_unstakes(2_000));
    pool.apply();
    pool.bench.now += 2 * UNLOCK;
    all_ok(&pool.settle(&pool.owner_wallet.clone()));
    for wallet in [pool.owner_wallet.clone(), pool.user_wallet.clone()] {
        assert_eq!(pool.bench.balances(&wallet).held, Tokens::ZERO);
    }
}

/// After a slash a chain can take no more than the value of its coins, though it claims that it has settled.
fn a_slash_scales_what_each_chain_brought(codes: &Codes) {
    let mut pool = running(codes);
    let forger = Forger::new(&pool, addr(CAPTURED, 7));
    all_ok(&forger.stakes(&mut pool, 3_000));
    pool.apply();
    // half of 8,000: all of the owner's, and a third of the others'
    pool.slash(5_000);
    let totals = pool.bench.totals(&pool.root);
    assert_eq!(totals.users_active, nano(4_000));
    let chains = pool.bench.totals_by_chain(&pool.root);
    assert_eq!(chains[&0].users_active, nano(2_000));
    assert_eq!(chains[&CAPTURED].users_active, nano(2_000));
    assert!(!chains.contains_key(&1), "the owner has lost all");
    refused(&forger.unstakes(&mut pool, 2_001), ExitCode::Totals);
    all_ok(&forger.unstakes(&mut pool, 2_000));
    all_ok(&forger.takes(&mut pool, 2_000));
    refused(&forger.takes(&mut pool, 1), ExitCode::Totals);
    all_leave(&mut pool);
    assert_eq!(
        pool.bench.totals(&pool.root).users_unlocking,
        Tokens::ZERO,
        "the sums end with the parts"
    );
}

/// It cannot invent an amount so large that nothing more can be counted.
fn no_sum_overflows(codes: &Codes) {
    let mut pool = running(codes);
    let all = ((1 << 120) - 1) / COIN;
    let most = (1 << 115) / COIN;
    let forgers = [1, 2, 3].map(|byte| Forger::new(&pool, addr(CAPTURED, byte)));
    for forger in &forgers {
        for coins in [all, all - 6_000, all / 2, most, most / 2, most / 2] {
            forger.stakes(&mut pool, coins);
            forger.unstakes(&mut pool, coins);
        }
    }
    while pool.bench.totals(&pool.root).in_flight {
        pool.apply();
    }
    assert!(pool.bench.totals(&pool.root).users_unlocking > nano(most - 1));
    // others stake and leave as before
    all_ok(&pool.user_stakes(100));
    assert_eq!(pool.bench.balances(&pool.user_wallet).staked, nano(3_100));
    while pool.bench.totals(&pool.root).in_flight {
        pool.apply();
    }
    pool.bench.now += LOCK;
    // and a slash is booked
    pool.slash(1);
    assert!(pool.bench.totals(&pool.root).removed);
    all_leave(&mut pool);
}

/// Amounts that have left are deleted, so a Root does not grow.
fn chains_without_coins_are_forgotten(codes: &Codes) {
    let mut pool = running(codes);
    let chains = pool.bench.totals_by_chain(&pool.root);
    assert_eq!(chains.keys().copied().collect::<Vec<_>>(), [0, 1]);
    pool.bench.now += LOCK;
    all_leave(&mut pool);
    assert!(pool.bench.totals_by_chain(&pool.root).is_empty());
}

const MUTANTS: &[Story] = &[
    (
        "root-counts-all-chains-as-one",
        "depool-root",
        a_captured_chain_drains_nobody,
    ),
    (
        "root-slashes-no-chain",
        "depool-root",
        a_slash_scales_what_each_chain_brought,
    ),
    ("root-lets-sums-overflow", "depool-root", no_sum_overflows),
    (
        "root-keeps-empty-chains",
        "depool-root",
        chains_without_coins_are_forgotten,
    ),
];

#[test]
fn every_mutant_is_detected() {
    mutants::each_is_noticed(MUTANTS);
}

/// An owner may have a wallet on each chain; all of it counts as the validator's own.
#[test]
fn the_owners_wallets_count_together() {
    let mut pool = Pool::running();
    let (owner, root) = (pool.owner.clone(), pool.root.clone());
    let wallet = pool.bench.deploy_wallet(&root, &owner, 2, 1_000 * COIN);
    let stake = pool.stake_message(nano(500));
    all_ok(&pool.bench.ask(&owner, &wallet, COIN, &stake));
    pool.apply();
    assert_eq!(pool.bench.totals(&root).owner_active, nano(2_500));
    let chains = pool.bench.totals_by_chain(&root);
    assert_eq!(chains[&1].owner_active, nano(2_000));
    assert_eq!(chains[&2].owner_active, nano(500));
    // each leaves separately
    pool.bench.now += LOCK;
    let amount = nano(500);
    let unstake = Unstake {
        query_id: 3,
        amount,
        root: root.clone(),
    };
    all_ok(&pool.bench.ask(&owner, &wallet, COIN, &unstake));
    pool.apply();
    pool.bench.now += UNLOCK;
    all_ok(&pool.settle(&wallet));
    assert_eq!(pool.bench.balances(&wallet).held, Tokens::ZERO);
    assert!(!pool.bench.totals_by_chain(&root).contains_key(&2));
}

/// A limit of the rules: made-up stake that counts and leaves makes floors, and its wallets, which need not wait for
/// anything, are first to take what may be released. Others' coins stay as long as that continues; a closed Root
/// accepts no more such stake.
#[test]
fn a_captured_chain_can_hold_up_releases() {
    let mut pool = Pool::running();
    let (user_wallet, owner) = (pool.user_wallet.clone(), pool.owner.clone());
    let forger = Forger::new(&pool, addr(CAPTURED, 7));
    pool.bench.now += LOCK;
    all_ok(&forger.stakes(&mut pool, 3_000));
    pool.apply();
    all_ok(&pool.user_unstakes(3_000));
    pool.apply();
    for _ in 0..3 {
        all_ok(&forger.unstakes(&mut pool, 3_000));
        pool.apply();
        pool.bench.now += UNLOCK - 20;
        all_ok(&forger.takes(&mut pool, 1_000_000));
        all_ok(&pool.settle(&user_wallet));
        assert_eq!(pool.bench.balances(&user_wallet).held, nano(3_000));
        all_ok(&forger.stakes(&mut pool, 3_000));
        pool.apply();
    }
    let (root, close) = (pool.root.clone(), CloseRoot { query_id: 1 });
    all_ok(&pool.bench.ask(&owner, &root, COIN, &close));
    pool.apply();
    pool.bench.now += UNLOCK + UNLOCK / 4;
    forger.takes(&mut pool, 3_000);
    all_ok(&pool.settle(&user_wallet));
    assert_eq!(pool.bench.balances(&user_wallet).held, Tokens::ZERO);
}
