//! Findings of a round, with advice.

use std::fmt;

use ddvs_contracts::Reason;
use ddvs_types::coins::coins_rounded_down;
use tycho_types::models::StdAddr;

/// Severity of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Normal, or temporary.
    Info,
    /// It may pass; investigate if it stays.
    Warning,
    /// Action is required.
    Error,
}

impl Level {
    /// Returns its name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// A finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// The node's RPC does not answer, or is not ready.
    NodeSilent(String),
    /// Other nodes are ahead, or up to date while this one is not.
    NodeLags {
        /// Age of its last block, in seconds.
        lag_s: u64,
        /// Number of masterchain blocks by which the best other node is ahead.
        behind: u32,
    },
    /// No node has a recent block.
    NetworkStands {
        /// Age of the last block, in seconds.
        lag_s: u64,
    },
    /// The last block is old, and there is no other node to compare with.
    OldBlock {
        /// Its age, in seconds.
        lag_s: u64,
    },
    /// Other nodes do not answer.
    PeersSilent(usize),
    /// The node's files cannot be read; the last readable ones are used.
    Files(String),
    /// The contracts cannot be read now.
    Unread(String),
    /// There is no contract at the Root's address.
    RootMissing,
    /// There is another contract at the Root's address.
    RootForeign,
    /// The Root was removed for misbehaviour.
    RootRemoved,
    /// The Root was closed by its owner.
    RootClosed,
    /// The node's key was removed for misbehaviour.
    KeyRemoved,
    /// The node's key is or was registered by another Root.
    KeyTaken(StdAddr),
    /// Only the Root's owner can register the node's key.
    KeyNeedsOwner,
    /// The Root's update has not been answered yet.
    UpdateWaits {
        /// Its number.
        seq: u32,
        /// Seconds since it was first seen.
        since_s: u64,
    },
    /// The D'Elector does not count what it should, and it has refused an update.
    Refused(u8),
    /// There is too little stake to validate.
    StakeTooSmall {
        /// The Root's stake, in nano.
        stake_nano: u128,
        /// Required stake, in nano.
        min_nano: u128,
    },
    /// The wallet cannot pay for the actions.
    WalletPoor {
        /// Its address.
        address: StdAddr,
        /// Its balance, in nano.
        has_nano: u128,
        /// Required balance, in nano.
        needs_nano: u128,
    },
    /// A set waits for the end of the interval.
    SetWaits {
        /// Seconds until it may be published.
        in_s: u32,
    },
    /// A set has too few members to be published.
    SetTooSmall {
        /// Number of its members.
        size: u16,
        /// Minimum with which the network's nodes run.
        least: u16,
    },
    /// An action must be repeated, after a pause.
    TriesLater {
        /// The action.
        what: &'static str,
        /// Remaining pause, in seconds.
        in_s: u64,
    },
    /// A message could not be sent.
    NotSent(String),
}

/// Seconds after which an update in flight causes a warning: a batch takes some blocks of all chains.
const SLOW_UPDATE_S: u64 = 120;

impl Finding {
    /// Returns its name in reports.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NodeSilent(_) => "node-silent",
            Self::NodeLags { .. } => "node-lags",
            Self::NetworkStands { .. } => "network-stands",
            Self::OldBlock { .. } => "old-block",
            Self::PeersSilent(_) => "peers-silent",
            Self::Files(_) => "files",
            Self::Unread(_) => "unread",
            Self::RootMissing => "root-missing",
            Self::RootForeign => "root-foreign",
            Self::RootRemoved => "root-removed",
            Self::RootClosed => "root-closed",
            Self::KeyRemoved => "key-removed",
            Self::KeyTaken(_) => "key-taken",
            Self::KeyNeedsOwner => "key-needs-owner",
            Self::UpdateWaits { .. } => "update-waits",
            Self::Refused(_) => "refused",
            Self::StakeTooSmall { .. } => "stake-too-small",
            Self::WalletPoor { .. } => "wallet-poor",
            Self::SetWaits { .. } => "set-waits",
            Self::SetTooSmall { .. } => "set-too-small",
            Self::TriesLater { .. } => "tries-later",
            Self::NotSent(_) => "not-sent",
        }
    }

    /// Returns its severity.
    pub fn level(&self) -> Level {
        match self {
            Self::RootClosed | Self::SetWaits { .. } | Self::TriesLater { .. } => Level::Info,
            Self::UpdateWaits { since_s, .. } if *since_s < SLOW_UPDATE_S => Level::Info,
            Self::NodeSilent(_)
            | Self::NodeLags { .. }
            | Self::OldBlock { .. }
            | Self::PeersSilent(_)
            | Self::Unread(_)
            | Self::UpdateWaits { .. }
            | Self::Refused(_)
            | Self::SetTooSmall { .. }
            | Self::NotSent(_) => Level::Warning,
            Self::NetworkStands { .. }
            | Self::Files(_)
            | Self::RootMissing
            | Self::RootForeign
            | Self::RootRemoved
            | Self::KeyRemoved
            | Self::KeyTaken(_)
            | Self::KeyNeedsOwner
            | Self::StakeTooSmall { .. }
            | Self::WalletPoor { .. } => Level::Error,
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NodeSilent(reason) => {
                write!(f, "the node does not answer, so nothing is done until it does: {reason}")
            }
            Self::NodeLags { lag_s, behind } => write!(
                f,
                "the node lags: its last block is {lag_s} s old, {behind} blocks behind the best of the other nodes; nothing is \
                 registered until it has caught up"
            ),
            Self::NetworkStands { lag_s } => write!(
                f,
                "the network stands: the last block of every node that answers is {lag_s} s old; do validators with more than two \
                 thirds of the weight run?"
            ),
            Self::OldBlock { lag_s } => write!(
                f,
                "the node's last block is {lag_s} s old: it lags, or the network has stopped; `peers` in validator.toml would show which"
            ),
            Self::PeersSilent(count) => write!(
                f,
                "{count} of the other nodes do not answer: do the addresses under `peers` in validator.toml still hold?"
            ),
            Self::Files(reason) => write!(f, "the last files that could be read are used: {reason}"),
            Self::Unread(reason) => write!(f, "the contracts cannot be read now: {reason}"),
            Self::RootMissing => f.write_str(
                "there is no contract at the Root's address: deploy the Root, or put the right `root` into validator.toml",
            ),
            Self::RootForeign => f.write_str(
                "the contract at the Root's address is not a Root of this network: put the right `root` into validator.toml",
            ),
            Self::RootRemoved => f.write_str(
                "the Root was removed for misbehaviour, for good: deploy another one, and make a new node key",
            ),
            Self::RootClosed => f.write_str("the Root is closed: it leaves the set, and takes no stakes"),
            Self::KeyRemoved => f.write_str(
                "the node's key was removed for misbehaviour: stop the node, make a new key with `tycho tool gen-key`, start it again",
            ),
            Self::KeyTaken(root) => write!(
                f,
                "the node's key is registered with {root}, or was lately: stop the node, make a new key with `tycho tool \
                 gen-key`, start it again"
            ),
            Self::KeyNeedsOwner => f.write_str(
                "the Root has another key than the node, and only its owner can register one: put the owner's key under \
                 `wallet_key` into validator.toml, or have the owner register it",
            ),
            Self::UpdateWaits { seq, since_s } => write!(
                f,
                "the Root's update {seq} waits for the D'Electors' agreement, for {since_s} s so far"
            ),
            Self::Refused(code) => match Reason::from_code(*code) {
                Some(reason) => write!(f, "an update of the Root was refused: {reason}"),
                None => write!(f, "an update of the Root was refused for the unknown reason {code}"),
            },
            Self::StakeTooSmall {
                stake_nano,
                min_nano,
            } => write!(
                f,
                "the Root has {} coins of stake, and a validator needs {}: stake more",
                coins_rounded_down(*stake_nano),
                coins_rounded_down(*min_nano)
            ),
            Self::WalletPoor {
                address,
                has_nano,
                needs_nano,
            } => write!(
                f,
                "the wallet {address} has {} coins, and {} are needed: send it some; most of it comes back",
                coins_rounded_down(*has_nano),
                coins_rounded_down(*needs_nano)
            ),
            Self::SetWaits { in_s } => write!(f, "a new set may be published in {in_s} s"),
            Self::SetTooSmall { size, least } => write!(
                f,
                "the new set has {size} members and {least} are needed: the last one stays in force until more validate"
            ),
            Self::TriesLater { what, in_s } => write!(f, "{what}: again in {in_s} s"),
            Self::NotSent(reason) => f.write_str(reason),
        }
    }
}
