//! Choosing a user's next action.

use anyhow::Result;
use ddvs_client::{DElector, DePoolRoot, Live, Outgoing, Refusal};
use ddvs_contracts::storage::Position;
use ddvs_embedded::EmbeddedLive;
use ddvs_types::COIN;
use tycho_types::models::StdAddr;

use super::People;
use super::people::Person;

/// Coins that the faucet gives a user who has few left.
const POCKET: u128 = 20_000 * COIN;
/// Balance below which the faucet gives more.
const FEW: u128 = 50 * COIN;
/// Balance of the faucet below which it gives no more.
const FAUCET_RESERVE: u128 = 100_000_000 * COIN;
/// Maximum number of Roots with which a user stakes at a time.
pub(super) const MAX_POSITIONS: usize = 4;

impl People {
    /// Lets a user do one action.
    pub(super) fn user(&mut self, live: &EmbeddedLive, number: usize) -> Result<()> {
        let user = self.users[number].clone();
        if self.is_busy(&user) {
            return Ok(());
        }
        let coins_nano = user.coins_nano(live)?;
        let Some(storage) = user.pool.storage(live)? else {
            if coins_nano < POCKET / 2 {
                return self.give(live, &user, POCKET);
            }
            let deposit = user.pool.deposit(coins_nano / 2)?;
            return Ok(self.send(live, &user, "opens a DePool Wallet", &[deposit])?);
        };
        if coins_nano < FEW {
            return self.give(live, &user, POCKET / 10);
        }
        let mut positions = Vec::new();
        for entry in storage.positions.iter() {
            positions.push(entry?);
        }
        let (change, id) = (user.pool.change_value(live)?, self.query_id());
        let now_s = u32::try_from(live.now_ms()? / 1_000)?;
        for (root, position) in &positions {
            if self.is_due(live, root, position, now_s)? {
                let settle = user.pool.settle(root, change, id)?;
                return Ok(self.send(live, &user, "takes what is free again", &[settle])?);
            }
        }
        let free_nano = user.pool.stakable_nano(live)?;
        let staked: Vec<_> = positions
            .iter()
            .filter(|(_, position)| position.staked_nano() > 0 && !is_waiting(position))
            .collect();
        match self.random.below(10) {
            0..=4 if free_nano > 100 * COIN => {
                let known = positions
                    .iter()
                    .map(|(root, _)| root.clone())
                    .collect::<Vec<_>>();
                let Some(root) = self.choose_root(live, &known)? else {
                    return Ok(());
                };
                let parts = 1 + self.random.below(4) as u128;
                let stake = user
                    .pool
                    .stake(&root, free_nano / (parts + 1), change, id)?;
                Ok(self.send(live, &user, "stakes", &[stake])?)
            }
            5 | 6 if !staked.is_empty() => {
                let place = self.random.below(staked.len());
                let (root, position) = staked[place];
                // occasionally too early, which the Root refuses
                if position.unlocked_nano(now_s) < position.staked_nano() && !self.random.one_in(12)
                {
                    return Ok(());
                }
                let all_nano = position.staked_nano();
                let min_nano = 10 * COIN;
                let half_nano = all_nano / 2;
                let is_part = half_nano >= min_nano && self.random.one_in(2);
                let amount_nano = if is_part { half_nano } else { all_nano };
                let unstake = user.pool.unstake(root, amount_nano, change, id)?;
                Ok(self.send(live, &user, "unstakes", &[unstake])?)
            }
            7 if free_nano > 500 * COIN => {
                let withdraw = user.pool.withdraw(Some(free_nano / 2), COIN, id)?;
                Ok(self.send(live, &user, "withdraws", &[withdraw])?)
            }
            8 if coins_nano > 1_000 * COIN => {
                let deposit = user.pool.deposit(coins_nano / 3)?;
                Ok(self.send(live, &user, "tops up", &[deposit])?)
            }
            _ => Ok(()),
        }
    }

    /// Whether coins of a position may be released, or a slash settled.
    pub(super) fn is_due(
        &self,
        live: &EmbeddedLive,
        root: &StdAddr,
        position: &Position,
        now_s: u32,
    ) -> Result<bool> {
        if position.settling || position.releasing.into_inner() > 0 {
            return Ok(false);
        }
        for entry in position.unlocking.iter() {
            if entry?.0 < now_s {
                return Ok(true);
            }
        }
        let is_held = position.staked_nano() > 0 || !position.unlocking.is_empty();
        if position.settled || !is_held {
            return Ok(false);
        }
        let handle = match DePoolRoot::fetch(live, &self.network, root) {
            Ok(handle) => handle,
            Err(error) if error.refusal().is_some() => return Ok(false),
            Err(error) => return Err(error.into()),
        };
        Ok(handle.state(live)?.is_removed())
    }

    /// Chooses a validator to stake with: one of those known, or of any chain.
    fn choose_root(
        &mut self,
        live: &EmbeddedLive,
        known: &[StdAddr],
    ) -> Result<Option<DePoolRoot>> {
        let address =
            if known.len() >= MAX_POSITIONS || (!known.is_empty() && self.random.one_in(3)) {
                self.random.pick(known).cloned()
            } else {
                let place = self.random.below(self.chains.len());
                let chain = self.chains[place];
                let registry = DElector::new(&self.network, chain)?.registry(live, chain)?;
                let mut roots = Vec::new();
                for entry in registry.roots.iter().take(1_000) {
                    let (id, root) = entry?;
                    if !root.is_removed {
                        roots.push(StdAddr::new(chain, id));
                    }
                }
                self.random.pick(&roots).cloned()
            };
        let Some(address) = address else {
            return Ok(None);
        };
        let root = match DePoolRoot::fetch(live, &self.network, &address) {
            Ok(root) => root,
            Err(error) if matches!(error.refusal(), Some(Refusal::NotActive(_))) => {
                return Ok(None);
            }
            Err(error) => return Err(error.into()),
        };
        let state = root.state(live)?;
        Ok((!state.closed && !state.is_removed()).then_some(root))
    }

    /// Lets the faucet give a user coins, as long as it has enough for all.
    pub(super) fn give(
        &mut self,
        live: &EmbeddedLive,
        to: &Person,
        amount_nano: u128,
    ) -> Result<()> {
        let Some(faucet) = self.faucets.get(&to.chain()).cloned() else {
            return Ok(());
        };
        if self.is_busy(&faucet) || faucet.coins_nano(live)? < FAUCET_RESERVE {
            return Ok(());
        }
        let transfer = Outgoing::transfer(to.address().clone(), amount_nano);
        self.send(
            live,
            &faucet,
            &format!("gives coins to {}", to.name),
            &[transfer],
        )?;
        // the faucet is shared: two requests just must not be in the same block
        self.busy.insert(faucet.name.clone(), self.tick + 2);
        self.busy.insert(to.name.clone(), self.tick + self.patience);
        Ok(())
    }
}

/// Whether a Root has not answered a request of a position yet.
pub(super) fn is_waiting(position: &Position) -> bool {
    position.unstaking
        || position.settling
        || position.pending.into_inner() > 0
        || position.leaving_nano() > 0
        || position.releasing.into_inner() > 0
}
