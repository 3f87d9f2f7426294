//! A batch as shown by the API.

use ddvs_client::ChainId;
use ddvs_index::rows::EntryRow;
use serde::Serialize;
use utoipa::ToSchema;

use crate::v1::page::Place;

/// Outcome of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// No copy has applied it.
    Pending,
    /// Some copies have applied it.
    Spreading,
    /// Every copy has applied it.
    Applied,
    /// No copy has applied it any more, or another content was applied under its number.
    Superseded,
}

/// A batch: changes of one chain's registry, agreed as a whole.
#[derive(Debug, Serialize, ToSchema)]
pub struct BatchBody {
    /// Chain whose registry it changes.
    pub origin: i8,
    /// Its number in the origin's sequence.
    pub number: u32,
    /// Hash of its content.
    pub hash: String,
    /// Its outcome.
    pub outcome: Outcome,
    /// Its changes; empty until the content is known.
    pub entries: Vec<EntryBody>,
    /// Block in which its origin proposed it.
    pub proposed: Option<Place>,
    /// Its base, at which its votes are weighed: how many batches of each chain the origin had applied; empty until
    /// the content is known.
    pub base: Vec<BaseBody>,
    /// Other bases at which copies found it agreed.
    pub claims: Vec<ClaimBody>,
    /// Votes; the origin's is implicit in its proposal.
    pub votes: Vec<VoteBody>,
    /// Stake of the voters, as the origin counts now, or counted when it applied the batch.
    pub yes_nano: String,
    /// All stake, counted in the same way. More than half of it decides.
    pub all_nano: String,
    /// Copies that have it applied.
    pub applied: Vec<AppliedBody>,
    /// Copies that had applied and reverted it, since its origin had sent others another one.
    pub taken_back: Vec<TakenBackBody>,
}

/// A change.
#[derive(Debug, Serialize, ToSchema)]
pub struct EntryBody {
    /// `set_stake`, `remove_key` or `forget_key`.
    pub change: &'static str,
    /// The Root.
    pub root: String,
    /// The consensus key.
    pub key: String,
    /// Stake that counts from now on; zero if it leaves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stake_nano: Option<String>,
}

impl From<&EntryRow> for EntryBody {
    fn from(row: &EntryRow) -> Self {
        let (change, root, key, stake) = match row {
            EntryRow::SetStake {
                root,
                stake_nano,
                key,
            } => ("set_stake", root, key, Some(stake_nano.to_string())),
            EntryRow::RemoveKey { root, key } => ("remove_key", root, key, None),
            EntryRow::ForgetKey { root, key } => ("forget_key", root, key, None),
        };
        Self {
            change,
            root: root.to_string(),
            key: key.to_string(),
            stake_nano: stake,
        }
    }
}

/// How many batches of a chain were applied.
#[derive(Debug, Serialize, ToSchema)]
pub struct BaseBody {
    /// The chain.
    pub chain: i8,
    /// Number of its last batch.
    pub number: u32,
}

impl From<&(ChainId, u32)> for BaseBody {
    fn from(&(chain, number): &(ChainId, u32)) -> Self {
        Self { chain, number }
    }
}

/// A base at which a copy found a batch agreed.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClaimBody {
    /// The copy.
    pub copy: i8,
    /// How many batches of each chain were applied.
    pub base: Vec<BaseBody>,
}

/// A copy that reverted a batch.
#[derive(Debug, Serialize, ToSchema)]
pub struct TakenBackBody {
    /// The copy and the block in which it reverted the batch.
    pub at: Place,
    /// The block in which it had applied the batch.
    pub applied: Place,
}

/// A chain's vote.
#[derive(Debug, Serialize, ToSchema)]
pub struct VoteBody {
    /// The voter.
    pub voter: i8,
    /// Block in which it was seen first.
    pub at: Place,
    /// Copies that have it.
    pub known_by: Vec<i8>,
    /// Registered stake behind it, as the origin counts now.
    pub stake_nano: String,
}

/// A copy that applied a batch.
#[derive(Debug, Serialize, ToSchema)]
pub struct AppliedBody {
    /// The copy and its block.
    pub at: Place,
    /// Chains whose votes it had.
    pub voters: Vec<i8>,
    /// Stake of these chains, as counted just before.
    pub yes_nano: String,
    /// All stake, as counted just before.
    pub all_nano: String,
}
