//! Describing the status of a validator.

use std::fmt;

use ddvs_contracts::Reason;
use ddvs_types::coins;

use super::{Leaving, Standing, Uncounted, Wait};

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Validating {
                weight,
                main_weight,
                is_main_due,
                is_main_behind,
                rest,
            } => {
                write!(f, "validating, with a weight of {weight}")?;
                match main_weight {
                    Some(_) => f.write_str(", and in the masterchain's set too"),
                    None if *is_main_due => f.write_str(
                        "; the masterchain's next set waits for its time, and is written by the first message to the \
                         D'Elector after it: `ddvs tycho run-validator` sends one",
                    ),
                    None if *is_main_behind => f.write_str(
                        "; the masterchain has not received its chain's last changes yet",
                    ),
                    None => f.write_str("; the masterchain's set is full of heavier ones"),
                }?;
                match rest {
                    None => Ok(()),
                    Some(rest) => write!(f, "; {rest}"),
                }
            }
            Self::Waiting(wait) => write!(f, "waiting: {wait}"),
            Self::Closed {
                counted_nano: 0,
                weight,
                ..
            } => match weight {
                None => f.write_str("closed: it has left the set, and every stake may unlock"),
                Some(weight) => write!(
                    f,
                    "closed: every stake may unlock, and it validates with a weight of {weight} until the next set is written"
                ),
            },
            Self::Closed {
                counted_nano,
                leaving,
                weight,
            } => {
                write!(
                    f,
                    "closed, but {} coins are still counted: ",
                    coins(*counted_nano)
                )?;
                f.write_str(match leaving {
                    Leaving::Left | Leaving::Asked => "they leave batch by batch",
                    Leaving::NotAsked => {
                        "nobody has asked for the rest, which `ddvs validator close` again does, or anyone with `ddvs wallet sync --pool POOL`"
                    }
                    Leaving::Last => {
                        "the last validators cannot leave; once others have joined, `ddvs validator close` again asks for the rest"
                    }
                })?;
                match weight {
                    None => Ok(()),
                    Some(weight) => write!(f, "; it still validates, with a weight of {weight}"),
                }
            }
            Self::Removed { weight } => {
                f.write_str("removed for misbehaviour, for good")?;
                match weight {
                    None => Ok(()),
                    Some(_) => f.write_str("; its key is in the set until the next one is written"),
                }
            }
        }
    }
}

impl fmt::Display for Uncounted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} of {} coins count: ",
            coins(self.counted_nano),
            coins(self.desired_nano)
        )?;
        f.write_str(match self.is_asked {
            true => "the rest follows batch by batch",
            false => "nobody has asked for the rest, which anyone may, with `ddvs wallet sync --pool POOL`",
        })
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
                "not all of its stake counts, and nobody has asked for it: anyone may, with `ddvs wallet sync --pool POOL`",
            ),
            Self::Set => f.write_str("the next set is not written yet: its time has not come, or it is too small"),
            Self::Room => f.write_str("heavier validators fill the set: stake more, or wait until one leaves"),
        }
    }
}
