//! Status of a validator: in the set, or waiting, and for what.

use ddvs_client::{Backend, ChainId, MASTERCHAIN};
use ddvs_contracts::standing::{PoolFacts, PoolStatus};
use ddvs_contracts::storage::{DElectorStorage, RootState};
use tycho_types::models::{StdAddr, ValidatorSet};

use crate::{NetworkContext, PeopleError, spread};

mod words;

/// Status of a validator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// Its key is in the set of its chain.
    Validating {
        /// Its weight there: stake in whole coins.
        weight: u64,
        /// Its weight in the masterchain's set, if it is in that too.
        main_weight: Option<u64>,
        /// Whether the masterchain's D'Elector holds a newer set than the one in force: there is a minimum time
        /// between sets.
        is_main_due: bool,
        /// Whether the masterchain's D'Elector has not applied the last batches of its chain yet.
        is_main_behind: bool,
        /// The rest of a large change; `None` if everything that should count does.
        rest: Option<Uncounted>,
    },
    /// It is not in the set yet, or not any more.
    Waiting(Wait),
    /// The owner closed the Root.
    Closed {
        /// Stake that the D'Elector still counts, in nano.
        counted_nano: u128,
        /// Reason why it still counts.
        leaving: Leaving,
        /// Its weight in the set of its chain, if it is still in that: it validates until the next one is written.
        weight: Option<u64>,
    },
    /// It was removed for misbehaviour.
    Removed {
        /// Its weight in the set of its chain, if it is still in that.
        weight: Option<u64>,
    },
}

/// A large change in progress.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Uncounted {
    /// Stake that counts by now, in nano.
    pub counted_nano: u128,
    /// Stake that should count, in nano.
    pub desired_nano: u128,
    /// Whether it continues by itself; otherwise someone must request the rest.
    pub is_asked: bool,
}

/// Progress of a closed Root that leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leaving {
    /// It counts for nothing.
    Left,
    /// The D'Elector has been asked for the rest.
    Asked,
    /// Nobody has requested the rest: the value for a large change has run out.
    NotAsked,
    /// It is one of the last validators, and must stay with the minimum stake.
    Last,
}

impl Leaving {
    /// Returns its name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Left => "left",
            Self::Asked => "asked",
            Self::NotAsked => "not_asked",
            Self::Last => "last",
        }
    }
}

/// The next event that a validator waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wait {
    /// The owner has registered no key.
    Key,
    /// More stake.
    Stake {
        /// Its stake, in nano.
        has_nano: u128,
        /// Required stake, in nano.
        needs_nano: u128,
    },
    /// The chains' agreement on its update.
    Agreement {
        /// Number of the update.
        seq: u32,
    },
    /// The last update was refused, for a reason of the contracts.
    Refused(u8),
    /// Nobody has requested that all of its stake count.
    Sync,
    /// The next set: too early, or too small.
    Set,
    /// Heavier validators fill the set.
    Room,
}

impl Standing {
    /// Whether it progresses without anyone's action.
    pub fn passes(&self) -> bool {
        match self {
            Self::Waiting(wait) => wait.passes(),
            Self::Validating {
                main_weight: None,
                is_main_behind,
                ..
            } => *is_main_behind,
            _ => false,
        }
    }

    /// Whether it is in the set, neither closed nor removed.
    pub fn is_validating(&self) -> bool {
        matches!(self, Self::Validating { .. })
    }

    /// Returns its weight in the set of its chain, if it is in that: also while it is closed or removed, and validates until
    /// the next set.
    pub fn weight(&self) -> Option<u64> {
        match self {
            Self::Validating { weight, .. } => Some(*weight),
            Self::Waiting(_) => None,
            Self::Closed { weight, .. } | Self::Removed { weight } => *weight,
        }
    }

    /// Returns its name, and whether it is in the set where the name does not say so.
    pub fn label(&self) -> String {
        match self.weight() {
            Some(_) if !self.is_validating() => format!("{}, in the set", self.name()),
            _ => self.name().to_owned(),
        }
    }

    /// Returns its name in reports.
    pub fn name(&self) -> &'static str {
        let status = match self {
            Self::Validating { .. } => PoolStatus::Validating,
            Self::Waiting(_) => PoolStatus::Waiting,
            Self::Closed { .. } => PoolStatus::Closed,
            Self::Removed { .. } => PoolStatus::Removed,
        };
        status.name()
    }
}

impl Wait {
    /// Returns its name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Key => "key",
            Self::Stake { .. } => "stake",
            Self::Agreement { .. } => "agreement",
            Self::Refused(_) => "refused",
            Self::Sync => "sync",
            Self::Set => "set",
            Self::Room => "room",
        }
    }

    /// Whether it completes without anyone's action.
    pub fn passes(self) -> bool {
        matches!(self, Self::Agreement { .. } | Self::Set)
    }
}

/// Returns the status of a Root.
///
/// Fails only when its D'Elector or the masterchain's cannot be read.
pub fn standing(
    backend: &dyn Backend,
    context: &NetworkContext,
    root: &StdAddr,
    state: &RootState,
) -> Result<Standing, PeopleError> {
    let counted_nano = state.counted.into_inner();
    let fault = PeopleError::codec("reading where a validator stands");
    let own = context.delector(root.workchain)?.storage(backend)?;
    let (mut key, next) = state.keys_of().map_err(&fault)?;
    let entry = spread::registered(&own, root)?;
    if key.is_none() {
        // the Root learns it with the last part of a large first stake
        key = entry.as_ref().map(|entry| entry.key);
    }
    let weight = match &key {
        Some(key) => own.weight_of(key).map_err(&fault)?,
        None => None,
    };
    let status = PoolStatus::of(PoolFacts {
        is_removed: state.is_removed(),
        is_closed: state.closed,
        is_in_set: weight.is_some(),
        is_counted: counted_nano > 0,
    });
    if status == PoolStatus::Removed {
        return Ok(Standing::Removed { weight });
    }
    if status == PoolStatus::Closed {
        // stake registered by now; the Root learns it when all of it has left
        let counted_nano = counted_nano.min(spread::registered_nano(&own, root)?);
        let leaving = if state.counted.into_inner() == 0 {
            Leaving::Left
        } else if state.flight.is_some() {
            Leaving::Asked
        } else if is_last(&own, root.workchain, counted_nano)? {
            Leaving::Last
        } else {
            Leaving::NotAsked
        };
        return Ok(Standing::Closed {
            counted_nano,
            leaving,
            weight,
        });
    }
    if let Some((key, weight)) = key.as_ref().zip(weight) {
        let main = context.delector(MASTERCHAIN)?.storage(backend)?;
        let seqno = |copy: &DElectorStorage| -> Result<u32, PeopleError> {
            let registry = copy.registries.get(root.workchain).map_err(&fault)?;
            Ok(registry.map_or(0, |registry| registry.seqno))
        };
        let limits = own.params().map_err(&fault)?;
        let rest = Uncounted {
            counted_nano: entry.map_or(0, |entry| entry.stake.into_inner()),
            desired_nano: state.desired_nano(&limits),
            is_asked: state.flight.is_some(),
        };
        let rest = Some(rest).filter(|rest| rest.counted_nano != rest.desired_nano);
        return Ok(Standing::Validating {
            weight,
            rest,
            is_main_behind: seqno(&main)? < seqno(&own)?,
            main_weight: main.weight_of(key).map_err(&fault)?,
            is_main_due: main.local.load().map_err(&fault)?.set_dirty,
        });
    }
    if key.is_none() && next.is_none() {
        return Ok(Standing::Waiting(Wait::Key));
    }
    if state.flight.is_some() {
        return Ok(Standing::Waiting(Wait::Agreement { seq: state.seq }));
    }
    let needs_nano = u128::from(own.params().map_err(&fault)?.min_stake_nano);
    let has_nano = state.active_nano();
    let local = own.local.load().map_err(&fault)?;
    Ok(Standing::Waiting(if has_nano < needs_nano {
        Wait::Stake {
            has_nano,
            needs_nano,
        }
    } else if let Some(reason) = state.last_reason.filter(|_| counted_nano < needs_nano) {
        Wait::Refused(reason)
    } else if counted_nano < needs_nano {
        Wait::Sync
    } else if local.set_dirty {
        Wait::Set
    } else {
        Wait::Room
    }))
}

/// Whether a Root that should count for nothing is one of the last validators of its chain, and already counts with
/// the minimum.
pub(crate) fn is_last(
    own: &DElectorStorage,
    chain: ChainId,
    counted_nano: u128,
) -> Result<bool, PeopleError> {
    let fault = PeopleError::codec("reading the registries");
    let params = own.params().map_err(&fault)?;
    let registry = own.registries.get(chain).map_err(&fault)?;
    let eligible = registry.map_or(0, |registry| registry.eligible);
    Ok(eligible <= params.min_validators.into() && counted_nano <= params.min_stake_nano.into())
}

/// Returns the set of a chain, from its D'Elector.
pub fn set(
    backend: &dyn Backend,
    context: &NetworkContext,
    chain: ChainId,
) -> Result<ValidatorSet, PeopleError> {
    let storage = context.delector(chain)?.storage(backend)?;
    storage
        .validator_set()
        .map_err(PeopleError::codec("reading a validator set"))
}
