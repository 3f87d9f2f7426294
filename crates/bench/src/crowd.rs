//! Many users with wallets, all ready to stake, for measuring throughput.

use std::sync::Arc;

use ddvs_client::{Block, DePoolRoot, DePoolWallet, Outgoing, OwnerWallet};
use ddvs_contracts::address;
use ddvs_embedded::EmbeddedNetwork;
use ddvs_ledger::{DelayPlan, Network};
use ddvs_types::{COIN_U64, MASTERCHAIN};
use ddvs_zerostate::{
    AccountSpec, ChainSpec, Limits, Prices, Spec, Terms, ValidatorSpec, Zerostate, build,
};
use tycho_types::cell::{Cell, HashBytes};
use tycho_types::models::StdAddr;

use crate::BenchError;
use crate::stage::{owner, spread};

const START_TIME: u32 = 1_800_000_000;
const NETWORK_ID: i32 = 1;
const VALIDATORS: u16 = 4;
/// Coins in each user's account, and free coins in each user's DePool Wallet.
const PURSE: u64 = 100 * COIN_U64;
/// Blocks of all chains after which a network that still has messages counts as stuck.
const MAX_BLOCKS: usize = 2_000;

/// A network of a masterchain and one workchain, with `users.len()` users on the workchain.
#[derive(Clone)]
pub struct Crowd {
    /// The network.
    pub network: Network,
    /// Their accounts, deployed.
    pub users: Vec<OwnerWallet>,
    /// Their DePool Wallets, deployed and funded, without positions.
    pub wallets: Vec<DePoolWallet>,
    /// The Root that they stake with.
    pub root: DePoolRoot,
    value_nano: u128,
}

impl Crowd {
    /// Builds the network. `block_gas_limit` limits the work of one block.
    ///
    /// Fails only when the network cannot exist.
    pub fn new(users: u32, block_gas_limit: u64) -> Result<Self, BenchError> {
        Self::with_validators(users, block_gas_limit, VALIDATORS)
    }

    /// Like [`Self::new`], with this many genesis validators, at least 3, all of them in the workchain's set.
    ///
    /// Fails only when the network cannot exist.
    pub fn with_validators(
        users: u32,
        block_gas_limit: u64,
        validators: u16,
    ) -> Result<Self, BenchError> {
        let wallets = (0..users).map(user).collect::<Result<Vec<_>, _>>()?;
        // the zerostate names the network, and wallets of the network are part of it: build it twice
        let mut spec = spec(block_gas_limit, validators);
        let network = build(&spec)?.network;
        for wallet in &wallets {
            let pool_wallet = DePoolWallet::new(&network, 0, wallet.address())?;
            let accounts = [
                (wallet.address(), wallet.state_init().clone()),
                (
                    pool_wallet.address(),
                    address::wallet_state_init(&network, 0, wallet.address())?,
                ),
            ];
            for (address, state_init) in accounts {
                spec.accounts.push(AccountSpec {
                    address: address.clone(),
                    state_init: Some(state_init),
                    balance_nano: PURSE,
                });
            }
        }
        Self::start(&build(&spec)?, wallets)
    }

    fn start(zero: &Zerostate, users: Vec<OwnerWallet>) -> Result<Self, BenchError> {
        let network = EmbeddedNetwork::start(zero, 1, DelayPlan::default())?;
        let root = zero
            .roots
            .first()
            .ok_or_else(|| BenchError::NotDone("no genesis Root".into()))?;
        let root = DePoolRoot::fetch(&network, &zero.network, root)?;
        let wallets = users
            .iter()
            .map(|user| DePoolWallet::new(&zero.network, 0, user.address()))
            .collect::<Result<Vec<_>, _>>()?;
        let value_nano = root.change_value(&network)?;
        Ok(Self {
            network: network.into_network(),
            users,
            wallets,
            root,
            value_nano,
        })
    }

    /// Signed externals by which each of the users in `range` stakes `amount_nano`. `seqno` is the number of the
    /// request, 0 for the first.
    pub fn stakes(
        &self,
        range: std::ops::Range<usize>,
        seqno: u32,
        amount_nano: u128,
    ) -> Result<Vec<Cell>, BenchError> {
        range
            .map(|index| {
                let message = self.wallets[index].stake(
                    &self.root,
                    amount_nano,
                    self.value_nano,
                    index as u64,
                )?;
                self.external(index, seqno, message)
            })
            .collect()
    }

    /// A signed external by which a user sends one message.
    pub fn external(&self, user: usize, seqno: u32, message: Outgoing) -> Result<Cell, BenchError> {
        Ok(self.users[user].build_external(seqno, u32::MAX, false, &[message])?)
    }

    /// Returns the value to attach to a change.
    pub fn value_nano(&self) -> u128 {
        self.value_nano
    }

    /// Queues external messages, and makes blocks until no message waits anywhere.
    ///
    /// Fails only when a message is rejected or the network does not come to rest.
    pub fn run(&mut self, externals: Vec<Cell>) -> Result<Vec<Arc<Block>>, BenchError> {
        for external in externals {
            self.network.send_external(0, external)?;
        }
        let mut blocks = Vec::new();
        while !self.network.is_idle() {
            if blocks.len() >= MAX_BLOCKS {
                return Err(BenchError::NotDone(format!(
                    "messages wait after {MAX_BLOCKS} blocks"
                )));
            }
            blocks.extend(self.network.step()?);
        }
        Ok(blocks)
    }

    /// Stake that the Root has accepted from users, in nano.
    pub fn staked_nano(&self) -> Result<u128, BenchError> {
        let network = EmbeddedNetwork::new(self.network.clone());
        Ok(self.root.state(&network)?.users_active.into_inner())
    }
}

fn user(index: u32) -> Result<OwnerWallet, BenchError> {
    Ok(OwnerWallet::new(spread(3, 0, index).0, 0, NETWORK_ID)?)
}

fn spec(block_gas_limit: u64, validators: u16) -> Spec {
    let chain = |id| ChainSpec {
        id,
        block_time_ms: 1_000,
    };
    let validator = |index| ValidatorSpec {
        chain: 0,
        owner: owner(0, index),
        key: key(index),
        stake_nano: 1_000_000 * COIN_U64,
        terms: Terms {
            lock_period: 1,
            min_stake_nano: COIN_U64,
            ..Terms::default()
        },
    };
    Spec {
        name: "crowd".into(),
        start_time: START_TIME,
        global_id: NETWORK_ID,
        chains: vec![chain(MASTERCHAIN), chain(0)],
        limits: Limits {
            evidence_window_s: 1,
            min_unlock_period_s: 2,
            max_validators: Limits::default().max_validators.max(validators),
            ..Limits::default()
        },
        prices: Prices {
            block_gas_limit,
            ..Prices::default()
        },
        validators: (0..u32::from(validators)).map(validator).collect(),
        accounts: Vec::<AccountSpec>::new(),
    }
}

fn key(index: u32) -> HashBytes {
    spread(2, 0, index)
}

/// Gas that one account used in some blocks.
pub(crate) fn gas_of(blocks: &[Arc<Block>], account: &StdAddr) -> Vec<u64> {
    let transactions = blocks.iter().flat_map(|block| &block.transactions);
    transactions
        .filter(|tx| tx.account == *account)
        .map(|tx| tx.gas_used())
        .collect()
}
