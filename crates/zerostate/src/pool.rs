//! Genesis Roots, and the wallets that hold their owners' stakes.

use ddvs_contracts::Signature;
use ddvs_contracts::messages::PossessionProof;
use ddvs_contracts::storage::Position;
use ddvs_contracts::storage::{ChainTotals, RootKey, RootKeys, RootState};
use ddvs_contracts::storage::{RootStorage, WalletStorage};
use ddvs_contracts::{Codes, Network, RootTerms, address};
use ddvs_types::COIN_U64;
use tycho_types::cell::{CellBuilder, Lazy};
use tycho_types::dict::Dict;
use tycho_types::error::Error;
use tycho_types::models::StdAddr;
use tycho_types::num::Tokens;

use crate::{ValidatorSpec, ZeroAccount};

/// Initial balance of a genesis Root, for its storage.
const ROOT_BALANCE: u64 = 2 * COIN_U64;
/// Initial balance of a genesis wallet besides the stake, for its storage.
const WALLET_BALANCE: u64 = COIN_U64;

impl ValidatorSpec {
    /// Returns the terms of its Root.
    pub fn root_terms(&self) -> RootTerms {
        RootTerms {
            owner: self.owner.clone(),
            lock_period: self.terms.lock_period,
            unlock_period: self.terms.unlock_period,
            min_stake: Tokens::new(self.terms.min_stake_nano.into()),
            nonce: self.terms.nonce,
        }
    }
}

/// Returns the Root and the owner's wallet, with the genesis stake locked from `start_time` on.
pub(crate) fn accounts(
    spec: &ValidatorSpec,
    codes: &Codes,
    net: &Network,
    root: &StdAddr,
    start_time: u32,
) -> Result<[ZeroAccount; 2], Error> {
    let stake = Tokens::new(spec.stake_nano.into());
    // the owner's wallet is on the Root's chain
    let mut chains = Dict::new();
    let brought = ChainTotals {
        owner_active: stake,
        ..Default::default()
    };
    chains.set(spec.chain, brought)?;
    let state = RootState {
        owner_active: stake,
        chains,
        counted: stake,
        keys: Some(Lazy::new(&RootKeys {
            applied: Some(RootKey {
                key: spec.key,
                // no proof: the genesis itself is trusted for the key; a Root that was forgotten registers its key
                // again
                proof: Lazy::new(&PossessionProof {
                    signature: Signature([0; 64]),
                })?,
            }),
            next: None,
        })?),
        ..Default::default()
    };
    let storage = RootStorage {
        delector: address::delector_address(net, spec.chain)?,
        terms: Lazy::new(&spec.root_terms())?,
        network: Lazy::new(net)?,
        wallet_code: codes.depool_wallet.clone(),
        state: Some(Lazy::new(&state)?),
    };
    let root_account = ZeroAccount {
        address: root.clone(),
        state_init: Some(address::state_init(
            codes.depool_root.clone(),
            CellBuilder::build_from(storage)?,
        )),
        balance_nano: ROOT_BALANCE.into(),
    };

    let mut locks = Dict::new();
    locks.set(start_time.saturating_add(spec.terms.lock_period), stake)?;
    let position = Position {
        locks,
        ..Default::default()
    };
    let mut positions = Dict::<StdAddr, Position>::new();
    positions.set(root, position)?;
    let wallet = WalletStorage {
        owner: spec.owner.clone(),
        chain: spec.chain,
        network: Lazy::new(net)?,
        held: stake,
        count: 1,
        positions,
    };
    let wallet_account = ZeroAccount {
        address: address::address_of(
            spec.chain,
            &address::wallet_state_init_with(codes, net, spec.chain, &spec.owner)?,
        )?,
        state_init: Some(address::state_init(
            codes.depool_wallet.clone(),
            CellBuilder::build_from(wallet)?,
        )),
        balance_nano: u128::from(spec.stake_nano + WALLET_BALANCE),
    };
    Ok([root_account, wallet_account])
}
