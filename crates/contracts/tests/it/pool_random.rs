//! Random operations on one pool by its owner and several users, with messages of different pairs in any order, a
//! D'Elector that applies, spreads, rejects and slashes at random, and wallets of a captured chain that report coins
//! which they never held. The invariants are checked after every step.

use crate::common;

use std::collections::BTreeMap;

use common::addr;
use common::bench::{Bench, COIN};
use ddvs_contracts::messages::*;
use ddvs_contracts::storage::{ChainTotals, Position, Prices};
use ddvs_contracts::{ExitCode, RootTerms, address, getters, signing};
use proptest::prelude::*;
use tycho_crypto::ed25519::{KeyPair, SecretKey};
use tycho_types::cell::Lazy;
use tycho_types::models::StdAddr;
use tycho_types::num::Tokens;
use tycho_types::prelude::{Cell, CellBuilder};

const LOCK: u32 = 10;
const UNLOCK: u32 = 30;
/// Positions of the last user's wallet with other Roots.
const ELSEWHERE: usize = 15;
/// A captured chain: no honest wallet is there.
const CAPTURED: i8 = 3;

#[derive(Debug, Clone)]
enum Op {
    Stake {
        user: usize,
        nano: u128,
    },
    Unstake {
        user: usize,
        permille: u128,
    },
    Settle {
        user: usize,
    },
    Withdraw {
        user: usize,
        nano: u128,
    },
    /// To the Root, a wallet, or an account without code.
    WithdrawTo {
        user: usize,
        nano: u128,
        to: usize,
        bounce: bool,
    },
    Register {
        key: u8,
    },
    Sync,
    Close,
    /// The D'Elector answers the oldest update: counts this share of what changes.
    Apply {
        permille: u128,
    },
    Reject {
        reason: u8,
    },
    Bounce,
    Slash {
        share_bp: u16,
    },
    Deliver {
        pair: usize,
    },
    Pass {
        seconds: u32,
    },
    /// A stranger sends coins to the Root, with a comment or without.
    Transfer {
        nano: u128,
        comment: bool,
    },
    TakeSurplus,
    /// The wallet of the pool's owner or of a user on the captured chain says something.
    Forge {
        user: usize,
        kind: u8,
        nano: u128,
        settled: bool,
    },
    /// Nobody does anything for a year or two.
    Years {
        years: u32,
    },
}

fn op() -> impl Strategy<Value = Op> {
    let user = 0..4usize;
    // closing and slashing end the more interesting part of a walk: they are rare
    prop_oneof![
        60 => (user.clone(), 1..3_000 * COIN).prop_map(|(user, nano)| Op::Stake { user, nano }),
        80 => (user.clone(), 1..=1_000u128).prop_map(|(user, permille)| Op::Unstake { user, permille }),
        60 => user.clone().prop_map(|user| Op::Settle { user }),
        15 => (user.clone(), 0..3u8, 0..3_000 * COIN, any::<bool>())
            .prop_map(|(user, kind, nano, settled)| Op::Forge { user, kind, nano, settled }),
        10 => (user.clone(), 1..20_000 * COIN).prop_map(|(user, nano)| Op::Withdraw { user, nano }),
        10 => (user, 1..500 * COIN, 0..4usize, any::<bool>())
            .prop_map(|(user, nano, to, bounce)| Op::WithdrawTo { user, nano, to, bounce }),
        10 => (1..4u8).prop_map(|key| Op::Register { key }),
        10 => Just(Op::Sync),
        1 => Just(Op::Close),
        25 => (1..2_000u128).prop_map(|permille| Op::Apply { permille: permille.min(1_000) }),
        10 => (1..12u8).prop_map(|reason| Op::Reject { reason }),
        5 => Just(Op::Bounce),
        3 => (1..10_001u16).prop_map(|share_bp| Op::Slash { share_bp }),
        1000 => (0..8usize).prop_map(|pair| Op::Deliver { pair }),
        60 => (1..20u32).prop_map(|seconds| Op::Pass { seconds }),
        8 => (COIN / 50..50 * COIN, any::<bool>()).prop_map(|(nano, comment)| Op::Transfer { nano, comment }),
        4 => Just(Op::TakeSurplus),
        1 => (1..3u32).prop_map(|years| Op::Years { years }),
    ]
}

/// Active and unlocking of the owner, then of the others.
fn amounts(part: &ChainTotals) -> [u128; 4] {
    [
        part.owner_active,
        part.owner_unlocking,
        part.users_active,
        part.users_unlocking,
    ]
    .map(Tokens::into_inner)
}

struct World {
    bench: Bench,
    terms: RootTerms,
    root: StdAddr,
    delector: StdAddr,
    owners: Vec<StdAddr>,
    wallets: Vec<StdAddr>,
    /// Stake that the D'Elector counts; the Root knows it, or the answer is in flight.
    counted_nano: u128,
    removed: bool,
    treasury_nano: u128,
    /// By how much slashes have lowered the Root's totals of honest chains.
    slashed_nano: u128,
    /// Levels that counted lately: until when each must stay, and how much.
    levels: Vec<(u32, u128)>,
    /// Years without messages so far: reserves last for ten.
    years: u32,
    updates: Vec<common::bench::Mail>,
}

impl World {
    fn new() -> Self {
        let mut bench = Bench::new();
        let owners = vec![addr(1, 1), addr(1, 2), addr(0, 3), addr(2, 4)];
        let terms = RootTerms {
            owner: owners[0].clone(),
            lock_period: LOCK,
            unlock_period: UNLOCK,
            min_stake: Tokens::new(1),
            nonce: 0,
        };
        let root = bench.deploy_root(1, &terms);
        let wallets = owners
            .iter()
            .map(|owner| bench.deploy_wallet(&root, owner, owner.workchain, 20_000 * COIN))
            .collect();
        let delector = bench.delector(1);
        let mut world = Self {
            bench,
            terms,
            root,
            delector,
            owners,
            wallets,
            counted_nano: 0,
            removed: false,
            treasury_nano: 0,
            slashed_nano: 0,
            levels: Vec::new(),
            years: 0,
            updates: Vec::new(),
        };
        world.crowd();
        world.step(&Op::Register { key: 1 });
        world.bench.run();
        world
    }

    /// The last user's wallet has fifteen positions elsewhere, at addresses that make its dictionary a chain: it does
    /// everything at the greatest depth.
    fn crowd(&mut self) {
        let (root, wallet) = (self.root.clone(), self.wallets[3].clone());
        self.bench.edit_wallet(&wallet, |storage| {
            for bit in 0..ELSEWHERE {
                let mut other = root.clone();
                other.address.0[bit / 8] ^= 0x80 >> (bit % 8);
                let mut position = Position::default();
                position.locks.set(1, Tokens::new(COIN)).unwrap();
                storage.positions.set(other, position).unwrap();
            }
            storage.count = ELSEWHERE as u8;
            storage.held = Tokens::new(ELSEWHERE as u128 * COIN);
        });
    }

    /// Makes the D'Elector count another stake from now on.
    fn count(&mut self, nano: u128) {
        if nano < self.counted_nano {
            self.levels
                .push((self.bench.now + UNLOCK, self.counted_nano));
        }
        self.counted_nano = nano;
    }

    /// Sends to a wallet, with the minimum value that it accepts.
    fn ask(&mut self, user: usize, message: &impl Message) {
        let (owner, wallet) = (self.owners[user].clone(), self.wallets[user].clone());
        let params = common::config::params();
        let value_nano = match message.to_cell().unwrap().as_slice().unwrap().load_u32() {
            Ok(Settle::OP) => params.op_value_nano,
            _ => params.change_value_nano(),
        };
        self.bench.tell(&owner, &wallet, value_nano.into(), message);
    }

    fn answer(&mut self, message: &impl Message) {
        let (delector, root) = (self.delector.clone(), self.root.clone());
        let answer_nano = common::config::params().answer_value_nano.into();
        self.bench.tell(&delector, &root, answer_nano, message);
    }

    fn oldest_update(&mut self) -> Option<UpdateStake> {
        (!self.updates.is_empty()).then(|| self.updates.remove(0).parse())
    }

    fn step(&mut self, op: &Op) {
        let (root, owner) = (self.root.clone(), self.owners[0].clone());
        match *op {
            Op::Stake { user, nano } => {
                let terms = Lazy::new(&self.terms).unwrap();
                self.ask(
                    user,
                    &Stake {
                        query_id: 1,
                        amount: Tokens::new(nano),
                        root,
                        terms,
                    },
                );
            }
            Op::Unstake { user, permille } => {
                let staked_nano = self
                    .bench
                    .position(&self.wallets[user], &root)
                    .staked_nano();
                let amount = Tokens::new(staked_nano * permille / 1_000);
                self.ask(
                    user,
                    &Unstake {
                        query_id: 2,
                        amount,
                        root,
                    },
                );
            }
            Op::Settle { user } => self.ask(user, &Settle { query_id: 3, root }),
            Op::Withdraw { user, nano } => self.ask(
                user,
                &Withdraw {
                    query_id: 4,
                    amount: Some(Tokens::new(nano)),
                },
            ),
            Op::WithdrawTo {
                user,
                nano,
                to,
                bounce,
            } => {
                let other = &self.wallets[(user + 1) % self.wallets.len()];
                let to = [&root, other, &self.wallets[user], &addr(0, 0x99)][to].clone();
                let message = WithdrawTo {
                    query_id: 7,
                    amount: Some(Tokens::new(nano)),
                    to,
                    bounce,
                    comment: Some(Cell::default()),
                };
                self.ask(user, &message);
            }
            Op::Register { key } => {
                let key = KeyPair::from(&SecretKey::from_bytes([key; 32]));
                let proof = signing::prove_possession(&key, &self.bench.network.genesis, &root);
                let proof = Lazy::new(&proof).unwrap();
                self.bench.tell(
                    &owner,
                    &root,
                    COIN,
                    &RegisterKey {
                        query_id: 5,
                        key: signing::public_key(&key),
                        proof,
                    },
                );
            }
            Op::Sync => self
                .bench
                .tell(&addr(0, 9), &root, COIN, &SyncStake { query_id: 6 }),
            Op::Close => self
                .bench
                .tell(&owner, &root, COIN, &CloseRoot { query_id: 7 }),
            Op::Apply { permille } => {
                if let Some(update) = self.oldest_update() {
                    if self.removed {
                        self.answer(&Rejected {
                            seq: update.seq,
                            reason: 11,
                        });
                        return;
                    }
                    let (from, to) = (self.counted_nano, update.total.into_inner());
                    self.count(if to > from {
                        from + (to - from) * permille / 1_000
                    } else {
                        from - (from - to) * permille / 1_000
                    });
                    self.answer(&Applied {
                        seq: update.seq,
                        total: Tokens::new(self.counted_nano),
                    });
                }
            }
            Op::Reject { reason } => {
                if let Some(update) = self.oldest_update() {
                    // "not registered" is true only of a Root that does not count, "removed" of one that was
                    let reason = match reason {
                        10 if self.counted_nano != 0 => 1,
                        11 if !self.removed => 1,
                        reason => reason,
                    };
                    self.answer(&Rejected {
                        seq: update.seq,
                        reason,
                    });
                }
            }
            Op::Bounce => {
                if !self.updates.is_empty() {
                    let mail = self.updates.remove(0);
                    self.bench.bounce_back(&self.delector.clone(), &mail);
                }
            }
            Op::Slash { share_bp } => {
                if self.counted_nano != 0 || self.removed {
                    self.counted_nano = 0;
                    self.removed = true;
                    self.answer(&Slash {
                        share_bp,
                        key: common::hash(1),
                    });
                }
            }
            Op::Deliver { pair } => {
                if self.bench.waiting() != 0 {
                    self.deliver(pair);
                }
            }
            Op::Pass { seconds } => self.bench.now += seconds,
            Op::Transfer { nano, comment } => {
                let body = CellBuilder::build_from(0_u32).unwrap();
                let body = if comment { body } else { Cell::default() };
                self.bench.post(&addr(0, 9), &root, nano, true, None, body);
            }
            Op::TakeSurplus => self
                .bench
                .tell(&owner, &root, COIN, &TakeSurplus { query_id: 8 }),
            Op::Forge {
                user,
                kind,
                nano,
                settled,
            } => self.forge(user, kind, Tokens::new(nano), settled),
            Op::Years { years } => {
                // a Root that nobody uses may have been emptied: it ends
                if self.years + years <= 9 && !self.is_over() {
                    self.years += years;
                    self.bench.now += years * 31_557_600;
                }
            }
        }
    }

    /// A message of a wallet of the captured chain arrives immediately. It changes nothing of other chains.
    fn forge(&mut self, user: usize, kind: u8, amount: Tokens, settled: bool) {
        let (owner, root) = (self.owners[user].clone(), self.root.clone());
        let network = self.bench.network.clone();
        let wallet = address::wallet_address(&network, CAPTURED, &owner).unwrap();
        let (query_id, payer) = (9, owner.clone());
        let before = self.honest();
        match kind {
            0 => {
                let message = ConfirmStake {
                    query_id,
                    amount,
                    owner,
                };
                self.bench.tell(&wallet, &root, COIN, &message);
            }
            1 => {
                let message = RequestUnstake {
                    query_id,
                    amount,
                    owner,
                    lock_until: 0,
                    settled,
                };
                self.bench.tell(&wallet, &root, COIN, &message);
            }
            _ => {
                let message = RequestRelease {
                    query_id,
                    amount,
                    owner,
                    settled,
                    payer,
                };
                self.bench.tell(&wallet, &root, COIN, &message);
            }
        }
        let tx = self.bench.deliver(self.bench.waiting() - 1).unwrap();
        let refusals = [0, ExitCode::Totals.code()];
        assert!(
            tx.account == root && refusals.contains(&tx.exit_code),
            "{tx:?}"
        );
        assert_eq!(self.honest(), before);
        self.sort_mail();
    }

    /// Totals of the Root for honest chains.
    fn honest(&self) -> BTreeMap<i8, ChainTotals> {
        let mut chains = self.bench.totals_by_chain(&self.root);
        chains.remove(&CAPTURED);
        chains
    }

    /// Whether a Root that nobody uses may be emptied.
    fn is_over(&self) -> bool {
        let totals = self.bench.totals(&self.root);
        (totals.closed || totals.removed) && self.backing_nano() == 0
    }

    fn honest_nano(&self) -> u128 {
        let parts = self.honest().into_values();
        parts.flat_map(|part| amounts(&part)).sum()
    }

    fn backing_nano(&self) -> u128 {
        let totals = self.bench.totals(&self.root);
        let parts = [
            totals.owner_active,
            totals.owner_unlocking,
            totals.users_active,
            totals.users_unlocking,
        ];
        parts.iter().map(|part| part.into_inner()).sum()
    }

    fn deliver(&mut self, pair: usize) {
        let before_nano = self.honest_nano();
        let tx = self.bench.deliver(pair);
        // a refusal slashes if the slash has not arrived yet
        let slashes = ["Slash", "Rejected"];
        if (tx.as_ref()).is_some_and(|tx| slashes.contains(&tx.message.as_str())) {
            self.slashed_nano += before_nano - self.honest_nano();
        }
        // only requests are refused: answers and bounces are always accepted
        if let Some(tx) = tx {
            let sender = MessageInfo::by_name(&tx.message).map(|info| info.sender);
            let is_request = matches!(sender, Some(Party::Owner | Party::Anyone));
            // after some years without messages a Root accepts no stakes: the wallet has its coins back
            let unfunded =
                tx.message == "ConfirmStake" && tx.exit_code == ExitCode::ReserveSpent.code();
            assert!(
                tx.is_ok() || is_request || (unfunded && self.years > 3),
                "{tx:?}"
            );
        }
        self.sort_mail();
    }

    fn sort_mail(&mut self) {
        for mail in self.bench.take_mail(&self.delector.clone()) {
            match mail.op() {
                UpdateStake::OP => {
                    assert!(self.updates.is_empty(), "two updates in flight");
                    self.updates.push(mail);
                }
                SlashedCoins::OP => {
                    let answer_nano = u128::from(common::config::params().answer_value_nano);
                    self.treasury_nano += mail.value_nano - answer_nano;
                }
                0 => {}
                op => panic!("{op:08x}"),
            }
        }
    }

    /// Checks the invariants of every state.
    fn check(&self) {
        self.bench.check_coins();
        let backing = self.backing_nano();
        assert!(
            self.counted_nano <= backing || self.removed,
            "{} counted, {backing} there",
            self.counted_nano
        );
        let stays = self
            .levels
            .iter()
            .filter(|(until, _)| *until > self.bench.now);
        let stays = stays.map(|(_, nano)| *nano).max().unwrap_or(0);
        assert!(
            stays <= backing || self.removed,
            "{stays} counted lately, {backing} there"
        );
        let reserves = self.bench.reserves(&self.root);
        // in ten years storage uses up what it is for, and nothing else does
        let spent = reserves.reserve.into_inner() as i128 * i128::from(self.years) / 10;
        self.check_sums();
        assert!(
            self.is_over() || reserves.surplus_nano >= -spent - COIN as i128 / 1_000,
            "the Root's reserve is touched: {reserves:?}"
        );
        assert!(self.bench.is_active(&self.root));
        for wallet in &self.wallets {
            self.bench.balances(wallet);
        }
    }

    /// Checks the invariants when nothing is in flight.
    fn check_at_rest(&self) {
        let totals = self.bench.totals(&self.root);
        let prices: Prices =
            getters::prices(&self.bench.get(&self.root, getters::PRICES, vec![])).unwrap();
        // of each chain: active and unlocking of the owner, then of the others
        let mut parts = BTreeMap::<i8, [u128; 4]>::new();
        for (i, wallet) in self.wallets.iter().enumerate() {
            let tranche = 2 * usize::from(i != 0);
            let price = if i == 0 { &prices.owner } else { &prices.users };
            let args = getters::position_value_args(&self.root, price).unwrap();
            let now =
                getters::position(&self.bench.get(wallet, getters::POSITION_VALUE, args)).unwrap();
            assert_eq!(
                (
                    now.pending.into_inner(),
                    now.leaving_nano(),
                    now.releasing.into_inner()
                ),
                (0, 0, 0),
                "a request has no answer"
            );
            let part = parts.entry(wallet.workchain).or_default();
            part[tranche] += now.staked_nano();
            part[tranche + 1] += now.unlocking_nano();
        }
        let counted = self.honest();
        assert!(counted.keys().all(|chain| parts.contains_key(chain)));
        for (chain, sums) in parts {
            let counted = amounts(&counted.get(&chain).cloned().unwrap_or_default());
            for (total, sum) in counted.into_iter().zip(sums) {
                let dust = total
                    .checked_sub(sum)
                    .expect("wallets hold more than the Root counts");
                assert!(
                    dust == 0 || (totals.removed && dust < 100),
                    "{dust} nano too many on {chain}: {totals:?}"
                );
            }
        }
    }

    /// The Root's sums are those of its parts; a removal rounds the parts.
    fn check_sums(&self) {
        let totals = self.bench.totals(&self.root);
        let mut sums = [0; 4];
        for part in self.bench.totals_by_chain(&self.root).values() {
            let part = amounts(part);
            assert_ne!(part, [0; 4], "an empty entry");
            for (sum, amount) in sums.iter_mut().zip(part) {
                *sum += amount;
            }
        }
        let all = [
            totals.owner_active,
            totals.owner_unlocking,
            totals.users_active,
            totals.users_unlocking,
        ];
        for (total, sum) in all.into_iter().zip(sums) {
            let dust = total
                .into_inner()
                .checked_sub(sum)
                .expect("parts exceed their sum");
            assert!(
                dust == 0 || (totals.removed && dust < 4),
                "{dust}: {totals:?}"
            );
        }
    }

    /// Delivers all messages; the D'Elector does as requested.
    fn rest(&mut self) {
        for _ in 0..1_000 {
            while self.bench.waiting() != 0 {
                self.deliver(0);
            }
            if self.updates.is_empty() {
                return;
            }
            self.step(&Op::Apply { permille: 1_000 });
        }
        panic!("the pool does not come to rest");
    }
}

fn walk(ops: &[Op]) {
    let mut world = World::new();
    for op in ops {
        world.step(op);
        world.check();
    }
    world.rest();
    world.check();
    world.check_at_rest();
    // everyone can leave: immediately, since the Root closes
    world.step(&Op::Close);
    world.rest();
    world.step(&Op::Sync);
    world.rest();
    for _ in 0..2 {
        for user in 0..4 {
            world.step(&Op::Settle { user });
            world.rest();
            world.step(&Op::Unstake {
                user,
                permille: 1_000,
            });
            world.rest();
        }
        // floors end up to an eighth later
        world.bench.now += UNLOCK + UNLOCK / 4;
        for user in 0..4 {
            world.step(&Op::Settle { user });
            world.rest();
        }
    }
    world.check();
    world.check_at_rest();
    for (user, wallet) in world.wallets.iter().enumerate() {
        let elsewhere = if user == 3 { ELSEWHERE as u128 } else { 0 };
        assert_eq!(
            world.bench.balances(wallet).held,
            Tokens::new(elsewhere * COIN),
            "coins are stuck"
        );
    }
    // the loss is in the treasury; wallets round each of their parts
    let dust = world.treasury_nano - world.slashed_nano;
    assert!(
        dust < 100,
        "{} lost, {} in the treasury",
        world.slashed_nano,
        world.treasury_nano
    );
    let totals = world.bench.totals(&world.root);
    assert_eq!((totals.counted, totals.in_flight), (Tokens::ZERO, false));
    assert!(
        world.bench.reserves(&world.root).surplus_nano < COIN as i128 / 10,
        "value is stuck in the Root"
    );
}

/// `PROPTEST_CASES` sets a larger number of them.
fn config() -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES")
        .ok()
        .and_then(|cases| cases.parse().ok())
        .unwrap_or(60);
    ProptestConfig {
        cases,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn nothing_is_lost_stuck_or_counted_twice(ops in prop::collection::vec(op(), 1..800)) {
        walk(&ops);
    }
}
