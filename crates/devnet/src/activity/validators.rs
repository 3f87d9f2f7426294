//! Validators that come, go, and misbehave.

use anyhow::Result;
use ddvs_client::{Backend, ChainId, DElector, DePoolRoot, Outgoing};
use ddvs_contracts::messages::Evidence;
use ddvs_contracts::signing::{self, ConsensusVote};
use ddvs_contracts::storage::ChainRegistry;
use tycho_types::cell::HashBytes;

use super::People;
use super::people::{COIN, MAX_COMERS, PATIENCE_TICKS, Validator};
use super::users::is_waiting;
use crate::inside::Inside;

/// Validators that came, besides those that replace others, on all chains together.
const GUESTS: usize = 3;
/// Looks between two misbehaviours, at least.
const PEACE_TICKS: u64 = 120;
/// Coins that a validator comes with; some more by its number.
const PURSE: u128 = 40_000 * COIN;
/// What a Root is deployed with.
const ROOT_COINS: u128 = 2 * COIN;
/// Coins that are not worth sending home.
const CRUMBS: u128 = 5 * COIN;

impl People {
    /// Lets validators do what is next for one of them.
    pub(super) fn validators(&mut self, backend: &mut Inside) -> Result<()> {
        self.invite(backend)?;
        let numbers: Vec<_> = self.comers.keys().copied().collect();
        if let Some(&number) = self.random.pick(&numbers) {
            let comer = self.comers[&number].clone();
            if !self.is_busy(&comer.owner) && self.comer_acts(backend, &comer)? {
                self.comers.remove(&number);
            }
        }
        if self.tick >= self.peace_until && self.random.one_in(20) {
            self.misbehave(backend)?;
        }
        Ok(())
    }

    fn registry(&self, backend: &Inside, chain: ChainId) -> Result<ChainRegistry> {
        Ok(DElector::new(&self.network, chain)?.registry(backend, chain)?)
    }

    /// A newcomer, when a chain lacks validators, or now and then.
    fn invite(&mut self, backend: &mut Inside) -> Result<()> {
        if self.next_comer >= MAX_COMERS {
            return Ok(());
        }
        let number = self.next_comer;
        let chain = self.chains[number as usize % self.chains.len()];
        let eligible = self.registry(backend, chain)?.eligible;
        let on_the_way = self
            .comers
            .values()
            .filter(|comer| comer.owner.chain() == chain);
        let lacks = eligible < u32::from(self.options.validators) && on_the_way.count() < 2;
        let comes = self.comers.len() < GUESTS * self.chains.len() && self.random.one_in(30);
        // the next number may be of a chain that lacks nobody: then it comes as a guest, so that all get their turn
        let others_lack = self.comers.len() < GUESTS && self.random.one_in(8);
        if !(lacks || comes || others_lack) {
            return Ok(());
        }
        let comer = self.comer(number)?;
        self.give(backend, &comer.owner, purse(number))?;
        if self.is_busy(&comer.owner) {
            self.comers.insert(number, comer);
            self.next_comer += 1;
        }
        Ok(())
    }

    /// Does what is next for a newcomer. Returns whether it is gone for good.
    fn comer_acts(&mut self, backend: &mut Inside, comer: &Validator) -> Result<bool> {
        let owner = &comer.owner;
        let root = DePoolRoot::new(&self.network, owner.chain(), comer.terms.clone())?;
        let change = root.change_value(backend)?;
        if backend.account(root.address())?.state_init().is_none() {
            if owner.coins_nano(backend)? < PURSE / 2 {
                // it was given coins that have not come, or is gone
                return Ok(owner.coins_nano(backend)? < CRUMBS);
            }
            let proof =
                signing::prove_possession(&comer.key, &self.network.genesis, root.address());
            let id = self.query_id();
            let coins_nano = owner.coins_nano(backend)?;
            // the Root keeps what its storage costs from its first change on
            let first_change = change + root.reserve_nano(backend)?;
            let messages = [
                root.deploy(ROOT_COINS)?,
                root.register_key(signing::public_key(&comer.key), &proof, first_change, id)?,
                owner.pool.deposit(coins_nano - coins_nano / 10)?,
            ];
            self.send(
                backend,
                owner,
                "deploys a DePool Root and registers its key",
                &messages,
            )?;
            return Ok(false);
        }
        let state = root.state(backend)?;
        let position = owner.pool.position(backend, root.address())?;
        let free_nano = owner.pool.stakable_nano(backend)?;
        let is_over = state.closed || state.is_removed();
        if is_waiting(&position) {
            return Ok(false);
        }
        let id = self.query_id();
        if !is_over {
            if position.staked_nano() == 0 && free_nano > 1_000 * COIN {
                let stake = owner
                    .pool
                    .stake(&root, free_nano - free_nano / 8, change, id)?;
                self.send(backend, owner, "makes its own stake", &[stake])?;
            } else if self.random.one_in(60) && self.can_spare(backend, owner.chain())? {
                let close = root.close(change, id)?;
                self.send(backend, owner, "closes its pool", &[close])?;
            } else if free_nano > 500 * COIN && self.random.one_in(10) {
                let stake = owner.pool.stake(&root, free_nano / 2, change, id)?;
                self.send(backend, owner, "stakes more", &[stake])?;
            }
            return Ok(false);
        }
        let now_s = u32::try_from(backend.now_ms()? / 1_000)?;
        if self.is_due(backend, root.address(), &position, now_s)? {
            let settle = owner.pool.settle(root.address(), change, id)?;
            self.send(backend, owner, "takes back what is left", &[settle])?;
        } else if position.staked_nano() > 0 && !state.is_removed() {
            let amount = position.staked_nano();
            let unstake = owner.pool.unstake(root.address(), amount, change, id)?;
            self.send(backend, owner, "unstakes", &[unstake])?;
        } else if free_nano > CRUMBS {
            let withdraw = owner.pool.withdraw(None, COIN, id)?;
            self.send(backend, owner, "withdraws", &[withdraw])?;
        } else if position.staked_nano() == 0 && position.unlocking.is_empty() {
            return self.go_home(backend, comer);
        }
        Ok(false)
    }

    /// Gives what is left back to the faucet.
    fn go_home(&mut self, backend: &mut Inside, comer: &Validator) -> Result<bool> {
        let coins_nano = comer.owner.coins_nano(backend)?;
        let faucet = self
            .faucets
            .get(&comer.owner.chain())
            .map(|faucet| faucet.address().clone());
        let Some(faucet) = faucet.filter(|_| coins_nano > CRUMBS) else {
            return Ok(true);
        };
        let transfer = Outgoing::transfer(faucet, coins_nano - COIN);
        self.send(
            backend,
            &comer.owner,
            "leaves, and gives its coins back",
            &[transfer],
        )?;
        Ok(false)
    }

    /// Whether a chain has more validators than it had at first and must have.
    fn can_spare(&self, backend: &Inside, chain: ChainId) -> Result<bool> {
        let delector = DElector::new(&self.network, chain)?;
        let least = u32::from(delector.params(backend)?.min_validators);
        let eligible = delector.registry(backend, chain)?.eligible;
        Ok(eligible > (least + 1).max(u32::from(self.options.validators) / 2))
    }

    /// Somebody signs two votes, and the watcher brings them to the D'Elector.
    fn misbehave(&mut self, backend: &mut Inside) -> Result<()> {
        let watcher = self.watcher.clone();
        if self.is_busy(&watcher) {
            return Ok(());
        }
        if watcher.coins_nano(backend)? < 50 * COIN {
            return self.give(backend, &watcher, 1_000 * COIN);
        }
        let place = self.random.below(self.chains.len());
        let chain = self.chains[place];
        if !self.can_spare(backend, chain)? {
            return Ok(());
        }
        let registry = self.registry(backend, chain)?;
        let mut candidates = Vec::new();
        for validator in self.comers.values().chain(&self.genesis) {
            if validator.owner.chain() != chain {
                continue;
            }
            let key = signing::public_key(&validator.key);
            if let Some(entry) = registry.keys.get(key)?
                && entry.is_in_use()
            {
                candidates.push(validator.clone());
            }
        }
        let Some(culprit) = self.random.pick(&candidates).cloned() else {
            return Ok(());
        };
        let delector = DElector::new(&self.network, chain)?;
        let evidence = self.double_vote(&culprit, backend)?;
        let (value, id) = (2 * delector.change_value(backend)?, self.query_id());
        let message = delector.submit_evidence(&evidence, value, id)?;
        let what = format!("brings evidence that {} signed twice", culprit.owner.name);
        self.send(backend, &watcher, &what, &[message])?;
        self.peace_until = self.tick + PEACE_TICKS + PATIENCE_TICKS;
        Ok(())
    }

    /// Two conflicting votes, signed here by hand with the culprit's key: a devnet has no nodes that would cast them.
    fn double_vote(&self, culprit: &Validator, backend: &Inside) -> Result<Evidence> {
        let genesis = self.network.genesis;
        let height = backend
            .chains()?
            .first()
            .map_or(1, |main| u64::from(main.seqno));
        let vote = |value: u8| ConsensusVote {
            chain: -1,
            height,
            round: 0,
            vote_type: 1,
            value_hash: HashBytes([value; 32]),
        };
        let (first, second) = (vote(1), vote(2));
        let signatures = [&first, &second].map(|v| signing::sign_vote(&culprit.key, &genesis, v));
        let [one, two] = signatures;
        let key = signing::public_key(&culprit.key);
        Ok(signing::evidence(key, &first, one, second.value_hash, two)?)
    }
}

fn purse(number: u32) -> u128 {
    PURSE + u128::from(number % 7) * 10_000 * COIN
}
