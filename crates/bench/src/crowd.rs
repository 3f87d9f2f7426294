//! Many users with wallets, all ready to stake, for measuring throughput.

use std::sync::Arc;

use ddvs_client::{Block, DePoolRoot, DePoolWallet, Outgoing, OwnerWallet};
use ddvs_contracts::address;
use ddvs_embedded::EmbeddedNetwork;
use ddvs_ledger::{DelayPlan, Network};
use ddvs_types::{COIN_U64, ChainId, MASTERCHAIN};
use ddvs_zerostate::{
    AccountSpec, ChainSpec, Limits, Prices, Spec, Terms, ValidatorSpec, Zerostate, build,
};
use tycho_types::cell::{Cell, Load};
use tycho_types::models::{MsgInfo, StdAddr};

use crate::BenchError;
use crate::stage::{owner, spread};

const START_TIME: u32 = 1_800_000_000;
const NETWORK_ID: i32 = 1;
const VALIDATORS: u16 = 4;
/// Coins in each user's account, and free coins in each user's DePool Wallet.
const PURSE: u64 = 100 * COIN_U64;
/// Blocks of all chains after which a network that still has messages counts as stuck.
const MAX_BLOCKS: usize = 2_000;

/// A network of a masterchain and workchains, with users on each workchain in turn.
#[derive(Clone)]
pub struct Crowd {
    /// The network.
    pub network: Network,
    /// Their accounts, deployed.
    pub users: Vec<OwnerWallet>,
    /// Their DePool Wallets, deployed and funded, without positions.
    pub wallets: Vec<DePoolWallet>,
    /// The Root of each workchain, with which its users stake.
    pub roots: Vec<DePoolRoot>,
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
        Self::build(users, &spec(block_gas_limit, validators, 1))
    }

    /// Like [`Self::new`], with users on several workchains, equally many on each.
    ///
    /// Fails only when the network cannot exist.
    pub fn on_workchains(
        workchains: u8,
        users: u32,
        block_gas_limit: u64,
    ) -> Result<Self, BenchError> {
        Self::build(users, &spec(block_gas_limit, VALIDATORS, workchains))
    }

    fn build(users: u32, spec: &Spec) -> Result<Self, BenchError> {
        let mut spec = spec.clone();
        let workchains = spec.chains.len() as u32 - 1;
        let wallets = (0..users)
            .map(|index| user((index % workchains) as i8, index))
            .collect::<Result<Vec<_>, _>>()?;
        // the zerostate names the network, and wallets of the network are part of it: build it twice
        let network = build(&spec)?.network;
        for wallet in &wallets {
            let chain = wallet.address().workchain;
            let pool_wallet = DePoolWallet::new(&network, chain, wallet.address())?;
            let accounts = [
                (wallet.address(), wallet.state_init().clone()),
                (
                    pool_wallet.address(),
                    address::wallet_state_init(&network, chain, wallet.address())?,
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
        let workchains = zero.chains.len() as i8 - 1;
        let roots = (0..workchains)
            .map(|chain| {
                let mut roots = zero.roots.iter();
                let root = roots.find(|root| root.workchain == chain);
                let root = root.ok_or_else(|| BenchError::NotDone("no genesis Root".into()))?;
                Ok(DePoolRoot::fetch(&network, &zero.network, root)?)
            })
            .collect::<Result<Vec<_>, BenchError>>()?;
        let wallets = users
            .iter()
            .map(|user| {
                let address = user.address();
                DePoolWallet::new(&zero.network, address.workchain, address)
            })
            .collect::<Result<Vec<_>, _>>()?;
        let value_nano = roots[0].change_value(&network)?;
        Ok(Self {
            network: network.into_network(),
            users,
            wallets,
            roots,
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
                    &self.roots[index % self.roots.len()],
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
        self.admit(externals)?;
        self.run_until_idle()
    }

    /// Queues external messages.
    ///
    /// Fails only when a message is rejected.
    pub fn admit(&mut self, externals: Vec<Cell>) -> Result<(), BenchError> {
        for (index, external) in externals.into_iter().enumerate() {
            let chain = chain_of(&external)
                .ok_or_else(|| BenchError::NotDone(format!("message {index} is no external")))?;
            self.network.send_external(chain, external)?;
        }
        Ok(())
    }

    /// Makes blocks until no message waits anywhere.
    ///
    /// Fails only when the network does not come to rest.
    pub fn run_until_idle(&mut self) -> Result<Vec<Arc<Block>>, BenchError> {
        let mut blocks = Vec::new();
        while !self.network.is_idle() {
            if blocks.len() >= MAX_BLOCKS {
                return Err(BenchError::NotDone(format!(
                    "messages wait after {MAX_BLOCKS} blocks"
                )));
            }
            blocks.extend(self.network.step_together()?);
        }
        Ok(blocks)
    }

    /// Stake that the Roots have accepted from users, in nano.
    pub fn staked_nano(&self) -> Result<u128, BenchError> {
        let network = EmbeddedNetwork::new(self.network.clone());
        let mut sum = 0;
        for root in &self.roots {
            sum += root.state(&network)?.users_active.into_inner();
        }
        Ok(sum)
    }
}

/// The chain of an external message's destination.
fn chain_of(message: &Cell) -> Option<ChainId> {
    let mut slice = message.as_slice().ok()?;
    match MsgInfo::load_from(&mut slice).ok()? {
        MsgInfo::ExtIn(info) => info.dst.as_std().map(|address| address.workchain),
        MsgInfo::Int(_) | MsgInfo::ExtOut(_) => None,
    }
}

fn user(chain: ChainId, index: u32) -> Result<OwnerWallet, BenchError> {
    Ok(OwnerWallet::new(spread(3, 0, index).0, chain, NETWORK_ID)?)
}

fn spec(block_gas_limit: u64, validators: u16, workchains: u8) -> Spec {
    let chain = |id| ChainSpec {
        id,
        block_time_ms: 1_000,
    };
    let workchains = 0..workchains as ChainId;
    let validator = |chain, index| ValidatorSpec {
        chain,
        owner: owner(chain, index),
        key: spread(2, chain, index),
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
        chains: [MASTERCHAIN]
            .into_iter()
            .chain(workchains.clone())
            .map(chain)
            .collect(),
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
        validators: workchains
            .flat_map(|chain| (0..u32::from(validators)).map(move |index| validator(chain, index)))
            .collect(),
        accounts: Vec::<AccountSpec>::new(),
    }
}

/// Gas that one account used in some blocks.
pub(crate) fn gas_of(blocks: &[Arc<Block>], account: &StdAddr) -> Vec<u64> {
    let transactions = blocks.iter().flat_map(|block| &block.transactions);
    transactions
        .filter(|tx| tx.account == *account)
        .map(|tx| tx.gas_used())
        .collect()
}
