//! Messages between D'Electors. The sender is authentic: a channel has one sender.

use crate::batch::{Base, Chain, ContentId, Seqno};

/// A message between two D'Electors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Message {
    /// Origin of the batch.
    pub origin: Chain,
    /// Number of the batch.
    pub seqno: Seqno,
    /// Content of the batch.
    pub content: ContentId,
    /// Kind and contents of the message.
    pub body: Body,
}

/// Kind of a message about a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Body {
    /// The origin proposes it, to all.
    Propose {
        /// Batches that the origin had applied.
        base: Base,
    },
    /// The sender votes for it, to all.
    Vote,
    /// The votes for it are worth more at this base; sent to a chain that asked.
    Claim {
        /// Base at which to count.
        base: Base,
    },
    /// Asks one chain for the content, if that is missing, or for where its votes were counted.
    Want {
        /// Whether the sender lacks the content.
        lacks: bool,
    },
    /// The content, to a chain that asked. It carries no authority: its hash is what the votes name.
    Relay {
        /// The base in the proposal.
        base: Base,
    },
}

impl Body {
    /// Returns the base that it names.
    pub(crate) const fn base_mut(&mut self) -> Option<&mut Base> {
        match self {
            Self::Propose { base } | Self::Claim { base } | Self::Relay { base } => Some(base),
            Self::Vote | Self::Want { .. } => None,
        }
    }
}
