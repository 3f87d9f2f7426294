//! Valid operations of users.

use ddvs_client::seeded::Person;
use ddvs_client::{ChainId, Receiver};
use tycho_types::models::StdAddr;

use super::Walk;
use crate::COIN;

impl Walk {
    /// One operation, chosen by the dice.
    pub(super) fn operate(&mut self) {
        let who = self.dice.pick(&self.people).expect("there are people");
        match self.dice.below(52) {
            0..=3 => self.deposit(&who),
            4..=11 => self.stake(&who),
            12..=16 => self.unstake(),
            17..=20 => self.settle_somebody(&who),
            21..=22 => self.withdraw(),
            23..=25 => self.open_root(&who),
            26 => self.rotate_key(),
            27 => self.close_root(),
            28 => self.accuse(&who),
            29 => self.accuse_again(&who),
            30 => self.sync(&who),
            31 => self.purge(&who),
            32..=34 => self.attack(&who),
            35 => self.register_bad_key(),
            36 => self.leave_a_crumb(),
            37 => self.purge_all_of_one(),
            38 => self.rotate_again_and_again(),
            39 => self.send_slashed_coins(&who),
            40..=42 => self.accuse(&who),
            43..=45 => self.transfer(&who),
            46 => self.leave_alone(),
            47 if self.dice.one_in(2) => self.fall_behind(),
            _ => self.change_chains(),
        }
    }

    fn amount(&mut self) -> u128 {
        let coins = [5, 50, 5_000, 20_000, 60_000, 250_000][self.dice.below(6)];
        coins * COIN + self.dice.below(1_000_000_000) as u128
    }

    /// Enough, just enough, or too little.
    pub(super) fn value(&mut self, chain: ChainId) -> u128 {
        let exact = self.world.change_value(chain);
        match self.dice.below(8) {
            0 => exact / 10,
            1..=3 => exact,
            _ => 4 * self.world.change_value(-1),
        }
    }

    pub(super) fn somewhere(&mut self) -> ChainId {
        let mut chains = self.world.chains();
        chains.retain(|chain| Some(*chain) != self.captured);
        self.dice.pick(&chains).expect("there are chains")
    }

    fn wallet_chain(&mut self, who: &Person) -> ChainId {
        if self.dice.one_in(3) {
            self.somewhere()
        } else {
            who.address().workchain
        }
    }

    fn deposit(&mut self, who: &Person) {
        let chain = self.wallet_chain(who);
        let amount = self.amount();
        let deposit = self
            .world
            .wallet_on(who, chain)
            .deposit(amount)
            .expect("it can be encoded");
        self.send(who, &[deposit]);
    }

    fn stake(&mut self, who: &Person) {
        let (chain, amount) = (self.wallet_chain(who), self.amount());
        let root = self.dice.pick(&self.roots).expect("there are Roots").1;
        // a Root that nobody has deployed: the stake comes back
        let root = if self.dice.one_in(12) {
            self.world.root_on(who, 0, 999)
        } else {
            root
        };
        let (value, id) = (self.value(chain), self.world.query_id());
        let wallet = self.world.wallet_on(who, chain);
        let mut messages = Vec::new();
        if self.dice.one_in(2) {
            messages.push(
                wallet
                    .deposit(amount + 2 * COIN)
                    .expect("it can be encoded"),
            );
        }
        messages.push(
            wallet
                .stake(&root, amount, value, id)
                .expect("it can be encoded"),
        );
        self.send(who, &messages);
    }

    /// Returns a user, their wallet's chain, and a Root with which it has a position.
    pub(super) fn position(&mut self) -> Option<(Person, ChainId, StdAddr)> {
        let all = self.monitor.positions();
        let (owner, chain, root) = self.dice.pick(&all)?;
        let who = self
            .people
            .iter()
            .find(|person| *person.address() == owner)?;
        Some((who.clone(), chain, root))
    }

    fn unstake(&mut self) {
        let Some((who, chain, root)) = self.position() else {
            return;
        };
        let wallet = self.world.wallet_on(&who, chain);
        let position = wallet.position(&self.world.net, &root).expect("it parses");
        let staked = position.staked_nano();
        let amount = match self.dice.below(3) {
            0 => staked,
            1 => staked / 2,
            _ => self.amount().min(staked),
        };
        let (value, id) = (self.value(chain), self.world.query_id());
        let unstake = wallet
            .unstake(&root, amount, value, id)
            .expect("it can be encoded");
        self.send(&who, &[unstake]);
    }

    fn settle_somebody(&mut self, payer: &Person) {
        let Some((who, chain, root)) = self.position() else {
            return;
        };
        let (value, id) = (self.value(chain), self.world.query_id());
        let wallet = self.world.wallet_on(&who, chain);
        let settle = wallet.settle(&root, value, id).expect("it can be encoded");
        self.send(payer, &[settle]);
    }

    fn withdraw(&mut self) {
        let Some((who, chain, root)) = self.position() else {
            return;
        };
        let amount = if self.dice.one_in(2) {
            None
        } else {
            Some(self.amount())
        };
        let (value, id) = (self.value(chain), self.world.query_id());
        let wallet = self.world.wallet_on(&who, chain);
        let receiver = Receiver {
            address: &root,
            bounce: self.dice.one_in(2),
            comment: Some("for the pool"),
        };
        let withdraw = if self.dice.one_in(4) {
            wallet.withdraw_to(&receiver, amount, value, id)
        } else {
            wallet.withdraw(amount, value, id)
        };
        self.send(&who, &[withdraw.expect("it can be encoded")]);
    }

    /// Returns a new key, or occasionally one that may be in use.
    pub(super) fn new_key(&mut self) -> ddvs_client::seeded::ConsensusKey {
        self.next_name += 1;
        let name = if self.dice.one_in(5) {
            "everybody's".to_owned()
        } else {
            format!("key {}", self.next_name)
        };
        let key = self.world.key(&name);
        self.keys.insert(key.public(), key.clone());
        key
    }

    fn open_root(&mut self, who: &Person) {
        let chain = who.address().workchain;
        if chain < 0
            || self
                .roots
                .iter()
                .filter(|(owner, _)| owner.address() == who.address())
                .count()
                > 1
        {
            return;
        }
        let root = self.world.root_on(who, chain, 100);
        let key = self.new_key();
        let deploy = root.deploy(2 * COIN).expect("it can be encoded");
        let mut register = self.world.register_message(&root, &key);
        register.value_nano *= 2;
        let wallet = self.world.wallet_on(who, chain);
        let deposit = wallet.deposit(70_000 * COIN).expect("it can be encoded");
        let (value, id) = (self.world.change_value(-1), self.world.query_id());
        let stake = wallet
            .stake(&root, 60_000 * COIN, value, id)
            .expect("it can be encoded");
        self.send(who, &[deploy, register, deposit, stake]);
        self.roots.push((who.clone(), root));
    }

    fn rotate_key(&mut self) {
        let (owner, root) = self.dice.pick(&self.roots).expect("there are Roots");
        let key = self.new_key();
        let register = self.world.register_message(&root, &key);
        self.send(&owner, &[register]);
    }

    fn close_root(&mut self) {
        let (owner, root) = self.dice.pick(&self.roots).expect("there are Roots");
        let (value, id) = (self.value(root.address().workchain), self.world.query_id());
        let close = root.close(value, id).expect("it can be encoded");
        self.send(&owner, &[close]);
    }

    fn sync(&mut self, who: &Person) {
        let (_, root) = self.dice.pick(&self.roots).expect("there are Roots");
        let (value, id) = (self.value(root.address().workchain), self.world.query_id());
        let sync = root.sync(value, id).expect("it can be encoded");
        self.send(who, &[sync]);
    }
}
