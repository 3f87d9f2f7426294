//! The initial state of the copies.

use ddvs_contracts::params::{DdvsParams, PARAM_DDVS};
use ddvs_contracts::storage::DElectorStorage;
use ddvs_types::MASTERCHAIN;
use ddvs_zerostate::{ChainSpec, Limits, Prices, Spec, Terms, ValidatorSpec};
use tycho_executor::ParsedConfig;
use tycho_types::cell::{Cell, CellBuilder, HashBytes, Lazy};
use tycho_types::dict::Dict;
use tycho_types::models::{
    Account, AccountState, BlockchainConfig, BlockchainConfigParams, CurrencyCollection,
    OptionalAccount, ShardAccount, StateInit, StdAddr, StorageInfo,
};

use crate::copies::{BALANCE_NANO, START, UNIT_NANO};
use crate::translate::key_pair;

/// Lifts the churn limit, since spreading is not modelled: a batch may move more than six times the stake of its
/// chain. Returns the config.
pub(crate) fn without_churn_limit(init: &mut StateInit) -> ParsedConfig {
    let data = init.data.as_ref().expect("a D'Elector has data");
    let mut storage: DElectorStorage = data.parse().expect("its storage parses");
    let mut params: Dict<u32, Cell> = Dict::from_raw(Some(storage.config));
    let cell = params.get(PARAM_DDVS).ok().flatten();
    let limits = cell.expect("param 200 is there").parse::<DdvsParams>();
    let limits = DdvsParams {
        churn_bp: u16::MAX,
        ..limits.expect("param 200 parses")
    };
    let cell = CellBuilder::build_from(limits).expect("it can be encoded");
    params.set(PARAM_DDVS, cell).expect("it can be set");
    let dictionary = params.into_root().expect("a config is not empty");
    storage.config = dictionary.clone();
    init.data = Some(CellBuilder::build_from(storage).expect("it can be encoded"));
    config(dictionary)
}

fn config(dictionary: Cell) -> ParsedConfig {
    let params = BlockchainConfigParams::from_raw(dictionary.clone());
    let dict: Dict<u32, Cell> = Dict::from_raw(Some(dictionary));
    let address = dict
        .get(0)
        .expect("a config parses")
        .expect("param 0 is there");
    let address: HashBytes = address.parse().expect("param 0 parses");
    ParsedConfig::parse(BlockchainConfig { address, params }, START).expect("the config is sound")
}

pub(crate) fn active(address: &StdAddr, init: StateInit) -> ShardAccount {
    let account = Account {
        address: address.clone().into(),
        storage_stat: StorageInfo {
            last_paid: START,
            ..Default::default()
        },
        last_trans_lt: 0,
        balance: CurrencyCollection::new(BALANCE_NANO),
        state: AccountState::Active(init),
    };
    ShardAccount {
        account: Lazy::new(&OptionalAccount(Some(account))).expect("an account can be encoded"),
        last_trans_hash: HashBytes::ZERO,
        last_trans_lt: 0,
    }
}

pub(crate) fn spec(stakes: &[i32]) -> Spec {
    let ids = MASTERCHAIN..stakes.len() as i8;
    let validators = stakes.iter().zip(0..).map(|(&stake, chain)| ValidatorSpec {
        chain,
        owner: StdAddr::new(chain, HashBytes([0x0e; 32])),
        key: key_pair(chain, 0).public(),
        stake_nano: stake as u64 * UNIT_NANO,
        terms: Terms::default(),
    });
    Spec {
        name: "replay".to_owned(),
        start_time: START,
        global_id: 1,
        chains: ids
            .map(|id| ChainSpec {
                id,
                block_time_ms: 1_000,
            })
            .collect(),
        limits: Limits {
            min_validators: 1,
            min_stake_nano: UNIT_NANO,
            churn_bp: 10_000,
            ..Limits::default()
        },
        prices: Prices::default(),
        validators: validators.collect(),
        accounts: Vec::new(),
    }
}
