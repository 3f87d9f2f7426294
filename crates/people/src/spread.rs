//! Large changes of a stake. A batch moves at most a share of a chain's stake, so a larger change takes several
//! batches, each of which takes its part of the attached value. When that has run out, the rest waits until someone
//! requests it.

use ddvs_client::{Backend, ChainId};
use ddvs_contracts::params::DdvsParams;
use ddvs_contracts::storage::{DElectorStorage, RootEntry};
use tycho_types::models::StdAddr;

use crate::counting::Counting;
use crate::validator::Candidate;
use crate::{NetworkContext, PeopleError, Request, standing};

/// Maximum number of batches that one request pays for; another one pays for the rest.
const MAX_PAID: u32 = 100;
/// Maximum number of batches that are predicted.
const MAX_STEPS: u32 = 1_000;

/// Returns the number of batches of a change on a chain with `total_nano` of registered stake, if nothing else
/// changes.
pub fn batches(params: &DdvsParams, total_nano: u128, before_nano: u128, after_nano: u128) -> u32 {
    let least: u128 = params.min_stake_nano.into();
    let (mut total, mut stake) = (total_nano, before_nano);
    let mut count = 0;
    while stake != after_nano && count < MAX_STEPS {
        count += 1;
        let room = (total / 10_000 * u128::from(params.churn_bp)).max(least);
        let next = match after_nano.abs_diff(stake) > room {
            false => after_nano,
            true if after_nano > stake => (stake + room).max(least),
            true => stake.saturating_sub(room).max(least),
        };
        total = (total + next).saturating_sub(stake);
        stake = next;
    }
    count
}

/// Returns the value to attach to such a change, in nano; the unused part comes back.
pub fn value_nano(params: &DdvsParams, batches: u32) -> u128 {
    let one = u128::from(params.change_value_nano());
    let more = batches.clamp(1, MAX_PAID) - 1;
    if more == 0 {
        return one;
    }
    let each = u128::from(params.batch_value_nano) + u128::from(params.item_value_nano);
    // the first part pays for the key's place, and the remaining value must still suffice for an update
    one + u128::from(more) * each + u128::from(params.place_value_nano.get())
}

/// A planned change of a stake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// Number of its batches, if nothing else changes.
    pub batches: u32,
    /// Value to attach, in nano.
    pub value_nano: u128,
    /// Minimum value to attach, in nano: it pays for one batch, and the rest waits until someone requests it.
    pub least_nano: u128,
}

impl Change {
    /// Returns the value to attach for an owner with this balance, in nano: for fewer batches, if it does not suffice
    /// for all.
    pub fn affordable_nano(&self, has_nano: u128) -> u128 {
        self.value_nano.min(has_nano).max(self.least_nano)
    }
}

/// Returns the change until a Root counts with `active_nano` of stake.
///
/// Fails only when the network cannot be read.
pub fn change(
    backend: &dyn Backend,
    context: &NetworkContext,
    root: &StdAddr,
    pool: &Counting,
    active_nano: u128,
) -> Result<Change, PeopleError> {
    let total = total_nano(
        &context.delector(root.workchain)?.storage(backend)?,
        root.workchain,
    )?;
    let after = pool.desired_with(active_nano);
    let batches = batches(&pool.params, total, pool.counted_nano(), after);
    Ok(Change {
        batches,
        value_nano: value_nano(&pool.params, batches),
        least_nano: pool.params.change_value_nano().into(),
    })
}

fn total_nano(copy: &DElectorStorage, chain: ChainId) -> Result<u128, PeopleError> {
    let fault = PeopleError::codec("reading the registries");
    let registry = copy.registries.get(chain).map_err(fault)?;
    Ok(registry.map_or(0, |registry| registry.total.into_inner()))
}

/// Returns a request's note about its batches, if there is more than one.
pub(crate) fn words(batches: u32) -> String {
    match batches {
        0 | 1 => String::new(),
        batches => format!(", which the network counts in some {batches} batches"),
    }
}

/// Progress of a change.
#[derive(Debug, Clone)]
pub enum Progress {
    /// Everything that should count does.
    Done,
    /// It continues by itself.
    Spreading(Rest),
    /// Its value has run out, and this request continues it.
    Ask(Rest, Box<Request>),
    /// Another request has no effect: the last answer was the same.
    Held(Rest),
}

/// The rest of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rest {
    /// Stake that counts by now, in nano.
    pub counted_nano: u128,
    /// Stake that should count, in nano.
    pub desired_nano: u128,
    /// Number of remaining batches, if nothing else changes.
    pub batches: u32,
}

/// Continues a large change until everything that should count does.
#[derive(Debug)]
pub struct Follower<'a> {
    candidate: &'a Candidate,
    /// Stake that counted at the last request, in nano.
    asked_at_nano: Option<u128>,
}

impl<'a> Follower<'a> {
    /// Returns the start of a change, before any request.
    pub fn new(candidate: &'a Candidate) -> Self {
        Self {
            candidate,
            asked_at_nano: None,
        }
    }

    /// Returns its current progress. A returned request must be sent before the next call.
    ///
    /// Fails when the network cannot be read, or there is no Root.
    pub fn look(
        &mut self,
        backend: &dyn Backend,
        context: &NetworkContext,
    ) -> Result<Progress, PeopleError> {
        let candidate = self.candidate;
        let pool = candidate.counting(backend)?;
        let desired_nano = pool.desired_nano();
        let root = candidate.root.address();
        let own = context.delector(root.workchain)?.storage(backend)?;
        let counted_nano = registered_nano(&own, root)?;
        let total = total_nano(&own, root.workchain)?;
        let rest = Rest {
            counted_nano,
            desired_nano,
            batches: batches(&pool.params, total, counted_nano, desired_nano),
        };
        if pool.flight_nano().is_some() {
            return Ok(Progress::Spreading(rest));
        }
        if pool.counted_nano() == desired_nano || pool.state.is_removed() {
            return Ok(Progress::Done);
        }
        let is_last = desired_nano == 0 && standing::is_last(&own, root.workchain, counted_nano)?;
        if is_last || self.asked_at_nano == Some(counted_nano) {
            return Ok(Progress::Held(rest));
        }
        self.asked_at_nano = Some(counted_nano);
        Ok(Progress::Ask(
            rest,
            Box::new(candidate.sync(backend, context)?),
        ))
    }
}

/// Returns the stake that a copy has registered for a Root of its chain, in nano: while a large change is spread, the
/// Root itself knows only the earlier value.
pub(crate) fn registered_nano(own: &DElectorStorage, root: &StdAddr) -> Result<u128, PeopleError> {
    let entry = registered(own, root)?;
    Ok(entry.map_or(0, |entry| entry.stake.into_inner()))
}

/// Returns the entry of a Root in a copy of its chain's registry.
pub(crate) fn registered(
    own: &DElectorStorage,
    root: &StdAddr,
) -> Result<Option<RootEntry>, PeopleError> {
    let fault = PeopleError::codec("reading the registries");
    own.registered(root).map_err(fault)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ddvs_contracts::params::Uint48;
    use ddvs_types::COIN;
    use ddvs_zerostate::{Limits, Prices};

    fn params() -> DdvsParams {
        let (prices, limits) = (Prices::default(), Limits::default());
        DdvsParams {
            op_value_nano: 1,
            batch_value_nano: 100,
            item_value_nano: 10,
            answer_value_nano: 5,
            place_value_nano: Uint48::new(1_000),
            ..prices.params(&limits, 3, false)
        }
    }

    #[test]
    fn a_change_takes_as_many_batches_as_its_churn() {
        let params = params();
        let total = 400_000 * COIN;
        assert_eq!(batches(&params, total, 0, 0), 0);
        assert_eq!(batches(&params, total, 0, 133_000 * COIN), 1);
        assert_eq!(batches(&params, total, 0, 134_000 * COIN), 2);
        // 133,320, then a third of 533,320, and so on
        assert_eq!(batches(&params, total, 0, 900_000 * COIN), 5);
        // a validator that leaves stops at the minimum
        assert_eq!(batches(&params, total, 140_000 * COIN, 0), 2);
        assert_eq!(batches(&params, 0, 0, 10_000 * COIN), 1);
    }

    #[test]
    fn each_further_batch_is_paid_for() {
        let params = params();
        assert_eq!(value_nano(&params, 0), 1_116);
        assert_eq!(value_nano(&params, 1), 1_116);
        assert_eq!(value_nano(&params, 3), 1_116 + 220 + 1_000);
        assert_eq!(value_nano(&params, 1_000), value_nano(&params, MAX_PAID));
    }
}
