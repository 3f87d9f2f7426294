//! Invariants 2, 3, 4 and 10: coins in the wallets, totals in the Roots, and what is slashed and released.

use std::collections::{BTreeMap, BTreeSet};

use ddvs_client::{Backend, Block, ChainId, OutDestination, TransactionRecord};
use ddvs_contracts::RootTerms;
use ddvs_contracts::messages::*;
use ddvs_contracts::storage::{DElectorStorage, Position, RootState, RootStorage, WalletStorage};
use ddvs_scenario::words;
use tycho_types::cell::HashBytes;
use tycho_types::models::StdAddr;
use tycho_types::num::Tokens;

use super::Monitor;
use crate::World;

/// A wallet as it was last seen.
#[derive(Debug, Clone)]
pub struct WalletView {
    /// What it holds.
    pub storage: WalletStorage,
    /// Its balance, in nano.
    pub balance_nano: u128,
}

/// A Root as it was last seen.
#[derive(Debug, Clone)]
pub struct RootView {
    /// Its terms.
    pub terms: RootTerms,
    /// What it remembers.
    pub state: RootState,
}

/// A Root's answer on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    Lock(u128),
    Unlock,
    Release,
}

#[derive(Debug, Clone)]
struct Flying {
    root: StdAddr,
    wallet: StdAddr,
    answer: Answer,
}

/// All wallets and Roots, and the answers between them.
#[derive(Debug, Clone, Default)]
pub struct Pool {
    /// Wallets by address.
    pub wallets: BTreeMap<StdAddr, WalletView>,
    /// Authentic Roots by address.
    pub roots: BTreeMap<StdAddr, RootView>,
    /// Wallets touched in this block, as they were before it.
    pub(super) before: BTreeMap<StdAddr, WalletView>,
    /// Roots whose last answer from the D'Elector was a refusal, with its reason.
    pub(super) refused: BTreeMap<StdAddr, u8>,
    flying: BTreeMap<HashBytes, Flying>,
    /// Coins that a message may have freed in this block, by wallet.
    freed: BTreeMap<StdAddr, u128>,
    /// Coins whose unlocking arrived in this block after its time, by wallet and Root.
    late: BTreeMap<(StdAddr, StdAddr), u128>,
    slashed: BTreeSet<StdAddr>,
}

/// What the wallets say that a Root should hold: (active, unlocking), and how much rounding may take away.
#[derive(Debug, Clone, Copy, Default)]
struct Part {
    active: u128,
    unlocking: u128,
    parts: u128,
    settled: bool,
}

impl Pool {
    /// Whether this is a wallet or a Root.
    pub fn knows(&self, address: &StdAddr) -> bool {
        self.wallets.contains_key(address) || self.roots.contains_key(address)
    }
}

fn held(position: &Position) -> u128 {
    let fixed = [
        position.pending,
        position.staked,
        position.leaving,
        position.releasing,
    ];
    fixed.iter().map(|amount| amount.into_inner()).sum::<u128>()
        + unlocking(position)
            .iter()
            .map(|entry| entry.1)
            .sum::<u128>()
}

fn unlocking(position: &Position) -> Vec<(u32, u128)> {
    let entries = position.unlocking.iter();
    entries
        .map(|entry| entry.expect("an amount parses"))
        .map(|(at, amount)| (at, amount.into_inner()))
        .collect()
}

impl Monitor {
    /// Takes in an account if it is a wallet or a Root.
    pub(super) fn read_pool(&mut self, world: &World, at: &StdAddr) {
        let account = world.net.account(at).expect("the chain exists");
        let (Some(code), Some(data)) = (account.code(), account.data()) else {
            return;
        };
        if *code == self.known.codes.depool_wallet {
            let storage = data.parse::<WalletStorage>().expect("a wallet parses");
            let view = WalletView {
                storage,
                balance_nano: account.balance_nano,
            };
            if let Some(old) = self.pool.wallets.insert(at.clone(), view) {
                self.pool.before.entry(at.clone()).or_insert(old);
            }
        } else if *code == self.known.codes.depool_root {
            let storage = data.parse::<RootStorage>().expect("a Root parses");
            let terms = storage.terms.load().expect("terms parse");
            if !self.known.is_root(at, &terms) {
                return;
            }
            let state = storage
                .state
                .map(|state| state.load().expect("a state parses"));
            let state = state.unwrap_or_default();
            self.pool
                .roots
                .insert(at.clone(), RootView { terms, state });
        }
    }

    /// Follows the answers between Roots and wallets, and what they free.
    pub(super) fn note_answers(&mut self, transaction: &TransactionRecord) {
        let at = transaction.account.clone();
        if transaction.in_message.is_bounced && self.pool.knows(&at) {
            self.reached.bounces += 1;
        }
        let arrived = self.pool.flying.remove(transaction.in_message.hash());
        if arrived.is_some() && !transaction.succeeded() {
            self.blame(14, format!("{at} failed to take an answer"));
        }
        if self.pool.wallets.contains_key(&at) {
            self.note_freed(transaction);
        }
        if self.pool.roots.contains_key(&at) {
            self.note_root(transaction);
        }
    }

    fn note_freed(&mut self, transaction: &TransactionRecord) {
        let at = transaction.account.clone();
        let now = (transaction.gen_time_ms / 1_000) as u32;
        let mut freed = words::with_body(transaction, |op, body| match op {
            RejectStake::OP => words::parse::<RejectStake>(body).map(|m| m.amount),
            Release::OP => words::parse::<Release>(body).map(|m| m.amount),
            _ => None,
        })
        .map_or(0, Tokens::into_inner);
        let unlocked = words::with_body(transaction, |op, body| match op {
            Unlock::OP => words::parse::<Unlock>(body).filter(|m| m.release_at <= now),
            _ => None,
        });
        if let (Some(unlock), Some(root)) = (unlocked, &transaction.in_message.source) {
            let late = self.pool.late.entry((at.clone(), root.clone()));
            *late.or_default() += unlock.amount.into_inner();
        }
        if transaction.in_message.is_bounced {
            // the bounced body begins with 32 ones; op, query id and amount follow
            freed += words::body_of(&transaction.in_message.cell, |_, mut body| {
                body.skip_first(32, 0).ok()?;
                let op = body.load_u32().ok()?;
                body.skip_first(64, 0).ok()?;
                let amount = <Tokens as tycho_types::cell::Load>::load_from(&mut body).ok()?;
                (op == ConfirmStake::OP).then(|| amount.into_inner())
            })
            .unwrap_or(0);
        }
        for out in &transaction.out_messages {
            let OutDestination::Account(to) = &out.destination else {
                continue;
            };
            let mut due = None;
            words::body_of(&out.cell, |op, body| {
                match op {
                    SlashedCoins::OP => freed += out.value_nano,
                    RequestRelease::OP => {
                        due = words::parse::<RequestRelease>(body).map(|m| m.amount.into_inner())
                    }
                    _ => {}
                }
                Some(())
            });
            if let Some(due) = due {
                let position = self
                    .pool
                    .before
                    .get(&at)
                    .and_then(|w| w.storage.positions.get(to).ok()?);
                let position = position.unwrap_or_default();
                let ripe: u128 = (unlocking(&position).iter())
                    .filter(|(when, _)| *when <= now)
                    .map(|entry| entry.1)
                    .sum();
                let late = self.pool.late.get(&(at.clone(), to.clone()));
                let late = late.copied().unwrap_or(0);
                if due > ripe + late + position.releasing.into_inner() {
                    self.blame(10, format!("{at} asks for {due} nano before their time"));
                }
            }
        }
        *self.pool.freed.entry(at).or_default() += freed;
    }

    fn note_root(&mut self, transaction: &TransactionRecord) {
        let at = transaction.account.clone();
        let now = (transaction.gen_time_ms / 1_000) as u32;
        words::with_body(transaction, |op, body| {
            match op {
                Rejected::OP => {
                    let reason = words::parse::<Rejected>(body)?.reason;
                    self.pool.refused.insert(at.clone(), reason);
                    self.reached.rejected += 1;
                }
                Applied::OP => {
                    self.pool.refused.remove(&at);
                }
                Slash::OP if transaction.succeeded() => self.reached.slashes += 1,
                _ => {}
            }
            Some(())
        });
        let asked = words::with_body(transaction, |op, body| {
            (op == RequestUnstake::OP)
                .then(|| words::parse::<RequestUnstake>(body))
                .flatten()
        });
        for out in &transaction.out_messages {
            let OutDestination::Account(wallet) = &out.destination else {
                continue;
            };
            let mut release_at = None;
            let answer = words::body_of(&out.cell, |op, body| match op {
                Lock::OP => Some(Answer::Lock(
                    words::parse::<Lock>(body)?.amount.into_inner(),
                )),
                Unlock::OP => {
                    release_at = Some(words::parse::<Unlock>(body)?.release_at);
                    Some(Answer::Unlock)
                }
                Release::OP => Some(Answer::Release),
                _ => None,
            });
            let Some(answer) = answer else { continue };
            if answer == Answer::Release {
                self.reached.releases += 1;
            }
            let (root, wallet) = (at.clone(), wallet.clone());
            let flying = Flying {
                root,
                wallet,
                answer,
            };
            self.pool.flying.insert(*out.hash(), flying);
            let view = &self.pool.roots[&at];
            if release_at
                .is_some_and(|release| release < now.saturating_add(view.terms.unlock_period))
            {
                self.blame(10, format!("{at} lets coins go before the unlock period"));
            }
            let view = &self.pool.roots[&at];
            let open = !view.state.closed && view.state.prices.is_none();
            if release_at.is_some() && open && asked.as_ref().is_some_and(|m| m.lock_until > now) {
                self.blame(10, format!("{at} lets locked coins go"));
            }
        }
    }

    /// After a block: the wallets that it touched, and the Roots that it concerns.
    pub(super) fn check_pool(&mut self, block: &Block) {
        let mut roots = BTreeSet::new();
        for transaction in &block.transactions {
            let at = &transaction.account;
            if self.pool.roots.contains_key(at) {
                roots.insert(at.clone());
            }
            if let Some(view) = self.pool.wallets.get(at) {
                for key in view.storage.positions.keys() {
                    roots.insert(key.expect("a position parses"));
                }
                if let Some(old) = self.pool.before.get(at) {
                    for key in old.storage.positions.keys() {
                        roots.insert(key.expect("a position parses"));
                    }
                }
                self.check_wallet(&at.clone());
            }
        }
        self.pool.freed.clear();
        self.pool.late.clear();
        for root in roots {
            self.check_root(&root);
        }
    }

    fn check_wallet(&mut self, at: &StdAddr) {
        let view = &self.pool.wallets[at];
        let (balance, total) = (view.balance_nano, view.storage.held.into_inner());
        let mut sum = 0;
        for position in view.storage.positions.values() {
            sum += held(&position.expect("a position parses"));
        }
        let before = self.pool.before.get(at);
        let lost = before
            .map_or(0, |old| old.storage.held.into_inner())
            .saturating_sub(total);
        let freed = self.pool.freed.get(at).copied().unwrap_or(0);
        if balance < total {
            self.blame(
                2,
                format!("{at} holds {total} nano with a balance of {balance}"),
            );
        }
        if sum != total {
            self.blame(
                2,
                format!("{at} holds {total} nano, its positions are {sum}"),
            );
        }
        if lost > freed {
            self.blame(
                2,
                format!("{at} lost {lost} held nano, only {freed} were set free"),
            );
        }
    }

    /// The Root's totals against the positions of all wallets.
    fn check_root(&mut self, root: &StdAddr) {
        let Some(view) = self.pool.roots.get(root) else {
            return;
        };
        let state = view.state.clone();
        let prices = state
            .prices
            .as_ref()
            .map(|p| p.load().expect("prices parse"));
        let (mut owner, mut users) = (Part::default(), Part::default());
        let (mut raw_owner, mut raw_users) = (0, 0);
        for (at, wallet) in &self.pool.wallets {
            let found = wallet.storage.positions.get(root).expect("positions parse");
            let Some(position) = found else { continue };
            let is_owner = wallet.storage.owner == view.terms.owner;
            let flying: Vec<_> = (self.pool.flying.values())
                .filter(|f| f.root == *root && f.wallet == *at)
                .map(|f| f.answer)
                .collect();
            let price = prices.as_ref().filter(|_| !position.settled);
            let price = price.map(|p| {
                if is_owner {
                    p.owner.clone()
                } else {
                    p.users.clone()
                }
            });
            let (part, raw) = match is_owner {
                true => (&mut owner, &mut raw_owner),
                false => (&mut users, &mut raw_users),
            };
            part.add(&position, &flying, price.as_ref(), raw);
        }
        for (name, part, active, unlocking) in [
            ("owner", owner, state.owner_active, state.owner_unlocking),
            ("users", users, state.users_active, state.users_unlocking),
        ] {
            // a slash rounds each part down, and a Root its totals
            let slack = if prices.is_some() {
                part.parts + 1_000
            } else {
                0
            };
            for (kind, has, is) in [
                ("active", active.into_inner(), part.active),
                ("unlocking", unlocking.into_inner(), part.unlocking),
            ] {
                if has < is || has > is + slack {
                    self.blame(
                        3,
                        format!("{root}: {name} {kind} is {has}, the wallets' positions are {is}"),
                    );
                }
            }
        }
        let Some(prices) = prices else { return };
        // a wallet that settled in the block of the slash may have forgotten its position by now
        let left = self.pool.before.iter().any(|(at, old)| {
            let position = |w: &WalletView| w.storage.positions.contains_key(root).unwrap_or(false);
            position(old) && !self.pool.wallets.get(at).is_some_and(position)
        });
        let settled = left || owner.settled || users.settled;
        if !self.pool.slashed.insert(root.clone()) || settled {
            return;
        }
        self.check_slash(root, &prices, raw_owner, raw_users);
    }

    /// All coins that were slashable counted, the owner's first.
    fn check_slash(
        &mut self,
        root: &StdAddr,
        prices: &ddvs_contracts::storage::Prices,
        owner: u128,
        users: u128,
    ) {
        let read = |price: &Price| {
            let (left, of) = (price.numerator.into_inner(), price.denominator.into_inner());
            (of, of - left)
        };
        let ((own, own_loss), (other, other_loss)) = (read(&prices.owner), read(&prices.users));
        let of = |total: u128, share: u128| if total == 0 { 1 } else { share };
        if own != of(owner, owner) || other != of(users, users) {
            self.blame(
                10,
                format!("{root}: slashable were {owner} and {users} nano, not {own} and {other}"),
            );
        }
        let due = (owner + users) * u128::from(self.known.limits.slash_bp) / 10_000;
        if own_loss + other_loss != due || own_loss != due.min(owner) {
            self.blame(10, format!("{root}: slashed {own_loss} of the owner and {other_loss} of the users, due were {due}"));
        }
    }

    /// What the D'Elector of a chain counts is backed by what its Roots hold.
    pub(super) fn check_counted(&mut self, chain: ChainId, storage: &DElectorStorage) {
        let Ok(Some(registry)) = storage.registries.get(chain) else {
            self.blame(7, "a copy has lost its own registry");
            return;
        };
        for entry in registry.roots.iter() {
            let (id, entry) = entry.expect("an entry parses");
            let root = StdAddr::new(chain, id);
            let Some(view) = self.pool.roots.get(&root) else {
                self.blame(5, format!("{root} is registered and no Root"));
                continue;
            };
            let s = &view.state;
            let backing = [
                s.owner_active,
                s.owner_unlocking,
                s.users_active,
                s.users_unlocking,
            ];
            let backing: u128 = backing.iter().map(|amount| amount.into_inner()).sum();
            let counted = entry.stake.into_inner();
            if counted > backing {
                self.blame(
                    4,
                    format!("{root}: {counted} nano are counted, {backing} are there"),
                );
            }
        }
    }
}

impl Part {
    fn add(
        &mut self,
        position: &Position,
        flying: &[Answer],
        price: Option<&Price>,
        raw: &mut u128,
    ) {
        let worth = |amount: u128| price.map_or(amount, |price| price.worth(amount));
        let unlocks = flying.contains(&Answer::Unlock);
        let releases = flying.contains(&Answer::Release);
        let mut active = vec![position.staked.into_inner()];
        let mut leaving: Vec<u128> = unlocking(position).iter().map(|entry| entry.1).collect();
        for answer in flying {
            if let Answer::Lock(amount) = answer {
                active.push(*amount);
            }
        }
        if unlocks {
            leaving.push(position.leaving.into_inner());
        } else {
            active.push(position.leaving.into_inner());
        }
        if !releases {
            leaving.push(position.releasing.into_inner());
        }
        *raw += active.iter().chain(&leaving).sum::<u128>();
        self.parts += (active.len() + leaving.len()) as u128;
        self.active += active.into_iter().map(worth).sum::<u128>();
        self.unlocking += leaving.into_iter().map(worth).sum::<u128>();
        self.settled |= position.settled;
    }
}

impl Monitor {
    /// An authentic Root as it was last seen.
    pub fn known_root(&self, at: &StdAddr) -> Option<RootView> {
        self.pool.roots.get(at).cloned()
    }

    /// All positions: owner, the wallet's chain, Root.
    pub fn positions(&self) -> Vec<(StdAddr, ChainId, StdAddr)> {
        let mut all = Vec::new();
        for (at, wallet) in &self.pool.wallets {
            for root in wallet.storage.positions.keys() {
                let root = root.expect("a position parses");
                all.push((wallet.storage.owner.clone(), at.workchain, root));
            }
        }
        all
    }
}
