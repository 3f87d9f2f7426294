//! Checks that find a validator's obstacles before the first message is paid for.

use ddvs_client::Backend;
use ddvs_contracts::storage::{DElectorStorage, MAX_RETIRED, RootEntry, RootState};
use ddvs_types::coins;
use tycho_types::cell::HashBytes;

use super::{Candidate, DEPLOY_NANO, MARGIN_NANO};
use crate::counting::Counting;
use crate::request::FEES_NANO;
use crate::staker::{WalletView, checks};
use crate::{NetworkContext, PeopleError, pools, spread, time};

/// Maximum fees of deploying a pool and registering its key, in nano.
const DEPLOYMENT_FEES_NANO: u128 = 200_000_000;

impl Candidate {
    /// Checks whether it can currently come to validate with at least this stake of its own.
    ///
    /// Fails with the obstacle, and the amount or the time with which it works.
    pub fn check_plan(
        &self,
        backend: &dyn Backend,
        context: &NetworkContext,
        stake_nano: u128,
    ) -> Result<(), PeopleError> {
        let state = self.state(backend)?;
        let params = ddvs_client::handles::params(backend, self.root.address().workchain)?;
        let is_new = state.is_none();
        let state = state.unwrap_or_else(RootState::default);
        if state.closed || state.is_removed() {
            // the next step reports it
            return Ok(());
        }
        let pool = Counting::new(state, self.root.terms().clone(), params)?;
        let position = self.staker.wallet.position(backend, self.root.address())?;
        let own = position.staked_nano() + position.pending.into_inner();
        let missing = stake_nano.saturating_sub(own);
        Self::check_amount(&pool, own, missing, position.pending.into_inner())?;
        if missing > 0 && !is_new {
            checks::stake(backend, &self.root, missing)?;
        }
        let copy = context
            .delector(self.root.address().workchain)?
            .storage(backend)?;
        self.check_room(&copy, &pool)?;
        self.check_coins(backend, context, is_new, missing, &pool)
    }

    /// Checks the stake against the minimum of the network and of the pool.
    fn check_amount(
        pool: &Counting,
        own: u128,
        missing: u128,
        pending: u128,
    ) -> Result<(), PeopleError> {
        let (least, most) = (
            u128::from(pool.params.min_stake_nano),
            u128::from(pool.params.max_stake_nano),
        );
        // the Root may or may not know the pending stake yet
        let total = pool.active_nano() + pending + missing;
        if total < least {
            return Err(PeopleError::cannot(
                format!(
                    "a validator needs {} coins of stake, and this pool would have {}",
                    coins(least),
                    coins(total)
                ),
                format!(
                    "choose `--stake {}` or more",
                    coins(own + missing + least - total)
                ),
            ));
        }
        if missing > 0 && total > most {
            return Err(PeopleError::cannot(
                format!(
                    "of one pool the network counts {} coins at most",
                    coins(most)
                ),
                format!(
                    "choose `--stake {}` or less",
                    coins((own + missing).saturating_sub(total - most))
                ),
            ));
        }
        let own_least = pool.terms.min_stake.into_inner();
        if missing > 0 && missing < own_least {
            return Err(PeopleError::cannot(
                format!(
                    "the pool takes no stake below {} coins, its `--min-stake`, and {} would be staked",
                    coins(own_least),
                    coins(missing)
                ),
                format!("choose `--stake {}` or more", coins(own + own_least)),
            ));
        }
        Ok(())
    }

    /// Checks whether the D'Elector accepts a key for this Root.
    ///
    /// Fails with a description of the problem.
    pub fn check_key(
        &self,
        backend: &dyn Backend,
        context: &NetworkContext,
        key: &HashBytes,
    ) -> Result<(), PeopleError> {
        if self
            .state(backend)?
            .is_some_and(|state| state.closed || state.is_removed())
        {
            // the next step reports it
            return Ok(());
        }
        let chain = self.root.address().workchain;
        let copy = &context.delector(chain)?.storage(backend)?;
        let entry = self.entry(copy)?;
        if entry.as_ref().is_some_and(|entry| entry.key == *key) {
            return Ok(());
        }
        let other = "name another one with `--consensus-key`, or leave that out to have one made";
        if let Some(holder) = pools::holder(backend, context, key, chain)? {
            let what = match (holder.is_removed, holder.root == *self.root.address()) {
                (true, _) => format!("the key {key} was removed for misbehaviour, for good"),
                (false, true) => format!("the pool had the key {key} before"),
                (false, false) => format!("the pool {} has the key {key}", holder.root),
            };
            return Err(PeopleError::cannot(what, other));
        }
        if entry.is_none_or(|entry| entry.retired < MAX_RETIRED) {
            return Ok(());
        }
        let now = ddvs_client::getter::unix_time(backend.now_ms()?);
        let first = self.first_retired(copy)?.unwrap_or(now);
        let window = copy
            .params()
            .map_err(PeopleError::codec("reading param 200"))?
            .evidence_window_s;
        Err(PeopleError::cannot(
            format!(
                "the pool has retired {MAX_RETIRED} keys that can still be blamed, or that nobody has purged"
            ),
            format!(
                "have one purged (`PurgeKey`), from {} on, and give the command again",
                time::until(first.saturating_add(window), now)
            ),
        ))
    }

    fn entry(&self, copy: &DElectorStorage) -> Result<Option<RootEntry>, PeopleError> {
        spread::registered(copy, self.root.address())
    }

    /// Returns the Unix time at which the Root retired the oldest key in the registry.
    fn first_retired(&self, copy: &DElectorStorage) -> Result<Option<u32>, PeopleError> {
        let fault = PeopleError::codec("reading the registries");
        let root = self.root.address();
        let Some(registry) = copy.registries.get(root.workchain).map_err(&fault)? else {
            return Ok(None);
        };
        let mut first = None;
        for entry in registry.keys.iter() {
            let (_, entry) = entry.map_err(&fault)?;
            if *entry.root() == root.address
                && let Some(at) = entry.retired_at()
            {
                first = Some(first.map_or(at, |first: u32| first.min(at)));
            }
        }
        Ok(first)
    }

    /// Checks for room in the registry and in the queue.
    fn check_room(&self, copy: &DElectorStorage, pool: &Counting) -> Result<(), PeopleError> {
        let fault = PeopleError::codec("reading the registries");
        let chain = self.root.address().workchain;
        let registry = copy.registries.get(chain).map_err(&fault)?;
        let count = registry.map_or(0, |registry| registry.count);
        if self.entry(copy)?.is_none() && count >= pool.params.max_roots {
            return Err(PeopleError::cannot(
                format!(
                    "chain {chain} has {count} validators registered, the most that there can be"
                ),
                "choose another workchain with `--chain`, or wait until one has left",
            ));
        }
        let local = copy.local.load().map_err(&fault)?;
        if local.tail.wrapping_sub(local.head) >= pool.params.max_queue {
            return Err(PeopleError::cannot(
                format!(
                    "{} changes wait for a batch on chain {chain}, the most that there can be",
                    pool.params.max_queue
                ),
                "give the command again in a few blocks",
            ));
        }
        Ok(())
    }

    /// Checks the coins for everything that is still to be sent.
    fn check_coins(
        &self,
        backend: &dyn Backend,
        context: &NetworkContext,
        is_new: bool,
        missing: u128,
        pool: &Counting,
    ) -> Result<(), PeopleError> {
        let mut needs = 0;
        if is_new {
            needs += DEPLOY_NANO.max(self.root.reserve_nano(backend)?) + DEPLOYMENT_FEES_NANO;
        }
        if missing > 0 {
            let view = self.staker.view(backend)?;
            let active = pool.active_nano() + missing;
            let change = spread::change(backend, context, self.root.address(), pool, active)?;
            needs += lacks_nano(&view, missing) + change.least_nano + FEES_NANO;
        }
        let address = self.staker.owner.address();
        let has = backend.account(address)?.balance_nano;
        if has >= needs {
            return Ok(());
        }
        Err(PeopleError::cannot(
            format!(
                "the owner's account {address} has {} coins, and {} are needed for the pool and its stake",
                coins(has),
                coins(needs)
            ),
            "send it some (on a devnet: `ddvs faucet`); what the way does not use comes back",
        ))
    }

    /// Checks whether another key would come into force.
    ///
    /// Fails with the obstacle, and what to do first.
    pub fn check_rotation(
        &self,
        backend: &dyn Backend,
        context: &NetworkContext,
        key: &HashBytes,
    ) -> Result<(), PeopleError> {
        let pool = self.counting(backend)?;
        let at = self.root.address();
        let gone = |what: &str| {
            PeopleError::cannot(
                format!("the pool {at} {what}, and takes no key"),
                "make another one with `ddvs validator create --nonce N`",
            )
        };
        if pool.state.is_removed() {
            return Err(gone("was removed for misbehaviour"));
        }
        if pool.state.closed {
            return Err(gone("is closed"));
        }
        let (least, total) = (u128::from(pool.params.min_stake_nano), pool.active_nano());
        if total < least {
            return Err(PeopleError::cannot(
                format!(
                    "the pool {at} has {} coins of stake, and a validator needs {}: no key of it can come into force",
                    coins(total),
                    coins(least)
                ),
                format!(
                    "stake {} coins more first, with `ddvs wallet stake`",
                    coins(least - total)
                ),
            ));
        }
        self.check_key(backend, context, key)
    }
}

/// Returns what a wallet lacks for a stake, including storage fees until then, in nano.
pub(super) fn lacks_nano(view: &WalletView, amount_nano: u128) -> u128 {
    match amount_nano.saturating_sub(view.stakable_nano) {
        0 => 0,
        // a wallet that does not exist yet can stake nothing, and its storage must be paid too
        lacks if view.stakable_nano == 0 => {
            let own = view.balance_nano.saturating_sub(view.held_nano);
            (lacks + view.next_reserve_nano).saturating_sub(own) + MARGIN_NANO
        }
        lacks => lacks + MARGIN_NANO,
    }
}
