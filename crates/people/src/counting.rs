//! Predicts what a Root requests from its D'Elector, and what it releases, as `contracts/pool` does, so that a
//! request that would be refused need not be sent.

use ddvs_client::{Backend, DePoolRoot};
use ddvs_contracts::counting::is_update_due;
use ddvs_contracts::params::DdvsParams;
use ddvs_contracts::storage::{RootState, times};
use ddvs_contracts::{Reason, RootTerms};
use ddvs_types::coins;
use tycho_types::models::StdAddr;

use crate::PeopleError;

/// A snapshot of a Root, with the limits of its chain.
#[derive(Debug, Clone)]
pub struct Counting {
    /// Its state.
    pub state: RootState,
    /// Its terms, which can never change.
    pub terms: RootTerms,
    /// Param 200 of its chain.
    pub params: DdvsParams,
    /// Stake requested by the update in flight, in nano.
    flight_nano: Option<u128>,
    /// Whether the owner has registered a key that no update has requested.
    is_key_waiting: bool,
}

/// A Root's answer to a release request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Release {
    /// It releases everything or a part.
    Goes,
    /// Coins that counted recently must stay until this time, in Unix seconds.
    Until(u32),
    /// The D'Elector counts these coins, and has been asked to count less.
    Counted,
}

impl Counting {
    /// Reads a Root.
    ///
    /// Fails with a refusal when it is not deployed.
    pub fn read(backend: &dyn Backend, root: &DePoolRoot) -> Result<Self, PeopleError> {
        let params = ddvs_client::handles::params(backend, root.address().workchain)?;
        Self::new(root.state(backend)?, root.terms().clone(), params)
    }

    /// Returns the snapshot of a known state.
    ///
    /// Fails only when a cell of the state does not parse.
    pub fn new(
        state: RootState,
        terms: RootTerms,
        params: DdvsParams,
    ) -> Result<Self, PeopleError> {
        let fault = PeopleError::codec("reading a Root");
        let flight = state.flight.as_ref().map(|flight| flight.load());
        let flight = flight.transpose().map_err(&fault)?;
        Ok(Self {
            flight_nano: flight.map(|flight| flight.total.into_inner()),
            is_key_waiting: state.is_key_waiting().map_err(&fault)?,
            state,
            terms,
            params,
        })
    }

    /// Returns everything that is staked, in nano.
    pub fn active_nano(&self) -> u128 {
        self.state.active_nano()
    }

    /// Returns the stake that the D'Elector counts, in nano.
    pub fn counted_nano(&self) -> u128 {
        self.state.counted.into_inner()
    }

    /// Returns the stake that the D'Elector should count, in nano.
    pub fn desired_nano(&self) -> u128 {
        self.desired_with(self.active_nano())
    }

    /// Returns the stake that it should count if `active_nano` were staked, in nano.
    pub fn desired_with(&self, active_nano: u128) -> u128 {
        self.state.desired_with_nano(&self.params, active_nano)
    }

    /// Returns why a stake with this Root would currently be locked without counting, when `active_nano` is staked
    /// then.
    pub fn idle_words(&self, active_nano: u128) -> Option<String> {
        let least = u128::from(self.params.min_stake_nano);
        if active_nano < least {
            return Some(format!(
                "the pool will have {} coins, and counts from {} on: until then the stake is locked and counts for nothing",
                coins(active_nano),
                coins(least)
            ));
        }
        if self.state.keys.is_none() {
            return Some(
                "the pool has no consensus key: until its owner registers one, the stake is locked and counts for nothing"
                    .to_owned(),
            );
        }
        let reason = self.state.last_reason.and_then(Reason::from_code);
        let reason = reason.filter(|_| self.counted_nano() == 0 && self.flight_nano.is_none());
        reason.map(|reason| {
            format!(
                "the network refused the pool's last update, {reason} If it does so again, the stake is locked and counts for nothing"
            )
        })
    }

    /// Returns the stake requested by the update in flight, in nano.
    pub fn flight_nano(&self) -> Option<u128> {
        self.flight_nano
    }

    /// Whether an update of the D'Elector is due.
    pub fn needs_update(&self) -> bool {
        is_update_due(
            self.desired_nano(),
            self.counted_nano(),
            self.is_key_waiting,
        )
    }

    /// Returns its answer to a wallet of `owner` that requests `due_nano` at a Unix time.
    pub fn release(&self, owner: &StdAddr, due_nano: u128, now: u32) -> Release {
        if self.state.is_removed() {
            return Release::Goes;
        }
        let always = self
            .counted_nano()
            .max(self.flight_nano.unwrap_or_default());
        let floors: Vec<_> = self
            .state
            .floors()
            .map(|floors| times(floors).filter(|(until, _)| *until > now).collect())
            .unwrap_or_default();
        let required = floors
            .iter()
            .map(|(_, level)| *level)
            .fold(always, u128::max);
        let cover = match self.terms.owner == *owner {
            false => self.state.backing_nano(),
            true => {
                let own =
                    self.state.owner_active.into_inner() + self.state.owner_unlocking.into_inner();
                match self.state.overcounted {
                    true => own,
                    false => own + self.state.users_active.into_inner(),
                }
            }
        };
        if cover > required {
            return Release::Goes;
        }
        let level = cover.saturating_sub(due_nano);
        let last = floors.iter().rev().find(|(_, floor)| *floor > level);
        match last {
            Some((until, _)) if always <= level => Release::Until(*until),
            // it sends an update to the D'Elector on this occasion
            _ if self.flight_nano.is_none() && self.needs_update() => Release::Goes,
            _ => Release::Counted,
        }
    }
}
