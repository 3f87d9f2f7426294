//! Comparing the code on a network with the code of this version.

use ddvs_client::{AccountView, Backend, DePoolWallet};
use ddvs_contracts::storage::{DElectorStorage, RootStorage, WalletStorage};
use ddvs_contracts::{Codes, address};
use tycho_types::cell::{Cell, HashBytes};
use tycho_types::models::StdAddr;

use crate::{NetworkContext, PeopleError, pools};

/// One of our contracts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contract {
    /// D'Elector & Config.
    DElector,
    /// DePool Root.
    Root,
    /// DePool Wallet.
    Wallet,
}

impl Contract {
    /// All three.
    pub const ALL: [Self; 3] = [Self::DElector, Self::Root, Self::Wallet];

    /// Returns its name for users.
    pub fn name(self) -> &'static str {
        match self {
            Self::DElector => "D'Elector & Config",
            Self::Root => "DePool Root",
            Self::Wallet => "DePool Wallet",
        }
    }

    /// Returns its name in reports.
    pub fn id(self) -> &'static str {
        match self {
            Self::DElector => "delector",
            Self::Root => "depool-root",
            Self::Wallet => "depool-wallet",
        }
    }

    /// Returns its code in this version.
    pub fn code(self) -> Cell {
        let codes = Codes::default();
        match self {
            Self::DElector => codes.delector,
            Self::Root => codes.depool_root,
            Self::Wallet => codes.depool_wallet,
        }
    }
}

/// Result of checking an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// The expected contract.
    pub contract: Contract,
    /// The account.
    pub address: StdAddr,
    /// Hash of its code; `None` if it has none.
    pub code_hash: Option<HashBytes>,
    /// Description of the problem; `None` if there is none.
    pub problem: Option<&'static str>,
}

/// Checks all D'Electors, all registered Roots, and the wallets that are given or belong to Roots' owners.
///
/// Fails only when the network cannot be read.
pub fn verify(
    backend: &dyn Backend,
    context: &NetworkContext,
    wallets: &[StdAddr],
) -> Result<Vec<Verified>, PeopleError> {
    let mut found = Vec::new();
    for &chain in &context.chains {
        let account = backend.account(context.delector(chain)?.address())?;
        found.push(check(context, Contract::DElector, &account));
    }
    let mut all_wallets = wallets.to_vec();
    for pool in pools::registered(backend, context)? {
        let account = backend.account(&pool.address)?;
        found.push(check(context, Contract::Root, &account));
        if let Some(owner) = owner(&account) {
            let wallet = DePoolWallet::new(&context.network, owner.workchain, &owner)?;
            if backend.account(wallet.address())?.data().is_some() {
                all_wallets.push(wallet.address().clone());
            }
        }
    }
    all_wallets.sort();
    all_wallets.dedup();
    for wallet in &all_wallets {
        found.push(check(context, Contract::Wallet, &backend.account(wallet)?));
    }
    Ok(found)
}

fn owner(root: &AccountView) -> Option<StdAddr> {
    let storage: RootStorage = root.data()?.parse().ok()?;
    Some(storage.terms.load().ok()?.owner)
}

/// Checks code, and that the address follows from it and the static data.
pub fn check(context: &NetworkContext, contract: Contract, account: &AccountView) -> Verified {
    let state = account.state_init();
    let code_hash = state
        .and_then(|state| state.code.as_ref())
        .map(|code| *code.repr_hash());
    let problem = match (code_hash, account.data()) {
        (None, _) | (_, None) => Some("there is no contract"),
        (Some(hash), _) if hash != *contract.code().repr_hash() => {
            Some("its code is not that of this version")
        }
        (Some(_), Some(data)) => match computed(context, contract, &account.address, data) {
            Some(address) if address == account.address => None,
            Some(_) => Some("its address does not follow from its code and static data"),
            None => Some("its data cannot be read"),
        },
    };
    Verified {
        contract,
        address: account.address.clone(),
        code_hash,
        problem,
    }
}

/// Returns the address that follows from static data.
fn computed(
    context: &NetworkContext,
    contract: Contract,
    at: &StdAddr,
    data: &Cell,
) -> Option<StdAddr> {
    let network = &context.network;
    match contract {
        Contract::DElector => {
            let storage: DElectorStorage = data.parse().ok()?;
            if storage.genesis != network.genesis {
                return Some(StdAddr::default());
            }
            address::delector_address(network, storage.chain).ok()
        }
        Contract::Root => {
            let storage: RootStorage = data.parse().ok()?;
            let terms = storage.terms.load().ok()?;
            address::root_address(network, at.workchain, &terms).ok()
        }
        Contract::Wallet => {
            let storage: WalletStorage = data.parse().ok()?;
            address::wallet_address(network, storage.chain, &storage.owner).ok()
        }
    }
}
