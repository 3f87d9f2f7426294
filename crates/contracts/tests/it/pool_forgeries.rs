//! A captured chain can send messages that no contract sends. A Root on another chain still books its D'Elector's
//! answers, and serves all others.

use crate::common;

use common::addr;
use common::bench::{Bench, COIN};
use common::config::params;
use common::mutants::{self, Story};
use common::pool::{LOCK, Pool, UNLOCK, all_ok, nano};
use ddvs_contracts::messages::*;
use ddvs_contracts::{Codes, address};
use tycho_types::models::StdAddr;
use tycho_types::num::Tokens;

fn pool(codes: &Codes) -> Pool {
    Pool::on(Bench::running(codes, params()))
}

/// A captured chain sends a forged bounce of the update in flight. Returns that update.
fn forged_bounce(pool: &mut Pool, from: &StdAddr) -> UpdateStake {
    let mut mail = pool.bench.take_mail(&pool.delector.clone());
    mail.retain(|message| !message.bounced);
    assert_eq!(mail.len(), 1);
    let real: UpdateStake = mail[0].parse();
    mail[0].value_nano = COIN / 10;
    pool.bench.bounce_back(from, &mail[0]);
    all_ok(&pool.bench.run());
    real
}

/// The owner's stake counts, whatever the masterchain or a workchain says about the update: so it leaves with its
/// coins.
fn only_its_d_electors_bounces_end_an_update(codes: &Codes) {
    for from in [addr(-1, 5), addr(3, 5)] {
        let mut pool = pool(codes);
        all_ok(&pool.register(1));
        all_ok(&pool.owner_stakes(2_000));
        let real = forged_bounce(&mut pool, &from);
        all_ok(&pool.answer(&Applied {
            seq: real.seq,
            total: real.total,
        }));
        pool.bench.now += LOCK;
        all_ok(&pool.owner_unstakes(2_000));
        let asked = pool.bench.take_mail(&pool.delector.clone());
        assert!(
            asked.iter().any(|message| !message.bounced),
            "its leave is told"
        );
    }
}

/// A closed pool lets its users leave, however often a forged bounce arrives.
fn a_closed_pool_ends(codes: &Codes) {
    let mut pool = pool(codes).started();
    pool.bench.now += LOCK;
    let (owner, root) = (pool.owner.clone(), pool.root.clone());
    all_ok(&(pool.bench).ask(&owner, &root, COIN, &CloseRoot { query_id: 1 }));
    let wallet = pool.user_wallet.clone();
    let real = forged_bounce(&mut pool, &addr(3, 5));
    all_ok(&pool.answer(&Applied {
        seq: real.seq,
        total: real.total,
    }));
    all_ok(&pool.user_unstakes(3_000));
    pool.bench.now += 10 * UNLOCK;
    pool.settle(&wallet);
    assert_eq!(pool.bench.balances(&wallet).held, Tokens::ZERO);
}

/// A kept payment whose payer's chain does not exist does not keep others from paying more.
fn a_refund_to_nowhere_holds_nobody_up(codes: &Codes) {
    let mut pool = pool(codes).started();
    let nowhere = addr(77, 7);
    let network = pool.bench.network.clone();
    let init = address::wallet_state_init_with(codes, &network, 3, &nowhere).unwrap();
    let wallet = address::address_of(3, &init).unwrap();
    let (root, owner) = (pool.root.clone(), pool.owner.clone());
    pool.bench.now += LOCK;
    all_ok(&pool.user_stakes(10));
    let forged = ConfirmStake {
        query_id: 1,
        amount: nano(10),
        owner: nowhere,
    };
    all_ok(&(pool.bench).ask(&wallet, &root, COIN * 7 / 10, &forged));
    all_ok(&pool.user_unstakes(3_000));
    all_ok(&(pool.bench).ask(&owner, &root, 2 * COIN, &CloseRoot { query_id: 1 }));
}

#[test]
fn root_books_answers_and_serves_all_despite_forgeries() {
    let codes = Codes::default();
    only_its_d_electors_bounces_end_an_update(&codes);
    a_closed_pool_ends(&codes);
    a_refund_to_nowhere_holds_nobody_up(&codes);
}

#[test]
fn every_mutant_is_detected() {
    let stories: [Story; 3] = [
        (
            "root-takes-any-bounce",
            "depool-root",
            only_its_d_electors_bounces_end_an_update,
        ),
        ("root-takes-any-bounce", "depool-root", a_closed_pool_ends),
        (
            "root-must-return-payments",
            "depool-root",
            a_refund_to_nowhere_holds_nobody_up,
        ),
    ];
    mutants::each_is_noticed(&stories);
}
