//! Where a validator stands: in the set, or waiting, and for what.

use std::fmt;

use ddvs_client::{Backend, ChainId, MASTERCHAIN};
use ddvs_contracts::Reason;
use ddvs_contracts::params::{DdvsParams, PARAM_DDVS};
use ddvs_contracts::storage::{DElectorStorage, RootState};
use tycho_types::cell::HashBytes;
use tycho_types::models::{BlockchainConfigParams, StdAddr, ValidatorSet};

use crate::coins::coins;
use crate::{PeopleError, Site};

/// Where a validator stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// Its key is in the set of its chain.
    Validating {
        /// Its weight there: stake in whole coins.
        weight: u64,
        /// Its weight in the masterchain's set, if it is in that too.
        main_weight: Option<u64>,
        /// Whether the masterchain's D'Elector holds a newer set than the one in force: sets are a least time apart.
        is_main_due: bool,
        /// Whether the masterchain's D'Elector has not applied the last batches of its chain yet.
        is_main_behind: bool,
    },
    /// It is not in the set yet, or not any more.
    Waiting(Wait),
    /// The owner closed the Root.
    Closed {
        /// What the D'Elector still counts, in nano.
        counted_nano: u128,
    },
    /// It was removed for misbehaviour.
    Removed,
}

/// What a validator waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wait {
    /// The owner has registered no key.
    Key,
    /// More stake.
    Stake {
        /// What it has, in nano.
        has_nano: u128,
        /// What it needs, in nano.
        needs_nano: u128,
    },
    /// The chains' agreement on its update.
    Agreement {
        /// Number of the update.
        seq: u32,
    },
    /// The last update was refused, for a reason of the contracts.
    Refused(u8),
    /// Nobody has asked for what counts less than it has.
    Sync,
    /// The next set: too early, or too small.
    Set,
    /// Heavier validators fill the set.
    Room,
}

impl Standing {
    /// Whether more of it is to come without anybody doing anything.
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

    /// Whether it is in the set.
    pub fn is_validating(&self) -> bool {
        matches!(self, Self::Validating { .. })
    }

    /// Its name in reports.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Validating { .. } => "validating",
            Self::Waiting(_) => "waiting",
            Self::Closed { .. } => "closed",
            Self::Removed => "removed",
        }
    }
}

impl Wait {
    /// Its name in reports.
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

    /// Whether it ends without anybody doing anything.
    pub fn passes(self) -> bool {
        matches!(self, Self::Agreement { .. } | Self::Set)
    }
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Validating {
                weight,
                main_weight,
                is_main_due,
                is_main_behind,
            } => {
                write!(f, "validating, with a weight of {weight}")?;
                match main_weight {
                    Some(_) => f.write_str(", and in the masterchain's set too"),
                    None if *is_main_due => f.write_str(
                        "; the masterchain's next set waits for its time, and is written by the first message to the \
                         D'Elector after it: `ddvs tycho run-validator` sends one",
                    ),
                    None if *is_main_behind => f.write_str(
                        "; the masterchain has not heard of its chain's last changes yet",
                    ),
                    None => f.write_str("; the masterchain's set is full of heavier ones"),
                }
            }
            Self::Waiting(wait) => write!(f, "waiting: {wait}"),
            Self::Closed { counted_nano: 0 } => {
                f.write_str("closed: it has left the set, and every stake may unlock")
            }
            Self::Closed { counted_nano } => write!(
                f,
                "closed, but {} coins are still counted: the last validators cannot leave; once others have joined, \
                 anyone may sync it",
                coins(*counted_nano)
            ),
            Self::Removed => f.write_str("removed for misbehaviour, for good"),
        }
    }
}

impl fmt::Display for Wait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key => f.write_str("the owner has registered no key"),
            Self::Stake {
                has_nano,
                needs_nano,
            } => write!(
                f,
                "the pool has {} coins of stake, and a validator needs {}: stake more",
                coins(*has_nano),
                coins(*needs_nano)
            ),
            Self::Agreement { seq } => write!(f, "the chains have not agreed on its update {seq} yet"),
            Self::Refused(code) => match Reason::from_code(*code) {
                Some(reason) => write!(f, "its update was refused, {reason}"),
                None => write!(f, "its update was refused for reason {code}"),
            },
            Self::Sync => f.write_str(
                "not all of its stake counts, and nobody has asked for it: `ddvs validator create` again asks",
            ),
            Self::Set => f.write_str("the next set is not written yet: its time has not come, or it is too small"),
            Self::Room => f.write_str("heavier validators fill the set: stake more, or wait until one leaves"),
        }
    }
}

/// Where a Root stands.
///
/// Fails only when its D'Elector or the masterchain's cannot be read.
pub fn standing(
    backend: &dyn Backend,
    site: &Site,
    root: &StdAddr,
    state: &RootState,
) -> Result<Standing, PeopleError> {
    if state.is_removed() {
        return Ok(Standing::Removed);
    }
    let counted_nano = state.counted.into_inner();
    if state.closed {
        return Ok(Standing::Closed { counted_nano });
    }
    let fault = PeopleError::codec("reading where a validator stands");
    let (key, next) = state.keys_of().map_err(&fault)?;
    let own = site.delector(root.workchain)?.storage(backend)?;
    if let Some(key) = &key
        && let Some(weight) = weight(&own, key).map_err(&fault)?
    {
        let main = site.delector(MASTERCHAIN)?.storage(backend)?;
        let seqno = |copy: &DElectorStorage| -> Result<u32, PeopleError> {
            let registry = copy.registries.get(root.workchain).map_err(&fault)?;
            Ok(registry.map_or(0, |registry| registry.seqno))
        };
        return Ok(Standing::Validating {
            weight,
            is_main_behind: seqno(&main)? < seqno(&own)?,
            main_weight: self::weight(&main, key).map_err(&fault)?,
            is_main_due: main.local.load().map_err(&fault)?.set_dirty,
        });
    }
    if key.is_none() && next.is_none() {
        return Ok(Standing::Waiting(Wait::Key));
    }
    if state.flight.is_some() {
        return Ok(Standing::Waiting(Wait::Agreement { seq: state.seq }));
    }
    let needs_nano = u128::from(params(&own).map_err(&fault)?.min_stake_nano);
    let has_nano = state.owner_active.into_inner() + state.users_active.into_inner();
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

fn set_of(storage: &DElectorStorage) -> Result<ValidatorSet, tycho_types::error::Error> {
    BlockchainConfigParams::from_raw(storage.config.clone()).get_current_validator_set()
}

fn weight(
    storage: &DElectorStorage,
    key: &HashBytes,
) -> Result<Option<u64>, tycho_types::error::Error> {
    let set = set_of(storage)?;
    let member = set.list.iter().find(|member| member.public_key == *key);
    Ok(member.map(|member| member.weight))
}

/// Param 200 out of a D'Elector.
pub(crate) fn params(storage: &DElectorStorage) -> Result<DdvsParams, tycho_types::error::Error> {
    let config = BlockchainConfigParams::from_raw(storage.config.clone());
    let cell = config.get_raw_cell_ref(PARAM_DDVS)?;
    cell.ok_or(tycho_types::error::Error::InvalidData)?.parse()
}

/// The set of a chain, as its D'Elector has it.
pub fn set(
    backend: &dyn Backend,
    site: &Site,
    chain: ChainId,
) -> Result<ValidatorSet, PeopleError> {
    let storage = site.delector(chain)?.storage(backend)?;
    set_of(&storage).map_err(PeopleError::codec("reading a validator set"))
}
