//! Invariants 2, 3 and 10: wallets' positions against Roots' totals, and the amounts of a slash.

use std::collections::{BTreeMap, BTreeSet};

use ddvs_client::Block;
use ddvs_contracts::messages::Price;
use ddvs_contracts::storage::{ChainTotals, Position, times};
use tycho_types::models::StdAddr;

use super::{Answer, Monitor, WalletView, unlocking};

/// A Root's expected totals from its wallets: (active, unlocking), and how much rounding may subtract.
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
        let prices = state.prices().map(|p| p.load().expect("prices parse"));
        let mut chains = BTreeMap::<i8, [Part; 2]>::new();
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
            let [owner, users] = chains.entry(at.workchain).or_default();
            let (part, raw) = match is_owner {
                true => (owner, &mut raw_owner),
                false => (users, &mut raw_users),
            };
            part.add(&position, &flying, price.as_ref(), raw);
        }
        let (mut owner, mut users) = (Part::default(), Part::default());
        for [of_owner, of_users] in chains.values() {
            owner.join(of_owner);
            users.join(of_users);
        }
        let sums = ChainTotals {
            owner_active: state.owner_active,
            owner_unlocking: state.owner_unlocking,
            users_active: state.users_active,
            users_unlocking: state.users_unlocking,
            scaled: true,
        };
        self.check_totals(root, "all", &sums, [owner, users], prices.is_some());
        for entry in state.chains.iter() {
            let (chain, totals) = entry.expect("totals parse");
            let totals = match &prices {
                Some(prices) => totals.at(prices),
                None => totals,
            };
            let parts = chains.remove(&chain).unwrap_or_default();
            let name = chain.to_string();
            self.check_totals(root, &name, &totals, parts, prices.is_some());
        }
        // a chain that the Root has forgotten has nothing
        for (chain, parts) in chains {
            let (nothing, name) = (ChainTotals::default(), chain.to_string());
            self.check_totals(root, &name, &nothing, parts, prices.is_some());
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

    /// Compares a Root's totals of some chains with the positions of the wallets there.
    fn check_totals(
        &mut self,
        root: &StdAddr,
        chains: &str,
        totals: &ChainTotals,
        [owner, users]: [Part; 2],
        removed: bool,
    ) {
        let of_owner = (totals.owner_active, totals.owner_unlocking);
        let of_users = (totals.users_active, totals.users_unlocking);
        for (name, part, (active, unlocking)) in
            [("owner", owner, of_owner), ("users", users, of_users)]
        {
            // a slash rounds each part down, and a Root its totals
            let slack = if removed { part.parts + 1_000 } else { 0 };
            for (kind, has, is) in [
                ("active", active.into_inner(), part.active),
                ("unlocking", unlocking.into_inner(), part.unlocking),
            ] {
                if has < is || has > is + slack {
                    self.blame(
                        3,
                        format!("{root}: {name} {kind} on chains {chains} is {has}, the wallets' positions are {is}"),
                    );
                }
            }
        }
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
}

impl Part {
    fn join(&mut self, other: &Self) {
        self.active += other.active;
        self.unlocking += other.unlocking;
        self.parts += other.parts;
        self.settled |= other.settled;
    }

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
