//! The identity of a network, from which every address follows.

use tycho_types::models::StdAddr;
use tycho_types::num::Tokens;
use tycho_types::prelude::*;

use crate::code::Codes;

/// Data that all contracts of one network have in common. It is part of all static data, so a contract of another
/// network, or with other code, has another address.
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
pub struct Network {
    /// Hash of the network's genesis description.
    pub genesis: HashBytes,
    /// Code hash of the D'Elector & Config.
    pub delector_code_hash: HashBytes,
    /// Code depth of the D'Elector & Config, in cells.
    pub delector_code_depth: u16,
    /// Code hash of the DePool Root.
    pub root_code_hash: HashBytes,
    /// Code depth of the DePool Root, in cells.
    pub root_code_depth: u16,
}

impl Network {
    /// Returns the network with this genesis that runs the contracts of this crate.
    pub fn new(genesis: HashBytes) -> Self {
        Self::with_codes(genesis, &Codes::default())
    }

    /// Returns the network with this genesis that runs these contracts.
    pub fn with_codes(genesis: HashBytes, codes: &Codes) -> Self {
        let (delector, root) = (&codes.delector, &codes.depool_root);
        Self {
            genesis,
            delector_code_hash: *delector.repr_hash(),
            delector_code_depth: delector.repr_depth(),
            root_code_hash: *root.repr_hash(),
            root_code_depth: root.repr_depth(),
        }
    }
}

/// Terms of a DePool Root, which can never change.
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
pub struct RootTerms {
    /// The validator's owner, whose stake is slashed first.
    pub owner: StdAddr,
    /// Seconds from Lock until the owner of a stake may unstake.
    pub lock_period: u32,
    /// Seconds from unstake until the coins are free; they are slashable until then.
    pub unlock_period: u32,
    /// Smallest stake that the Root accepts, in nano.
    pub min_stake: Tokens,
    /// Distinguishes Roots with otherwise equal terms.
    pub nonce: u64,
}

/// Static data of a D'Elector & Config: the network and the chain, nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
pub struct DElectorStatic {
    /// Hash of the network's genesis description.
    pub genesis: HashBytes,
    /// The chain on which it lives.
    pub chain: i8,
}
