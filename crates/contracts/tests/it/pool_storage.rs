//! Ten years without messages: wallets still cover what they hold, Roots still answer.

use crate::common;

use common::bench::COIN;
use common::pool::{Pool, UNLOCK, all_ok, nano, refused};
use common::{addr, hash};
use ddvs_contracts::messages::*;
use ddvs_contracts::reserves::{root_reserve_nano, wallet_reserve_nano};
use ddvs_contracts::storage::{ChainTotals, Fate, Flight, Payment, Position, RootKey, RootKeys};
use ddvs_contracts::{ExitCode, RootTerms, Signature, getters};
use tycho_types::cell::Lazy;
use tycho_types::models::{StdAddr, StoragePrices};
use tycho_types::num::Tokens;
use tycho_types::prelude::*;

/// Ten years, in seconds.
const TEN_YEARS: u32 = 315_576_000;
/// An amount with the maximum number of bytes.
const LARGE: u128 = 1 << 110;

/// A constant of `contracts/pool/limits.tolk`.
fn constant(name: &str) -> u64 {
    let text = common::read("contracts/pool/limits.tolk");
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix(&format!("const {name} = ")))
        .unwrap_or_else(|| panic!("no {name}"));
    line.parse().unwrap()
}

fn times(first: u32, count: u32, each: u128) -> Dict<u32, Tokens> {
    let mut times = Dict::new();
    for i in 0..count {
        // far apart: no two share a part of their way
        let time = first.wrapping_add(i.reverse_bits() >> 3);
        times
            .set(time, Tokens::new(each + u128::from(i * 7_919)))
            .unwrap();
    }
    times
}

/// All lists at their maximum, and a refused unstake and a refused release in flight.
fn full(each: u128) -> Position {
    Position {
        pending: Tokens::new(each),
        releasing: Tokens::new(each),
        locks: times(1_900_000_000, 4, each),
        leaving: times(1_800_000_000, 4, each),
        unlocking: times(2_000_000_000, 9, each),
        unstaking: true,
        settling: true,
        settled: true,
    }
}

/// Gives the user's wallet `count` full positions, and exactly the balance that it needs.
fn fill(pool: &mut Pool, count: u8, each: u128) {
    let (wallet, root) = (pool.user_wallet.clone(), pool.root.clone());
    let mut positions = Dict::<StdAddr, Position>::new();
    for i in 0..count {
        let at = StdAddr::new(1, HashBytes([i * 13; 32]));
        let at = if i == 0 { root.clone() } else { at };
        positions
            .set(at, full(each + u128::from(i) * 104_729))
            .unwrap();
    }
    let sum = positions.values().map(|p| p.unwrap().held_nano()).sum();
    pool.bench.edit_wallet(&wallet, |storage| {
        storage.held = Tokens::new(sum);
        storage.count = count;
        storage.positions = positions;
    });
    pool.bench.endow(&wallet, sum);
    let missing = -pool.bench.balances(&wallet).free_nano;
    pool.bench
        .endow(&wallet, sum + u128::try_from(missing).unwrap());
}

/// A deposit of a nano, which makes the account pay its storage.
fn touch(pool: &mut Pool, account: &StdAddr) {
    pool.bench.post(
        &addr(0, 9),
        account,
        1_000_000,
        false,
        None,
        Cell::default(),
    );
    pool.bench.run();
}

fn balances_of(pool: &Pool) -> (u128, u128) {
    let args = vec![];
    let stack = pool.bench.get(&pool.user_wallet, getters::BALANCES, args);
    let balances = getters::balances(&stack).unwrap();
    (balances.balance.into_inner(), balances.held.into_inner())
}

#[test]
fn wallet_reserve_covers_the_largest_wallet() {
    for count in [1, 16] {
        let mut pool = Pool::running();
        fill(&mut pool, count, LARGE);
        let wallet = pool.user_wallet.clone();
        touch(&mut pool, &wallet);
        let (bits, cells) = pool.bench.used(&wallet);
        println!("{count} positions: {bits} bits, {cells} cells");
        let count = u64::from(count);
        assert!(bits <= constant("WALLET_BITS") + count * constant("POSITION_BITS"));
        assert!(cells <= constant("WALLET_CELLS") + count * constant("POSITION_CELLS"));
    }
}

/// A Root in its largest state.
fn fill_root(pool: &mut Pool) {
    let root = pool.root.clone();
    let key = |byte| RootKey {
        key: hash(byte),
        proof: Lazy::new(&PossessionProof {
            signature: Signature([byte; 64]),
        })
        .unwrap(),
    };
    pool.bench.edit_root(&root, |state| {
        state.counted = Tokens::new(LARGE);
        // more than the prices of a removal would be
        let floors = times(2_000_000_000, 20, LARGE);
        state.fate = Fate::Standing { floors };
        for chain in 0..24_i8 {
            // far apart: no two share a part of their way
            let chain = (chain as u8).reverse_bits() as i8;
            let amount = Tokens::new(LARGE - u128::from(chain as u8));
            let brought = ChainTotals {
                owner_active: amount,
                owner_unlocking: amount,
                users_active: amount,
                users_unlocking: amount,
                scaled: false,
            };
            state.chains.set(chain, brought).unwrap();
        }
        state.keys = Some(
            Lazy::new(&RootKeys {
                applied: Some(key(1)),
                next: Some(key(2)),
            })
            .unwrap(),
        );
        let next = Payment {
            funds: Tokens::new(COIN),
            query_id: 2,
            payer: addr(0, 5),
        };
        state.flight = Some(
            Lazy::new(&Flight {
                total: Tokens::new(LARGE),
                new_key: Some(key(3)),
                query_id: 1,
                payer: addr(0, 4),
                next: Some(Lazy::new(&next).unwrap()),
            })
            .unwrap(),
        );
    });
}

#[test]
fn root_reserve_covers_the_largest_root() {
    let mut pool = Pool::running();
    fill_root(&mut pool);
    let root = pool.root.clone();
    pool.bench.endow(&root, 10 * COIN);
    // a transaction that writes the state: the owner's coins come back
    touch(&mut pool, &root);
    let (bits, cells) = pool.bench.used(&root);
    println!("Root: {bits} bits, {cells} cells");
    assert!(bits <= constant("ROOT_BITS"));
    assert!(cells <= constant("ROOT_CELLS"));
}

/// Rust code that runs no getter computes the same.
#[test]
fn rust_and_tolk_compute_the_same_reserves() {
    let prices = StoragePrices {
        utime_since: 0,
        bit_price_ps: 1,
        cell_price_ps: 500,
        mc_bit_price_ps: 1_000,
        mc_cell_price_ps: 500_000,
    };
    let mut pool = Pool::running();
    let reserve = pool.bench.reserves(&pool.root).reserve.into_inner();
    assert_eq!(reserve, root_reserve_nano(&prices));
    for count in [0, 1, 15] {
        fill(&mut pool, count, COIN);
        let balances = pool.bench.balances(&pool.user_wallet);
        let own = (balances.balance.into_inner() - balances.held.into_inner()) as i128;
        for (free, count) in [
            (balances.free_nano, count),
            (balances.stakable_nano, count + 1),
        ] {
            assert_eq!(own - free, wallet_reserve_nano(&prices, count) as i128);
        }
    }
}

#[test]
fn a_wallet_covers_what_it_holds_after_ten_years() {
    for count in [1, 2, 16] {
        let mut pool = Pool::running();
        fill(&mut pool, count, 1_000 * COIN);
        let wallet = pool.user_wallet.clone();
        // so that the account pays for what it holds now
        touch(&mut pool, &wallet);
        pool.bench.now += TEN_YEARS;
        touch(&mut pool, &wallet);
        let (balance, held) = balances_of(&pool);
        assert!(balance >= held, "{count}: {balance} < {held}");
    }
}

/// The reserve of an earlier contract: 0.1 coin, whatever the wallet held.
#[test]
fn tenth_of_a_coin_is_too_small_a_wallet_reserve() {
    let mut pool = Pool::running();
    fill(&mut pool, 16, 1_000 * COIN);
    let wallet = pool.user_wallet.clone();
    let (_, held) = balances_of(&pool);
    pool.bench.endow(&wallet, held + COIN / 10);
    touch(&mut pool, &wallet);
    pool.bench.now += TEN_YEARS;
    touch(&mut pool, &wallet);
    let (balance, held) = balances_of(&pool);
    assert!(balance < held);
}

/// Every stake needs the reserve of its position.
#[test]
fn a_stake_leaves_the_reserve() {
    let mut pool = Pool::running();
    let (user, wallet) = (pool.user.clone(), pool.user_wallet.clone());
    let before = pool.bench.balances(&wallet);
    let terms = RootTerms {
        nonce: 9,
        ..pool.terms.clone()
    };
    let other = pool.bench.deploy_root(1, &terms);
    let stake = |nano| Stake {
        query_id: 1,
        amount: Tokens::new(nano),
        root: other.clone(),
        terms: Lazy::new(&terms).unwrap(),
    };
    assert!(before.stakable_nano < before.free_nano);
    let most = before.stakable_nano as u128;
    refused(
        &pool.bench.ask(&user, &wallet, COIN, &stake(most + 1)),
        ExitCode::NotEnoughFree,
    );
    all_ok(&pool.bench.ask(&user, &wallet, COIN, &stake(most)));
    assert_eq!(pool.bench.balances(&wallet).free_nano, 0);
    // and a deposit fills it up
    touch(&mut pool, &wallet);
    assert!(pool.bench.balances(&wallet).free_nano > 0);
}

#[test]
fn a_root_answers_after_ten_years() {
    let mut pool = Pool::running();
    let root = pool.root.clone();
    let reserve = pool.bench.reserves(&root).reserve.into_inner();
    pool.bench.endow(&root, reserve);
    pool.bench.now += TEN_YEARS;
    assert!(pool.bench.is_active(&root));
    // existing stakes can leave, and no new ones are accepted
    refused(&pool.user_stakes(100), ExitCode::ReserveSpent);
    all_ok(&pool.user_unstakes(100));
    pool.apply();
    pool.bench.now += UNLOCK;
    all_ok(&pool.settle(&pool.user_wallet.clone()));
    assert_eq!(pool.bench.balances(&pool.user_wallet).held, nano(2_900));
    assert!(pool.bench.is_active(&root));
    // anyone can refill what it lost, and no more than that stays
    let anyone = addr(0, 9);
    assert!(pool.bench.reserves(&root).surplus_nano < 0);
    pool.bench
        .post(&anyone, &root, 5 * COIN, true, None, Cell::default());
    all_ok(&pool.bench.run());
    assert_eq!(pool.bench.reserves(&root).surplus_nano, 0);
    let back = pool.bench.take_mail(&anyone).pop().unwrap();
    assert!(back.value_nano > 3 * COIN, "{back:?}");
    all_ok(&pool.user_stakes(100));
}

/// The reserve of an earlier contract: 0.2 coin.
#[test]
fn fifth_of_a_coin_is_too_small_a_root_reserve() {
    let mut pool = Pool::running();
    let root = pool.root.clone();
    pool.bench.endow(&root, COIN / 5);
    pool.bench.now += TEN_YEARS;
    touch(&mut pool, &root);
    assert!(!pool.bench.is_active(&root) || pool.bench.balance(&root) == 0);
}

/// A wallet on the masterchain, where storage costs a thousand times as much, holds nothing; its owner may live
/// there.
#[test]
fn no_stakes_in_the_masterchain() {
    let mut pool = Pool::running();
    let (user, root) = (addr(-1, 7), pool.root.clone());
    let deploy = |chain| DeployWallet {
        query_id: 1,
        owner: user.clone(),
        chain,
    };
    refused(
        &pool.bench.ask(&user, &root, 10 * COIN, &deploy(-1)),
        ExitCode::WalletInMasterchain,
    );
    pool.bench.take_mail(&user);
    // one that is deployed directly
    let network = pool.bench.network.clone();
    let init = ddvs_contracts::address::wallet_state_init(&network, -1, &user).unwrap();
    let wallet = ddvs_contracts::address::address_of(-1, &init).unwrap();
    pool.bench.post(
        &user,
        &wallet,
        1_000 * COIN,
        true,
        Some(init),
        Cell::default(),
    );
    all_ok(&pool.bench.run());
    let stake = pool.stake_message(nano(100));
    refused(
        &pool.bench.ask(&user, &wallet, 10 * COIN, &stake),
        ExitCode::WalletInMasterchain,
    );
    // coins there can leave
    pool.bench.take_mail(&user);
    let withdraw = Withdraw {
        query_id: 1,
        amount: None,
    };
    all_ok(&pool.bench.ask(&user, &wallet, COIN, &withdraw));
    assert!(pool.bench.take_mail(&user)[0].value_nano > 1_000 * COIN);
    assert_eq!(pool.bench.balance(&wallet), 0);
    // on a workchain the same owner stakes
    let wallet = pool.bench.deploy_wallet(&root, &user, 1, 1_000 * COIN);
    all_ok(&pool.bench.ask(&user, &wallet, COIN, &stake));
}
