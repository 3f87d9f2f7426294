//! Proofs of an account and of a message, against a header that was proven.

use ddvs_types::{Lane, StateRoot};
use tycho_types::cell::{Cell, CellFamily, HashBytes};
use tycho_types::dict::Dict;
use tycho_types::error::Error;
use tycho_types::merkle::MerkleProof;
use tycho_types::models::{Account, DepthBalanceInfo, ShardAccount, StdAddr};

use crate::Header;

/// Most messages that may follow the proven one in its lane.
pub const MAX_LATER_MESSAGES: usize = 32_768;

/// The accounts of a chain, by account id.
type Accounts = Dict<HashBytes, (DepthBalanceInfo, ShardAccount)>;

/// Reason why something is not proven.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProofRefusal {
    /// Something cannot be decoded.
    #[error("the proof cannot be decoded: {0}")]
    Cell(#[from] Error),
    /// The account or the message is of another chain than the header.
    #[error("the header is of chain {0}")]
    Chain(i8),
    /// The state is another one than that of the header.
    #[error("it is of another state than the header's")]
    State,
    /// The header's lane does not contain the message in that place.
    #[error("the lane to chain {0} has no such message in that place")]
    Lane(i8),
}

/// Proof of the state of an account, or of its absence, after a block.
#[derive(Debug, Clone)]
pub struct AccountProof {
    /// Hash of everything in the state but the accounts.
    pub rest: HashBytes,
    /// Merkle proof of the accounts dictionary: the cell of the proof itself.
    pub accounts: Cell,
}

impl AccountProof {
    /// Returns the account after the block of `header`; `None` if there was none.
    ///
    /// Fails only when that is not proven.
    pub fn verify(
        &self,
        header: &Header,
        address: &StdAddr,
    ) -> Result<Option<Account>, ProofRefusal> {
        if address.workchain != header.scope.chain {
            return Err(ProofRefusal::Chain(header.scope.chain));
        }
        let proof: MerkleProof = self.accounts.parse_exotic()?;
        let root = StateRoot {
            accounts: proof.hash,
            rest: self.rest,
        };
        if root.hash()? != header.state {
            return Err(ProofRefusal::State);
        }
        let accounts = Accounts::from(Some(Cell::virtualize(proof.cell)));
        let Some((_, state)) = accounts.get(address.address)? else {
            return Ok(None);
        };
        Ok(state.load_account()?)
    }
}

/// Proof that a message was sent from the chain of a header to another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageProof {
    /// Number of the message in its lane, from 0.
    pub number: u64,
    /// Running hash of the lane before it.
    pub before: HashBytes,
    /// Hashes of all messages that follow it in the lane of the header.
    pub later: Vec<HashBytes>,
}

impl MessageProof {
    /// Checks that the chain of `header` has sent the message with this hash to `destination`, in the place that
    /// [`Self::number`] names.
    ///
    /// Fails only when that is not proven.
    pub fn verify(
        &self,
        header: &Header,
        destination: i8,
        message: &HashBytes,
    ) -> Result<(), ProofRefusal> {
        let refusal = ProofRefusal::Lane(destination);
        let Some(end) = header.lanes.get(&destination) else {
            return Err(refusal);
        };
        if self.later.len() > MAX_LATER_MESSAGES {
            return Err(refusal);
        }
        let mut lane = Lane {
            count: self.number,
            hash: self.before,
            value_nano: 0,
        };
        lane.push(message, 0)?;
        for later in &self.later {
            lane.push(later, 0)?;
        }
        if (lane.count, lane.hash) == (end.count, end.hash) {
            Ok(())
        } else {
            Err(refusal)
        }
    }
}
