//! A small network whose contracts are controlled by the tests, without those of the protocol.

pub mod puppet;

use ddvs_ledger::{ChainGenesis, GenesisAccount, Network, NetworkGenesis};
use ddvs_types::{Block, COIN, ChainId, MASTERCHAIN, TransactionRecord};
use std::num::NonZeroU16;
use std::sync::Arc;
use tycho_types::cell::{Cell, CellBuilder, CellFamily, HashBytes, Store};
use tycho_types::dict::Dict;
use tycho_types::error::Error;
use tycho_types::models::{
    BlockchainConfig, CurrencyCollection, ExtInMsgInfo, GasLimitsPrices, GlobalVersion, IntAddr,
    IntMsgInfo, MsgForwardPrices, MsgInfo, OwnedMessage, OwnedRelaxedMessage, RelaxedIntMsgInfo,
    RelaxedMsgInfo, StateInit, StdAddr, StoragePrices, ValidatorDescription, ValidatorSet,
    WorkchainDescription, WorkchainFormat, WorkchainFormatBasic,
};
use tycho_types::num::Tokens;

/// Time at which the network starts, in ms since 1970.
pub const START_MS: u64 = 1_800_000_000_000;
/// Time between blocks, in ms.
pub const BLOCK_MS: u64 = 1_000;

fn cell(value: impl Store) -> Cell {
    CellBuilder::build_from(value).expect("it fits in a cell")
}

/// A distinct account id for each chain and number.
pub fn id(chain: ChainId, number: u32) -> HashBytes {
    *cell((chain as u8, number)).repr_hash()
}

/// Address of the account with this number.
pub fn addr(chain: ChainId, number: u32) -> StdAddr {
    StdAddr::new(chain, id(chain, number))
}

/// The D'Elector of a chain: account number 0.
pub fn delector(chain: ChainId) -> StdAddr {
    addr(chain, 0)
}

/// Settings of a config that tests change.
#[derive(Clone)]
pub struct ConfigPlan {
    /// Workchains that the config lists.
    pub workchains: Vec<ChainId>,
    /// Gas limit of a block.
    pub block_gas_limit: u64,
    /// The masterchain's limit, if it differs.
    pub main_block_gas_limit: Option<u64>,
    /// From this time on storage costs a hundred times as much.
    pub dear_storage_since: Option<u32>,
    /// Special accounts.
    pub special: Vec<HashBytes>,
    /// Keys, each 32 times this byte, and weights of the validator set.
    pub validators: Vec<(u8, u64)>,
    /// Account named by param 0, if any.
    pub config_address: Option<HashBytes>,
    /// Number of a parameter to leave out.
    pub skip: Option<u32>,
}

impl Default for ConfigPlan {
    fn default() -> Self {
        Self {
            workchains: vec![0, 1, 2],
            block_gas_limit: 10_000_000,
            main_block_gas_limit: None,
            dear_storage_since: None,
            special: vec![],
            validators: vec![(1, 10), (2, 20)],
            config_address: None,
            skip: None,
        }
    }
}

/// Returns the set with these keys, each 32 times a byte, and weights.
pub fn validator_set(validators: &[(u8, u64)]) -> ValidatorSet {
    ValidatorSet {
        utime_since: 0,
        utime_until: u32::MAX,
        main: NonZeroU16::MIN,
        total_weight: validators.iter().map(|v| v.1).sum(),
        list: validators
            .iter()
            .map(|&(key, weight)| ValidatorDescription {
                public_key: HashBytes([key; 32]),
                weight,
                adnl_addr: None,
                mc_seqno_since: 0,
                prev_total_weight: 0,
            })
            .collect(),
    }
}

impl ConfigPlan {
    /// The root of the config dictionary of a chain.
    pub fn build(&self, chain: ChainId) -> Cell {
        self.dictionary(chain)
            .expect("every value fits in its cell")
    }

    fn dictionary(&self, chain: ChainId) -> Result<Cell, Error> {
        let mut config = BlockchainConfig::new_empty(HashBytes::ZERO);
        let p = &mut config.params;
        let address = self.config_address.unwrap_or(delector(chain).address);
        p.set_raw(0, cell(address))?;
        p.set_global_version(&GlobalVersion {
            version: 12,
            capabilities: Default::default(),
        })?;
        let mut workchains = Dict::<i32, WorkchainDescription>::new();
        for id in &self.workchains {
            let description = WorkchainDescription {
                enabled_since: 0,
                actual_min_split: 0,
                min_split: 0,
                max_split: 0,
                active: true,
                accept_msgs: true,
                zerostate_root_hash: HashBytes::ZERO,
                zerostate_file_hash: HashBytes::ZERO,
                version: 0,
                format: WorkchainFormat::Basic(WorkchainFormatBasic {
                    vm_version: 0,
                    vm_mode: 0,
                }),
            };
            workchains.set(i32::from(*id), description)?;
        }
        p.set_workchains(&workchains)?;
        let cheap = StoragePrices {
            utime_since: 0,
            bit_price_ps: 1,
            cell_price_ps: 500,
            mc_bit_price_ps: 1000,
            mc_cell_price_ps: 500_000,
        };
        let dear = self.dear_storage_since.map(|utime_since| StoragePrices {
            utime_since,
            bit_price_ps: 100,
            cell_price_ps: 50_000,
            ..cheap
        });
        p.set_storage_prices(
            &[Some(cheap), dear]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>(),
        )?;
        for mc in [true, false] {
            let price: u64 = if mc { 10_000 } else { 400 };
            p.set_gas_prices(
                mc,
                &GasLimitsPrices {
                    gas_price: price << 16,
                    gas_limit: 1_000_000,
                    special_gas_limit: 10_000_000,
                    gas_credit: 10_000,
                    block_gas_limit: match self.main_block_gas_limit {
                        Some(limit) if mc => limit,
                        _ => self.block_gas_limit,
                    },
                    freeze_due_limit: 100_000_000,
                    delete_due_limit: 1_000_000_000,
                    flat_gas_limit: 100,
                    flat_gas_price: price * 100,
                },
            )?;
            p.set_msg_forward_prices(
                mc,
                &MsgForwardPrices {
                    lump_price: if mc { 10_000_000 } else { 400_000 },
                    bit_price: if mc { 655_360_000 } else { 26_214_400 },
                    cell_price: if mc { 65_536_000_000 } else { 2_621_440_000 },
                    ihr_price_factor: 0,
                    first_frac: 21_845,
                    next_frac: 21_845,
                },
            )?;
        }
        p.set_fundamental_addresses(&self.special)?;
        p.set_raw(34, cell(validator_set(&self.validators)))?;
        if let Some(skip) = self.skip {
            p.remove(skip)?;
        }
        p.as_dict().root().clone().ok_or(Error::InvalidData)
    }
}

/// Data of a D'Elector stand-in: the config is its first reference.
pub fn delector_data(config: Cell) -> Cell {
    cell(config)
}

/// An account with the puppets' code.
pub fn account(address: StdAddr, data: Cell, balance_nano: u128) -> GenesisAccount {
    GenesisAccount {
        address,
        state_init: Some(StateInit {
            code: Some(puppet::code()),
            data: Some(data),
            ..Default::default()
        }),
        balance_nano,
    }
}

/// A chain with a D'Elector stand-in and puppets 1..=`puppets` of 1,000 coins each.
pub fn chain_genesis(id: ChainId, puppets: u32, plan: &ConfigPlan) -> ChainGenesis {
    let mut accounts = vec![account(
        delector(id),
        delector_data(plan.build(id)),
        1_000 * COIN,
    )];
    for number in 1..=puppets {
        accounts.push(account(addr(id, number), Cell::empty_cell(), 1_000 * COIN));
    }
    ChainGenesis {
        id,
        block_time_ms: BLOCK_MS,
        delector: delector(id),
        delector_code_hash: *puppet::code().repr_hash(),
        accounts,
    }
}

/// A masterchain and workchains 0, 1, 2.
pub fn genesis(puppets: u32, plan: &ConfigPlan) -> NetworkGenesis {
    let chains = [MASTERCHAIN, 0, 1, 2].map(|id| chain_genesis(id, puppets, plan));
    NetworkGenesis::new(chains.to_vec(), START_MS, 1)
}

/// The network of four chains with the default config.
pub fn network() -> Network {
    Network::new(genesis(4, &ConfigPlan::default())).expect("the genesis is complete")
}

/// Makes blocks until nothing waits, and checks the coins after each.
pub fn settle(network: &mut Network) -> Vec<Arc<Block>> {
    let mut blocks = vec![];
    for _ in 0..10_000 {
        if network.is_idle() {
            return blocks;
        }
        blocks.extend(network.step().expect("a block is made"));
    }
    panic!("messages still wait after 10,000 blocks");
}

/// Counts all coins one by one and compares.
pub fn assert_conserved(network: &Network) {
    let supply = network.supply();
    assert!(supply.is_conserved(), "{supply:?}");
    let recounted = network.recount_supply().expect("all accounts parse");
    assert_eq!(recounted, supply);
}

/// All transactions of these blocks, in order.
pub fn transactions(blocks: &[Arc<Block>]) -> Vec<Arc<TransactionRecord>> {
    blocks
        .iter()
        .flat_map(|block| block.transactions.iter().cloned())
        .collect()
}

/// An internal message as a contract would build it.
pub fn internal(dst: &StdAddr, value_nano: u128, bounce: bool, body: Cell) -> Cell {
    internal_to(dst.clone().into(), value_nano, bounce, body)
}

/// The same to any address.
pub fn internal_to(dst: IntAddr, value_nano: u128, bounce: bool, body: Cell) -> Cell {
    cell(OwnedRelaxedMessage {
        info: RelaxedMsgInfo::Int(RelaxedIntMsgInfo {
            ihr_disabled: true,
            bounce,
            dst,
            value: CurrencyCollection::new(value_nano),
            ..Default::default()
        }),
        init: None,
        body: body.into(),
        layout: None,
    })
}

/// An internal message with a sender, for [`Network::inject_internal`].
pub fn injected(src: &StdAddr, dst: &StdAddr, value_nano: u128, lt: u64, body: Cell) -> Cell {
    cell(OwnedMessage {
        info: MsgInfo::Int(IntMsgInfo {
            ihr_disabled: true,
            bounce: true,
            src: src.clone().into(),
            dst: dst.clone().into(),
            value: CurrencyCollection::new(value_nano),
            created_lt: lt,
            ..Default::default()
        }),
        init: None,
        body: body.into(),
        layout: None,
    })
}

/// An external message to an account.
pub fn external(dst: &StdAddr, body: Cell) -> Cell {
    cell(OwnedMessage {
        info: MsgInfo::ExtIn(ExtInMsgInfo {
            src: None,
            dst: dst.clone().into(),
            import_fee: Tokens::ZERO,
        }),
        init: None,
        body: body.into(),
        layout: None,
    })
}

/// Tells a puppet to do something.
pub fn tell(network: &mut Network, puppet: &StdAddr, body: Cell) -> HashBytes {
    network
        .send_external(puppet.workchain, external(puppet, body))
        .expect("the puppet accepts it")
}

/// Coins that a [`broken`] message brings.
pub const BROKEN_NANO: u128 = 3 * COIN;

/// A message whose state init has an unknown kind: the engine fails when it reads it.
pub fn broken(from: ChainId, bounce: bool, lt: u64) -> Cell {
    let mut builder = CellBuilder::new();
    let info = MsgInfo::Int(IntMsgInfo {
        ihr_disabled: true,
        bounce,
        src: addr(from, 1).into(),
        dst: addr(1, 1).into(),
        value: CurrencyCollection::new(BROKEN_NANO),
        created_lt: lt,
        ..Default::default()
    });
    let build = move || -> Result<Cell, Error> {
        info.store_into(&mut builder, Cell::empty_context())?;
        builder.store_bit_one()?; // there is a state init
        builder.store_bit_one()?; // in a reference
        builder.store_reference(cell(u64::MAX))?;
        builder.store_bit_zero()?; // the body follows
        builder.build()
    };
    build().expect("it fits in a cell")
}
