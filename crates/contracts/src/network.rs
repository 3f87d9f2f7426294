//! Who is authentic: addresses that follow from code and static data (`contracts/shared/network.tolk`).

use tycho_types::cell::{Cell, CellBuilder, HashBytes, Lazy, Load, Store};
use tycho_types::dict::RawDict;
use tycho_types::error::Error;
use tycho_types::models::{StateInit, StdAddr};
use tycho_types::num::Tokens;

use crate::code;

/// What all contracts of one network have in common; part of every static data.
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
pub struct Network {
    /// Hash of the network's genesis description.
    pub genesis: HashBytes,
    /// Code hash of the D'Elector & Config.
    pub delector_code_hash: HashBytes,
    /// Depth of that code.
    pub delector_code_depth: u16,
    /// Code hash of the DePool Root.
    pub root_code_hash: HashBytes,
    /// Depth of that code.
    pub root_code_depth: u16,
}

/// What can never change in a DePool Root.
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
pub struct RootTerms {
    /// The validator's own account, on any chain.
    pub owner: StdAddr,
    /// Seconds from Lock until the owner of a stake may unstake.
    pub lock_period: u32,
    /// Seconds from unstake until the coins are free.
    pub unlock_period: u32,
    /// Smallest stake that the Root accepts, in nano.
    pub min_stake: Tokens,
    /// Tells Roots of one owner apart.
    pub nonce: u64,
}

/// Static data of a D'Elector & Config.
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
pub struct DElectorStatic {
    /// Hash of the network's genesis description.
    pub genesis: HashBytes,
    /// The chain it lives on.
    pub chain: i8,
}

/// Storage of a DePool Root; `state` is `None` in the StateInit.
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
pub struct RootStorage {
    /// The D'Elector of the Root's chain.
    pub delector: StdAddr,
    /// The terms.
    pub terms: Lazy<RootTerms>,
    /// The network.
    pub network: Lazy<Network>,
    /// Code of the wallets that the Root deals with.
    pub wallet_code: Cell,
    /// The state, once there is any.
    pub state: Option<Cell>,
}

/// Storage of a DePool Wallet; `held` is zero and `positions` is empty in the StateInit.
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
pub struct WalletStorage {
    /// Whose coins it holds.
    pub owner: StdAddr,
    /// The chain it lives on.
    pub chain: i8,
    /// The network.
    pub network: Lazy<Network>,
    /// Coins that are pending, staked, leaving, unlocking or releasing, in nano.
    pub held: Tokens,
    /// Positions by Root address.
    pub positions: RawDict<267>,
}

impl Network {
    /// The network with this genesis and the codes in [`code`].
    pub fn new(genesis: HashBytes) -> Self {
        let (delector, root) = (code::delector(), code::depool_root());
        Self {
            genesis,
            delector_code_hash: *delector.repr_hash(),
            delector_code_depth: delector.repr_depth(),
            root_code_hash: *root.repr_hash(),
            root_code_depth: root.repr_depth(),
        }
    }

    /// Address of the D'Elector & Config on `chain`.
    ///
    /// Fails only when a cell cannot be built, which its sizes forbid.
    pub fn delector_address(&self, chain: i8) -> Result<StdAddr, Error> {
        let data = DElectorStatic { genesis: self.genesis, chain };
        address_of(chain, &state_init(code::delector(), CellBuilder::build_from(data)?))
    }

    /// StateInit of the Root with these terms on `chain`.
    pub fn root_state_init(&self, chain: i8, terms: &RootTerms) -> Result<StateInit, Error> {
        let storage = RootStorage {
            delector: self.delector_address(chain)?,
            terms: Lazy::new(terms)?,
            network: Lazy::new(self)?,
            wallet_code: code::depool_wallet(),
            state: None,
        };
        Ok(state_init(code::depool_root(), CellBuilder::build_from(storage)?))
    }

    /// Address of the Root with these terms on `chain`.
    pub fn root_address(&self, chain: i8, terms: &RootTerms) -> Result<StdAddr, Error> {
        address_of(chain, &self.root_state_init(chain, terms)?)
    }

    /// StateInit of the wallet of `owner` on `chain`.
    pub fn wallet_state_init(&self, chain: i8, owner: &StdAddr) -> Result<StateInit, Error> {
        let storage = WalletStorage {
            owner: owner.clone(),
            chain,
            network: Lazy::new(self)?,
            held: Tokens::ZERO,
            positions: RawDict::new(),
        };
        Ok(state_init(code::depool_wallet(), CellBuilder::build_from(storage)?))
    }

    /// Address of the wallet of `owner` on `chain`.
    pub fn wallet_address(&self, chain: i8, owner: &StdAddr) -> Result<StdAddr, Error> {
        address_of(chain, &self.wallet_state_init(chain, owner)?)
    }
}

/// A StateInit with plain code and data.
pub fn state_init(code: Cell, data: Cell) -> StateInit {
    StateInit { code: Some(code), data: Some(data), ..Default::default() }
}

/// The address that a StateInit has on `chain`.
pub fn address_of(chain: i8, state_init: &StateInit) -> Result<StdAddr, Error> {
    Ok(StdAddr::new(chain, *CellBuilder::build_from(state_init)?.repr_hash()))
}
