//! Becoming a validator, step by step. The next step is read from the network, so an interrupted user starts again
//! and continues where the network is.

use ddvs_client::{Backend, DePoolRoot, Outgoing};
use ddvs_contracts::signing::{prove_possession, public_key};
use ddvs_contracts::storage::RootState;
use ddvs_types::{COIN, coins};
use tycho_crypto::ed25519::KeyPair;
use tycho_types::cell::HashBytes;

use crate::answer::Kind;
use crate::counting::Counting;
use crate::request::FEES_NANO;
use crate::spread::{self, Change};
use crate::staker::query_id;
use crate::standing::{self, Standing, Wait};
use crate::{NetworkContext, PeopleError, Request, Staker, upkeep};

mod plan;
mod wishes;

use plan::lacks_nano;
pub use wishes::Wishes;

/// Coins that a Root is deployed with, in nano. `RegisterKey` adds what its storage reserve lacks.
const DEPLOY_NANO: u128 = COIN;
/// Coins deposited in a wallet besides a stake, in nano: storage fees are charged before the stake is counted.
const MARGIN_NANO: u128 = 100_000_000;

/// A user who wants to validate, or does.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// Its accounts.
    pub staker: Staker,
    /// Its Root, deployed or not.
    pub root: DePoolRoot,
}

/// A step on the way into the set.
#[derive(Debug, Clone)]
pub enum Step {
    /// A request must be sent.
    Send(Request),
    /// Not all of the stake counts: it can be requested again. Once is enough, since it may be refused again.
    Sync(Request),
    /// Nothing must be sent; this is the status.
    Stand(Standing),
}

impl Candidate {
    /// Returns the candidate with these terms on the chain of its accounts.
    ///
    /// Fails on the masterchain, where no Root works.
    pub fn new(
        backend: &dyn Backend,
        context: &NetworkContext,
        staker: Staker,
        wishes: &Wishes,
    ) -> Result<Self, PeopleError> {
        let root = wishes.root(backend, context, staker.owner.address())?;
        Ok(Self { staker, root })
    }

    /// Returns the state of the Root; `None` before it is deployed.
    pub fn state(&self, backend: &dyn Backend) -> Result<Option<RootState>, PeopleError> {
        let account = backend.account(self.root.address())?;
        if account.state_init().is_none() {
            return Ok(None);
        }
        Ok(Some(self.root.state(backend)?))
    }

    /// Returns its status; `None` before the Root is deployed.
    pub fn standing(
        &self,
        backend: &dyn Backend,
        context: &NetworkContext,
    ) -> Result<Option<Standing>, PeopleError> {
        let Some(state) = self.state(backend)? else {
            return Ok(None);
        };
        standing::standing(backend, context, self.root.address(), &state).map(Some)
    }

    /// Returns the next step towards validating with `key` and at least this stake of its own.
    ///
    /// Fails when the Root is closed or removed.
    pub fn next_step(
        &self,
        backend: &dyn Backend,
        context: &NetworkContext,
        key: &KeyPair,
        stake_nano: u128,
    ) -> Result<Step, PeopleError> {
        let Some(state) = self.state(backend)? else {
            return self.deploy(backend, context, key).map(Step::Send);
        };
        let gone = |what: &str| {
            PeopleError::cannot(
                format!("the pool {} {what}", self.root.address()),
                "deploy another one: choose another `--nonce`",
            )
        };
        let stands = standing::standing(backend, context, self.root.address(), &state)?;
        match stands {
            Standing::Removed { .. } => return Err(gone("was removed for misbehaviour")),
            Standing::Closed { .. } => return Err(gone("is closed")),
            Standing::Validating { .. } | Standing::Waiting(_) => {}
        }
        let fault = PeopleError::codec("reading a Root's keys");
        let public = public_key(key);
        let (key_in_use, next_key) = state.keys_of().map_err(&fault)?;
        if ![key_in_use, next_key].contains(&Some(public)) {
            return self.register(backend, context, key).map(Step::Send);
        }
        let position = self.staker.wallet.position(backend, self.root.address())?;
        let staked = position.staked_nano() + position.pending.into_inner();
        if staked < stake_nano {
            return self
                .stake(backend, context, stake_nano - staked)
                .map(Step::Send);
        }
        if matches!(stands, Standing::Waiting(Wait::Sync | Wait::Refused(_))) {
            return self.sync(backend, context).map(Step::Sync);
        }
        Ok(Step::Stand(stands))
    }

    fn request(&self, about: String, messages: Vec<Outgoing>, kind: Kind) -> Request {
        Request {
            about,
            owner: self.staker.owner.clone(),
            messages,
            kind,
        }
    }

    fn key_message(
        &self,
        backend: &dyn Backend,
        context: &NetworkContext,
        key: &KeyPair,
    ) -> Result<Outgoing, PeopleError> {
        let proof = prove_possession(key, &context.network.genesis, self.root.address());
        let value = self.root.change_value(backend)? + self.root.reserve_nano(backend)?;
        let query_id = query_id(backend)?;
        Ok(self
            .root
            .register_key(public_key(key), &proof, value, query_id)?)
    }

    fn deploy(
        &self,
        backend: &dyn Backend,
        context: &NetworkContext,
        key: &KeyPair,
    ) -> Result<Request, PeopleError> {
        let messages = vec![
            self.root.deploy(DEPLOY_NANO)?,
            self.key_message(backend, context, key)?,
        ];
        let about = format!(
            "deploy the pool {} and register its key",
            self.root.address()
        );
        Ok(self.request(about, messages, Kind::Take))
    }

    /// Registers a key: the first one, or one that replaces another.
    pub fn register(
        &self,
        backend: &dyn Backend,
        context: &NetworkContext,
        key: &KeyPair,
    ) -> Result<Request, PeopleError> {
        let about = format!("register the consensus key {}", public_key(key));
        let messages = vec![self.key_message(backend, context, key)?];
        Ok(self.request(about, messages, Kind::Take))
    }

    pub(crate) fn stake(
        &self,
        backend: &dyn Backend,
        context: &NetworkContext,
        amount_nano: u128,
    ) -> Result<Request, PeopleError> {
        let view = self.staker.view(backend)?;
        let mut messages = Vec::new();
        let brought = lacks_nano(&view, amount_nano);
        if brought > 0 {
            messages.push(self.staker.wallet.deposit(brought)?);
        }
        let pool = self.counting(backend)?;
        let active = pool.active_nano() + amount_nano;
        let change = spread::change(backend, context, self.root.address(), &pool, active)?;
        let value = self.affordable_nano(backend, &change, brought)?;
        let query_id = query_id(backend)?;
        messages.push(
            self.staker
                .wallet
                .stake(&self.root, amount_nano, value, query_id)?,
        );
        let about = format!("stake {} coins", coins(amount_nano));
        Ok(self.request(about, messages, Kind::Ask))
    }

    /// Returns the value to attach to a large change, besides coins that are sent with it, in nano.
    fn affordable_nano(
        &self,
        backend: &dyn Backend,
        change: &Change,
        beside_nano: u128,
    ) -> Result<u128, PeopleError> {
        let has = backend.account(self.staker.owner.address())?.balance_nano;
        Ok(change.affordable_nano(has.saturating_sub(beside_nano + FEES_NANO)))
    }

    /// Returns a snapshot of its Root.
    ///
    /// Fails when it is not deployed.
    pub fn counting(&self, backend: &dyn Backend) -> Result<Counting, PeopleError> {
        let params = ddvs_client::handles::params(backend, self.root.address().workchain)?;
        Counting::new(self.deployed(backend)?, self.root.terms().clone(), params)
    }

    /// Requests again what does not count yet, with enough value for all batches.
    ///
    /// Fails when there is no Root.
    pub fn sync(
        &self,
        backend: &dyn Backend,
        context: &NetworkContext,
    ) -> Result<Request, PeopleError> {
        self.deployed(backend)?;
        upkeep::sync(backend, context, &self.staker.owner, &self.root)
    }

    /// Leaves the set permanently; `None` if the Root is closed already.
    ///
    /// Fails when there is no Root.
    pub fn close(
        &self,
        backend: &dyn Backend,
        context: &NetworkContext,
    ) -> Result<Option<Request>, PeopleError> {
        let pool = self.counting(backend)?;
        if pool.state.closed || pool.state.is_removed() {
            return Ok(None);
        }
        let change = spread::change(backend, context, self.root.address(), &pool, 0)?;
        let value = self.affordable_nano(backend, &change, 0)?;
        let messages = vec![self.root.close(value, query_id(backend)?)?];
        let about = format!("close the pool {}", self.root.address());
        Ok(Some(self.request(about, messages, Kind::Take)))
    }

    /// Returns the Root's current key, and its next one.
    ///
    /// Fails when there is no Root.
    pub fn keys(
        &self,
        backend: &dyn Backend,
    ) -> Result<(Option<HashBytes>, Option<HashBytes>), PeopleError> {
        let state = self.deployed(backend)?;
        let fault = PeopleError::codec("reading a Root's keys");
        state.keys_of().map_err(&fault)
    }

    /// Returns the state of the Root.
    ///
    /// Fails when it is not deployed.
    pub fn deployed(&self, backend: &dyn Backend) -> Result<RootState, PeopleError> {
        self.state(backend)?.ok_or_else(|| {
            PeopleError::cannot(
                format!("there is no pool at {}", self.root.address()),
                "make one with `ddvs validator create`, or name the pool with `--pool`",
            )
        })
    }
}
