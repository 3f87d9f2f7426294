//! What D'Electors send to each other. The sender is authentic: a channel has one sender.

use crate::batch::{Base, Chain, ContentId, Seqno};

/// A message between two D'Electors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Message {
    /// The origin of the batch that the message is about.
    pub origin: Chain,
    /// The number of that batch.
    pub seqno: Seqno,
    /// The content that it names.
    pub content: ContentId,
    /// What it says about it.
    pub body: Body,
}

/// What a message says about a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Body {
    /// "I propose it"; only from the origin, to all.
    Propose {
        /// What the origin had applied.
        base: Base,
    },
    /// "I vote for it", to all.
    Vote,
    /// "The votes for it are worth more at this base: count them there", to one that asked.
    Claim {
        /// Where to count.
        base: Base,
    },
    /// "What have you got of it?", to one chain: the content, if that is lacking, or where its votes were counted.
    Want {
        /// Whether the one who asks lacks the content.
        lacks: bool,
    },
    /// "Here is the content", to one that asked. Trusted for nothing: its hash is what the votes name.
    Relay {
        /// The base in the proposal.
        base: Base,
    },
}

impl Body {
    /// The base that it names.
    pub(crate) const fn base_mut(&mut self) -> Option<&mut Base> {
        match self {
            Self::Propose { base } | Self::Claim { base } | Self::Relay { base } => Some(base),
            Self::Vote | Self::Want { .. } => None,
        }
    }
}
