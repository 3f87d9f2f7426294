//! Messages of a DePool Root: from its owner and from anyone, and to and from the D'Elector & Config.

use tycho_types::cell::Lazy;
use tycho_types::models::StdAddr;
use tycho_types::num::Tokens;
use tycho_types::prelude::*;

use super::messages;
use crate::network::RootTerms;
use crate::primitives::Signature;

messages! {
    /// Messages declared in this file.
    ROOT;

    /// Anyone to Root: deploy the owner's wallet on a chain; the value becomes its free coins.
    "#0cba60c7" DeployWallet: Anyone => Root {
        /// Chosen by the sender.
        pub query_id: u64,
        /// Owner of the new wallet.
        pub owner: StdAddr as owner,
        /// Chain of the new wallet.
        pub chain: i8,
    }

    /// Owner to Root: validate with this key.
    "#29d6cdf8" RegisterKey: Owner => Root,
    event "key_registered" = "**Key registered** at {pool}: {key}" {
        /// Chosen by the sender; comes back with the excess.
        pub query_id: u64,
        /// Ed25519 public key.
        pub key: HashBytes as key,
        /// Proof that the owner has the key.
        pub proof: Lazy<PossessionProof>,
    }

    /// Owner to Root: leave the set and let all stakes unlock, for good.
    "#3d77da80" CloseRoot: Owner => Root,
    event "pool_closed" = "**Pool closed** by its owner: {pool}" {
        /// Chosen by the sender; comes back with the excess.
        pub query_id: u64,
    }

    /// Anyone to Root: request again what the D'Elector does not count yet.
    "#1e4782c5" SyncStake: Anyone => Root {
        /// Chosen by the sender; comes back with the excess.
        pub query_id: u64,
    }

    /// Owner to Root: pay out the Root's surplus.
    "#64ca7a97" TakeSurplus: Owner => Root {
        /// Chosen by the sender; comes back with the coins.
        pub query_id: u64,
    }

    /// Root to D'Elector: count this total.
    "#78420177" UpdateStake: Root => DElector,
    event "update" = "**Update**: {pool} requests that the chains count {amount}" {
        /// Number of the update, given by the Root.
        pub seq: u32,
        /// Stake to be counted; zero to leave.
        pub total: Tokens as amount,
        /// Ed25519 public key.
        pub key: HashBytes as key,
        /// Hash of the Root's code, one of the accepted codes.
        pub code_hash: HashBytes,
        /// The Root's terms, from which its address must follow.
        pub terms: Lazy<RootTerms>,
        /// Present where the key is new in the registry.
        pub proof: Option<Lazy<PossessionProof>>,
    }

    /// D'Elector to Root: the network has agreed.
    "#d688adde" Applied: DElector => Root,
    event "counted" = "**Counted**: {pool} counts {amount}" {
        /// Number of the update.
        pub seq: u32,
        /// Stake that counts now. It differs from the requested one when the value ran out while spreading, or for
        /// the last validators.
        pub total: Tokens as amount,
    }

    /// D'Elector to Root: the update is refused.
    "#d3393a6a" Rejected: DElector => Root,
    problem "update_rejected" = "**Update rejected** for {pool}{reason}" {
        /// Number of the update.
        pub seq: u32,
        /// Reason of the refusal: a [`Reason`](crate::Reason).
        pub reason: u8 as reason,
    }

    /// D'Elector to Root: the validator is removed for misbehaviour.
    "#6b2d6a04" Slash: DElector => Root,
    problem "slashed" = "**Slashed**: {pool} lost {amount}" {
        /// Share of all slashable coins, in 1/10,000.
        pub share_bp: u16,
        /// The key that misbehaved.
        pub key: HashBytes as key,
    }
}

/// Proof of possession of a key for one Root: its signature over
/// [`possession_bytes`](crate::signing::possession_bytes).
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
pub struct PossessionProof {
    /// Ed25519 signature.
    pub signature: Signature,
}
