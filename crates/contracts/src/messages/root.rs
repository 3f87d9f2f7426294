//! Messages of a DePool Root: from its owner and from anyone, and to and from the D'Elector & Config.

use tycho_types::cell::Lazy;
use tycho_types::models::StdAddr;
use tycho_types::num::Tokens;
use tycho_types::prelude::*;

use super::message;
use crate::network::RootTerms;
use crate::primitives::Signature;

message! {
    /// Anyone to Root: deploy the owner's wallet on a chain; the value becomes its free coins.
    "#0cba60c7" DeployWallet {
        /// Chosen by the sender.
        pub query_id: u64,
        /// Owner of the new wallet.
        pub owner: StdAddr,
        /// Chain of the new wallet.
        pub chain: i8,
    }
}
message! {
    /// Owner to Root: validate with this key.
    "#29d6cdf8" RegisterKey {
        /// Chosen by the sender; comes back with the excess.
        pub query_id: u64,
        /// Ed25519 public key.
        pub key: HashBytes,
        /// Proof that the owner has the key.
        pub proof: Lazy<PossessionProof>,
    }
}
message! {
    /// Owner to Root: leave the set and let all stakes unlock, for good.
    "#3d77da80" CloseRoot {
        /// Chosen by the sender; comes back with the excess.
        pub query_id: u64,
    }
}
message! {
    /// Anyone to Root: request again what the D'Elector does not count yet.
    "#1e4782c5" SyncStake {
        /// Chosen by the sender; comes back with the excess.
        pub query_id: u64,
    }
}
message! {
    /// Owner to Root: pay out the Root's surplus.
    "#64ca7a97" TakeSurplus {
        /// Chosen by the sender; comes back with the coins.
        pub query_id: u64,
    }
}

/// Proof of possession of a key for one Root: its signature over
/// [`possession_bytes`](crate::signing::possession_bytes).
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
pub struct PossessionProof {
    /// Ed25519 signature.
    pub signature: Signature,
}

message! {
    /// Root to D'Elector: count this total.
    "#78420177" UpdateStake {
        /// Number of the update, given by the Root.
        pub seq: u32,
        /// Stake to be counted; zero to leave.
        pub total: Tokens,
        /// Ed25519 public key.
        pub key: HashBytes,
        /// Hash of the Root's code, one of the accepted codes.
        pub code_hash: HashBytes,
        /// The Root's terms, from which its address must follow.
        pub terms: Lazy<RootTerms>,
        /// Present where the key is new in the registry.
        pub proof: Option<Lazy<PossessionProof>>,
    }
}
message! {
    /// D'Elector to Root: the network has agreed.
    "#d688adde" Applied {
        /// Number of the update.
        pub seq: u32,
        /// Stake that counts now. It differs from the requested one when the value ran out while spreading, or for
        /// the last validators.
        pub total: Tokens,
    }
}
message! {
    /// D'Elector to Root: the update is refused.
    "#d3393a6a" Rejected {
        /// Number of the update.
        pub seq: u32,
        /// Reason of the refusal: a [`Reason`](crate::Reason).
        pub reason: u8,
    }
}
message! {
    /// D'Elector to Root: the validator is removed for misbehaviour.
    "#6b2d6a04" Slash {
        /// Share of all slashable coins, in 1/10,000.
        pub share_bp: u16,
        /// The key that misbehaved.
        pub key: HashBytes,
    }
}
