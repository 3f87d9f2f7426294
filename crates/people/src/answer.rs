//! Outcome of a request, read from the tree of its messages.

use std::fmt;

use ddvs_client::owner::exit;
use ddvs_contracts::{ExitCode, Reason};
use ddvs_types::coins;
use serde::{Deserialize, Serialize};
use tycho_types::models::StdAddr;

mod reading;
mod slash;

pub use reading::read;
pub(crate) use slash::{exact, has_settled};

/// The event that counts as the answer to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The receiver has executed it: a deposit, a key, evidence.
    Take,
    /// Coins arrive at the owner.
    Withdraw,
    /// The Root's answer arrives at the wallet.
    Ask,
    /// Coins arrive at an account, which need not have code.
    Pay,
}

/// Outcome of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// A stake is locked.
    Locked {
        /// Amount staked, in nano.
        amount_nano: u128,
        /// End of the lock, in Unix seconds.
        lock_until: u32,
    },
    /// A stake is unlocking.
    Unlocking {
        /// Amount unlocking, in nano: what a slash has left of the requested amount.
        amount_nano: u128,
        /// Time from which it can be settled, in Unix seconds.
        release_at: u32,
        /// Loss of all stakes with this pool by a slash that was settled with this answer, in nano.
        lost_nano: u128,
    },
    /// Coins are free.
    Released {
        /// Amount released, in nano: what a slash has left of the due amount.
        amount_nano: u128,
        /// Loss of all stakes with this pool by a slash that was settled with this answer, in nano.
        lost_nano: u128,
    },
    /// Coins arrived at an account.
    Paid {
        /// Amount, in nano.
        amount_nano: u128,
    },
    /// The receiver did what was requested.
    Taken,
    /// A contract refused. The request is undone.
    Refused(Rejection),
}

/// A contract's refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    /// The contract.
    pub by: StdAddr,
    /// The reason.
    pub reason: RejectReason,
    /// Time from which it will accept, in Unix seconds, if it reported that.
    pub until: Option<u32>,
}

/// Reason of a contract's refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RejectReason {
    /// It failed with an exit code.
    Exit(i32),
    /// It answered with a reason.
    Reason(u8),
    /// There is no contract, or it did not get enough coins to run.
    NotRun,
    /// The owner's wallet did not send the message, with its exit code if it has one.
    NotSent(Option<i32>),
    /// The message could not be delivered.
    NoWay,
}

impl RejectReason {
    /// Returns its name in reports.
    pub fn name(self) -> String {
        match self {
            Self::Exit(code) => ExitCode::from_code(code)
                .map_or_else(|| format!("EXIT_{code}"), |e| e.name().into()),
            Self::Reason(code) => Reason::from_code(code)
                .map_or_else(|| format!("REASON_{code}"), |r| r.name().into()),
            Self::NotRun => "NOT_RUN".to_owned(),
            Self::NotSent(_) => "NOT_SENT".to_owned(),
            Self::NoWay => "NOT_DELIVERED".to_owned(),
        }
    }

    /// Returns its code, if it has one.
    pub fn code(self) -> Option<i32> {
        match self {
            Self::Exit(code) => Some(code),
            Self::Reason(code) => Some(code.into()),
            Self::NotSent(code) => code,
            Self::NotRun | Self::NoWay => None,
        }
    }

    /// Returns a description and advice.
    pub fn words(self) -> (String, String) {
        let own = |meaning: &str, advice: &str| (meaning.to_owned(), advice.to_owned());
        match self {
            Self::Exit(code) => match ExitCode::from_code(code) {
                Some(known) => own(known.meaning(), known.advice()),
                None => (
                    format!("The contract failed with exit code {code}."),
                    "Look the code up among those of the TVM.".to_owned(),
                ),
            },
            Self::Reason(code) => match Reason::from_code(code) {
                Some(known @ Reason::Locked) => own(
                    known.meaning(),
                    "Wait until then: `ddvs wallet status` shows when.",
                ),
                Some(known) => own(known.meaning(), known.advice()),
                None => (
                    format!("The reason is number {code}, which this version does not know."),
                    "Use the version that the network was made with.".to_owned(),
                ),
            },
            Self::NotRun => own(
                "There is no contract at that address, or too few coins came for it to run.",
                "Check the address.",
            ),
            Self::NotSent(Some(exit::SEQNO)) => own(
                "Another request of the same account came first and took its number, so it never runs.",
                "Give the command again.",
            ),
            Self::NotSent(Some(exit::EXPIRED)) => own(
                "No block took it before its time was over, so it never runs.",
                "Give the command again.",
            ),
            Self::NotSent(Some(code)) => (
                format!("The owner's wallet turned the request down with exit code {code}."),
                "Check that the key is the owner's, and try again.".to_owned(),
            ),
            Self::NotSent(None) => own(
                "The owner's wallet did not send the message.",
                "Check that it has enough coins, and try again.",
            ),
            Self::NoWay => own(
                "The message came back: the network could not deliver it.",
                "Check that both chains exist and know each other.",
            ),
        }
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (meaning, advice) = self.reason.words();
        let code = self.reason.code().map(|code| format!(" ({code})"));
        let name = self.reason.name();
        write!(f, "{name}{}: {meaning} {advice}", code.unwrap_or_default())
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Locked { amount_nano, .. } => write!(f, "locked: {} coins", coins(*amount_nano)),
            Self::Unlocking { amount_nano, .. } => {
                write!(f, "unlocking: {} coins", coins(*amount_nano))
            }
            Self::Released { amount_nano, .. } => {
                write!(f, "released: {} coins", coins(*amount_nano))
            }
            Self::Paid { amount_nano } => write!(f, "paid: {} coins", coins(*amount_nano)),
            Self::Taken => f.write_str("done"),
            Self::Refused(rejection) => write!(f, "refused: {rejection}"),
        }
    }
}
