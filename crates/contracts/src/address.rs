//! Addresses. Each follows from code and static data, so anyone can distinguish an authentic contract from a forged
//! one.

use tycho_types::cell::Lazy;
use tycho_types::error::Error;
use tycho_types::models::{StateInit, StdAddr};
use tycho_types::num::Tokens;
use tycho_types::prelude::*;

use crate::code::{self, Codes};
use crate::network::{DElectorStatic, Network, RootTerms};
use crate::storage::{RootStorage, WalletStorage};

/// Returns the StateInit of plain code and data.
pub fn state_init(code: Cell, data: Cell) -> StateInit {
    StateInit {
        split_depth: None,
        special: None,
        code: Some(code),
        data: Some(data),
        libraries: Dict::new(),
    }
}

/// Returns the address on `chain` of the contract with this StateInit.
///
/// Fails only when a cell cannot be built, which no StateInit of this crate causes.
pub fn address_of(chain: i8, init: &StateInit) -> Result<StdAddr, Error> {
    Ok(StdAddr::new(
        chain,
        *CellBuilder::build_from(init)?.repr_hash(),
    ))
}

/// Returns the StateInit of the D'Elector & Config on `chain`. It determines the address, but is not the initial
/// state, which comes from the genesis or from a message.
pub fn delector_state_init(network: &Network, chain: i8) -> Result<StateInit, Error> {
    let data = DElectorStatic {
        genesis: network.genesis,
        chain,
    };
    Ok(state_init(code::delector(), CellBuilder::build_from(data)?))
}

/// Returns the address of the D'Elector & Config on `chain`.
///
/// It follows from the hash and depth in `network`, so it is also right for a network with other contracts.
pub fn delector_address(network: &Network, chain: i8) -> Result<StdAddr, Error> {
    let data = CellBuilder::build_from(DElectorStatic {
        genesis: network.genesis,
        chain,
    })?;
    let id = state_init_hash(
        &network.delector_code_hash,
        network.delector_code_depth,
        data.repr_hash(),
        data.repr_depth(),
    );
    Ok(StdAddr::new(chain, id))
}

/// Returns the StateInit of the DePool Root with these terms on `chain`. A Root on the masterchain refuses to work.
pub fn root_state_init(
    network: &Network,
    chain: i8,
    terms: &RootTerms,
) -> Result<StateInit, Error> {
    root_state_init_with(&Codes::default(), network, chain, terms)
}

/// Like [`root_state_init`], for a network that runs the contracts `codes`.
pub fn root_state_init_with(
    codes: &Codes,
    network: &Network,
    chain: i8,
    terms: &RootTerms,
) -> Result<StateInit, Error> {
    let storage = RootStorage {
        delector: delector_address(network, chain)?,
        terms: Lazy::new(terms)?,
        network: Lazy::new(network)?,
        wallet_code: codes.depool_wallet.clone(),
        state: None,
    };
    Ok(state_init(
        codes.depool_root.clone(),
        CellBuilder::build_from(storage)?,
    ))
}

/// Returns the address of the DePool Root with these terms on `chain`.
pub fn root_address(network: &Network, chain: i8, terms: &RootTerms) -> Result<StdAddr, Error> {
    address_of(chain, &root_state_init(network, chain, terms)?)
}

/// Returns the StateInit of the DePool Wallet of `owner` on `chain`. The owner may live on another chain.
pub fn wallet_state_init(
    network: &Network,
    chain: i8,
    owner: &StdAddr,
) -> Result<StateInit, Error> {
    wallet_state_init_with(&Codes::default(), network, chain, owner)
}

/// Like [`wallet_state_init`], for a network that runs the contracts `codes`.
pub fn wallet_state_init_with(
    codes: &Codes,
    network: &Network,
    chain: i8,
    owner: &StdAddr,
) -> Result<StateInit, Error> {
    let storage = WalletStorage {
        owner: owner.clone(),
        chain,
        network: Lazy::new(network)?,
        held: Tokens::ZERO,
        count: 0,
        positions: Dict::new(),
    };
    Ok(state_init(
        codes.depool_wallet.clone(),
        CellBuilder::build_from(storage)?,
    ))
}

/// Returns the address of the DePool Wallet of `owner` on `chain`.
pub fn wallet_address(network: &Network, chain: i8, owner: &StdAddr) -> Result<StdAddr, Error> {
    address_of(chain, &wallet_state_init(network, chain, owner)?)
}

/// Returns the hash of a StateInit with plain code and data, from their hashes and depths alone.
pub fn state_init_hash(
    code_hash: &HashBytes,
    code_depth: u16,
    data_hash: &HashBytes,
    data_depth: u16,
) -> HashBytes {
    // descriptors: two references, five bits (one byte with its completion tag); the bits 00110
    let mut bytes = vec![0x02, 0x01, 0x34];
    bytes.extend_from_slice(&code_depth.to_be_bytes());
    bytes.extend_from_slice(&data_depth.to_be_bytes());
    bytes.extend_from_slice(code_hash.as_slice());
    bytes.extend_from_slice(data_hash.as_slice());
    tycho_types::boc::Boc::file_hash(&bytes)
}
