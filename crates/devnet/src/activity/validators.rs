//! Validators that join, leave, and misbehave.

use anyhow::Result;
use ddvs_client::{ChainId, DElector, DePoolRoot, Live, Outgoing};
use ddvs_contracts::signing;
use ddvs_contracts::storage::ChainRegistry;
use ddvs_embedded::EmbeddedLive;
use ddvs_types::COIN;

use super::People;
use super::people::{CRUMBS, Comer, MAX_COMERS, Validator};
use super::users::is_waiting;

/// Maximum number of validators of a chain beyond those that it began with.
pub(super) const GUESTS: u32 = 2;
/// Number of removed Roots of a chain from which on nobody misbehaves there: their entries are permanent, and room is
/// limited.
const MAX_REMOVED: u32 = 900;
/// Minimum number of checks between two voluntary leaves; it grows with the number of joins, up to ten minutes.
const STAY_TICKS: u64 = 60;
const MAX_STAY_TICKS: u64 = 1_200;
/// Number of events after which such an interval has doubled.
const CALMER_EVERY: u64 = 10;
/// Number of request durations that a newcomer's stake may take to count.
const ARRIVAL_REQUESTS: u64 = 40;
/// Initial coins of a validator; slightly more by its number.
const PURSE: u128 = 40_000 * COIN;
/// Initial balance of a Root.
const ROOT_COINS: u128 = 2 * COIN;

impl People {
    /// Does the next action of one of the validators.
    pub(super) fn validators(&mut self, live: &EmbeddedLive) -> Result<()> {
        let place = self.random.below(self.chains.len());
        self.invite(live, self.chains[place])?;
        let numbers: Vec<_> = self.comers.keys().copied().collect();
        if let Some(&number) = self.random.pick(&numbers) {
            let comer = self.comers[&number].validator.clone();
            if !self.is_busy(&comer.owner) && self.comer_acts(live, &comer)? {
                self.comers.remove(&number);
                self.busy.remove(&comer.owner.name);
            }
        }
        self.watch(live)
    }

    pub(super) fn registry(&self, live: &EmbeddedLive, chain: ChainId) -> Result<ChainRegistry> {
        Ok(DElector::new(&self.network, chain)?.registry(live, chain)?)
    }

    /// Adds a newcomer when a chain lacks validators, or occasionally as a guest.
    fn invite(&mut self, live: &EmbeddedLive, chain: ChainId) -> Result<()> {
        let Some(&number) = self.next_comers.get(&chain) else {
            return Ok(());
        };
        if number >= MAX_COMERS {
            return Ok(());
        }
        let registry = self.registry(live, chain)?;
        let mut count = registry.eligible;
        for comer in self.comers.values() {
            let is_late = self.tick > comer.since + ARRIVAL_REQUESTS * self.patience;
            if comer.validator.owner.chain() != chain || is_late {
                continue;
            }
            if registry.roots.get(comer.root.address)?.is_none() {
                count += 1;
            }
        }
        let wanted = u32::from(self.options.validators);
        let lacks = count < wanted;
        let may_visit = count < wanted + GUESTS && self.random.one_in(60);
        if !(lacks || may_visit) {
            return Ok(());
        }
        let validator = self.comer(number)?;
        self.give(live, &validator.owner, purse(number))?;
        if self.is_busy(&validator.owner) {
            let comer = Comer::new(validator, &self.network, self.tick)?;
            self.comers.insert(number, comer);
            let step = u32::try_from(self.chains.len())?;
            self.next_comers.insert(chain, number + step);
        }
        Ok(())
    }

    /// Does a newcomer's next action. Returns whether it has left permanently.
    fn comer_acts(&mut self, live: &EmbeddedLive, comer: &Validator) -> Result<bool> {
        let owner = &comer.owner;
        let root = DePoolRoot::new(&self.network, owner.chain(), comer.terms.clone())?;
        let change = root.change_value(live)?;
        if live.account(root.address())?.state_init().is_none() {
            if owner.coins_nano(live)? < PURSE / 2 {
                // its coins have not arrived yet, or it has left
                return Ok(owner.coins_nano(live)? < CRUMBS);
            }
            let proof =
                signing::prove_possession(&comer.key, &self.network.genesis, root.address());
            let id = self.query_id();
            let coins_nano = owner.coins_nano(live)?;
            // the Root keeps its storage reserve from its first change on
            let first_change = change + root.reserve_nano(live)?;
            let messages = [
                root.deploy(ROOT_COINS)?,
                root.register_key(signing::public_key(&comer.key), &proof, first_change, id)?,
                owner.pool.deposit(coins_nano - coins_nano / 10)?,
            ];
            self.send(
                live,
                owner,
                "deploys a DePool Root and registers its key",
                &messages,
            )?;
            return Ok(false);
        }
        let state = root.state(live)?;
        let position = owner.pool.position(live, root.address())?;
        let free_nano = owner.pool.stakable_nano(live)?;
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
                self.send(live, owner, "makes its own stake", &[stake])?;
            } else if self.tick >= self.stay_until
                && self.random.one_in(8)
                && self.has_guests(live, owner.chain())?
            {
                let close = root.close(change, id)?;
                self.send(live, owner, "closes its pool", &[close])?;
                let came = self.next_comers.values().map(|next| u64::from(*next)).max();
                let stay = calmer(STAY_TICKS, came.unwrap_or(0)).min(MAX_STAY_TICKS);
                self.stay_until = self.tick + stay;
            } else if free_nano > 500 * COIN && self.random.one_in(10) {
                let stake = owner.pool.stake(&root, free_nano / 2, change, id)?;
                self.send(live, owner, "stakes more", &[stake])?;
            }
            return Ok(false);
        }
        let now_s = u32::try_from(live.now_ms()? / 1_000)?;
        if self.is_due(live, root.address(), &position, now_s)? {
            let settle = owner.pool.settle(root.address(), change, id)?;
            self.send(live, owner, "takes back what is left", &[settle])?;
        } else if position.staked_nano() > 0 && (!state.is_removed() || position.settled) {
            // of a removed validator: what the slash left
            let amount = position.staked_nano();
            let unstake = owner.pool.unstake(root.address(), amount, change, id)?;
            self.send(live, owner, "unstakes", &[unstake])?;
        } else if free_nano > CRUMBS {
            let withdraw = owner.pool.withdraw(None, COIN, id)?;
            self.send(live, owner, "withdraws", &[withdraw])?;
        } else if position.staked_nano() == 0 && position.unlocking.is_empty() {
            return self.go_home(live, comer);
        }
        Ok(false)
    }

    /// Returns the remaining coins to the faucet.
    fn go_home(&mut self, live: &EmbeddedLive, comer: &Validator) -> Result<bool> {
        let coins_nano = comer.owner.coins_nano(live)?;
        let faucet = self
            .faucets
            .get(&comer.owner.chain())
            .map(|faucet| faucet.address().clone());
        let Some(faucet) = faucet.filter(|_| coins_nano > CRUMBS) else {
            return Ok(true);
        };
        let transfer = Outgoing::transfer(faucet, coins_nano - COIN);
        self.send(
            live,
            &comer.owner,
            "leaves, and gives its coins back",
            &[transfer],
        )?;
        Ok(false)
    }

    /// Whether a chain has more validators than it began with.
    fn has_guests(&self, live: &EmbeddedLive, chain: ChainId) -> Result<bool> {
        let eligible = self.registry(live, chain)?.eligible;
        Ok(eligible > u32::from(self.options.validators))
    }

    /// Whether a chain can spare one of its validators until another one has joined.
    pub(super) fn can_spare(&self, live: &EmbeddedLive, chain: ChainId) -> Result<bool> {
        let delector = DElector::new(&self.network, chain)?;
        let least = u32::from(delector.params(live)?.min_validators);
        let registry = delector.registry(live, chain)?;
        let enough = u32::from(self.options.validators).max(least + 2);
        Ok(registry.eligible >= enough && registry.removed < MAX_REMOVED)
    }
}

/// Returns an interval that grows with the number of events.
pub(super) fn calmer(ticks: u64, happened: u64) -> u64 {
    ticks.saturating_mul(CALMER_EVERY + happened) / CALMER_EVERY
}

fn purse(number: u32) -> u128 {
    PURSE + u128::from(number % 7) * 10_000 * COIN
}
