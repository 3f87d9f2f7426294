//! Messages of the D'Elector & Config: from anyone, and among the copies.

use tycho_types::cell::Lazy;
use tycho_types::models::StdAddr;
use tycho_types::prelude::*;

use super::{BatchEntry, Evidence, message};

message! {
    /// Anyone to D'Elector of the chain where the key is registered: remove it.
    "#48f6c863" SubmitEvidence {
        /// Chosen by the sender; comes back with the excess.
        pub query_id: u64,
        /// Two conflicting votes.
        pub evidence: Lazy<Evidence>,
    }
}
message! {
    /// Anyone to D'Elector: forget a key that left longer than the evidence window ago.
    "#23c95e10" PurgeKey {
        /// Chosen by the sender; comes back with the excess.
        pub query_id: u64,
        /// Account id of the Root that held the key.
        pub root: HashBytes,
        /// The key.
        pub key: HashBytes,
    }
}
message! {
    /// Anyone to D'Elector: write collected changes to param 34, once the interval has passed.
    "#6d2adb5b" PublishSet {
        /// Chosen by the sender.
        pub query_id: u64,
    }
}
message! {
    /// Wallet to D'Elector of the Root's chain: the loss of a settled slash.
    "#568efac5" SlashedCoins {
        /// Of the request that settled.
        pub query_id: u64,
        /// The Root.
        pub root: StdAddr,
    }
}
message! {
    /// Origin to all copies: the batch, and the stakes by which its votes count.
    "#72e8a3f7" Propose {
        /// Number of the batch.
        pub seqno: u32,
        /// The batch.
        pub batch: Lazy<Batch>,
        /// Applied seqno of each chain, packed.
        pub base: Cell,
    }
}
message! {
    /// A copy to all copies: yes.
    "#65a3be8e" Vote {
        /// Chain whose batch it is.
        pub origin: i8,
        /// Number of the batch.
        pub seqno: u32,
        /// Hash of the batch's cell.
        pub batch_hash: HashBytes,
    }
}
message! {
    /// Origin to all copies: the batch in flight also counts by these stakes.
    "#05199d16" Rebase {
        /// Number of the batch.
        pub seqno: u32,
        /// Applied seqno of each chain, packed.
        pub base: Cell,
    }
}
message! {
    /// A copy to one that was told another content.
    "#78c1ad76" Relay {
        /// Chain whose batch it is.
        pub origin: i8,
        /// Number of the batch.
        pub seqno: u32,
        /// The batch.
        pub batch: Lazy<Batch>,
        /// Applied seqno of each chain, packed.
        pub base: Cell,
    }
}
message! {
    /// D'Elector to itself: close the batch of this block.
    "#5bebd977" CloseBatch;
}
message! {
    /// D'Elector to itself: go on where one transaction's limit ended.
    "#50a43da9" Proceed;
}

/// The changes that one origin asks for under one number.
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
pub struct Batch {
    /// Chain whose registry changes.
    pub origin: i8,
    /// Number of the batch.
    pub seqno: u32,
    /// Hash of the batch before.
    pub previous: HashBytes,
    /// By account id of the Root.
    pub entries: Dict<HashBytes, BatchEntry>,
}
