//! Invariants 2, 3, 4 and 10: what wallets hold against what Roots count, and what a slash takes.

use std::collections::BTreeSet;

use ddvs_client::{Block, ChainId};
use ddvs_contracts::messages::Price;
use ddvs_contracts::storage::{DElectorStorage, Position, times};
use tycho_types::models::StdAddr;

use super::{Answer, Monitor, WalletView, unlocking};

/// What the wallets say that a Root should hold: (active, unlocking), and how much rounding may take away.
#[derive(Debug, Clone, Copy, Default)]
struct Part {
    active: u128,
    unlocking: u128,
    parts: u128,
    settled: bool,
}

impl Monitor {
    /// After a block: the wallets that it touched, and the Roots that it concerns.
    pub(in crate::invariants) fn check_pool(&mut self, block: &Block) {
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
            sum += position.expect("a position parses").held_nano();
        }
        let count = view.storage.positions.keys().count();
        let counted = usize::from(view.storage.count);
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
        if count != counted {
            self.blame(
                2,
                format!("{at} counts {counted} positions, it has {count}"),
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
    pub(in crate::invariants) fn check_counted(
        &mut self,
        chain: ChainId,
        storage: &DElectorStorage,
        now: u32,
    ) {
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
            let backing = view.state.backing_nano();
            let counted = entry.stake.into_inner();
            if counted > backing {
                self.blame(
                    4,
                    format!("{root}: {counted} nano are counted, {backing} are there"),
                );
            }
        }
        self.check_levels(chain, storage, now);
    }

    /// Coins stay for the whole unlock period after they last counted. When that was is taken from the registry, not from
    /// what the Root remembers.
    fn check_levels(&mut self, chain: ChainId, storage: &DElectorStorage, now: u32) {
        let Ok(Some(registry)) = storage.registries.get(chain) else {
            return;
        };
        let mut found = Vec::new();
        for (root, view) in &self.pool.roots {
            if root.workchain != chain {
                continue;
            }
            let entry = registry.roots.get(root.address).ok().flatten();
            let counted = entry.map_or(0, |entry| entry.stake.into_inner());
            let levels = self.pool.levels.entry(root.clone()).or_default();
            if view.state.prices.is_some() {
                // one offence, one slash: nothing of it can be slashed again
                levels.stood.clear();
                continue;
            }
            if counted < levels.last {
                let until = now.saturating_add(view.terms.unlock_period);
                levels.stood.push((until, levels.last));
            }
            levels.last = counted;
            levels.stood.retain(|(until, _)| *until > now);
            let least = levels.stood.iter().map(|(_, level)| *level).max();
            let backing = view.state.backing_nano();
            if let Some(least) = least.filter(|least| *least > backing) {
                found.push(format!(
                    "{root}: {backing} nano are there, {least} counted less than an unlock period ago"
                ));
            }
        }
        for found in found {
            self.blame(10, found);
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
        let mut active: Vec<u128> = times(&position.locks).map(|entry| entry.1).collect();
        let mut leaving: Vec<u128> = unlocking(position).iter().map(|entry| entry.1).collect();
        let asked = times(&position.leaving).map(|entry| entry.1);
        for answer in flying {
            if let Answer::Lock(amount) = answer {
                active.push(*amount);
            }
        }
        if unlocks {
            leaving.extend(asked);
        } else {
            active.extend(asked);
        }
        let releasing = position.releasing.into_inner();
        let released = flying.iter().find_map(|answer| match answer {
            Answer::Release(released) => Some(released.unwrap_or(releasing)),
            _ => None,
        });
        leaving.push(releasing.saturating_sub(released.unwrap_or(0)));
        *raw += active.iter().chain(&leaving).sum::<u128>();
        self.parts += (active.len() + leaving.len()) as u128;
        self.active += active.into_iter().map(worth).sum::<u128>();
        self.unlocking += leaving.into_iter().map(worth).sum::<u128>();
        self.settled |= position.settled;
    }
}
