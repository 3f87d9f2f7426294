//! An invalid network is refused at start, with the reason.

use ddvs_ledger::{ChainGenesis, GenesisRefusal, Network, NetworkGenesis};
use ddvs_test_kit::puppets::*;
use ddvs_types::{COIN, MASTERCHAIN};
use tycho_types::cell::{Cell, CellFamily, HashBytes};

fn chains() -> Vec<ChainGenesis> {
    [MASTERCHAIN, 0, 1]
        .map(|id| chain_genesis(id, 1, &ConfigPlan::default()))
        .to_vec()
}

fn refusal(chains: Vec<ChainGenesis>) -> GenesisRefusal {
    Network::new(NetworkGenesis::new(chains, START_MS, 1)).unwrap_err()
}

#[test]
fn a_sound_zerostate_starts() {
    let network = Network::new(NetworkGenesis::new(chains(), START_MS, 1)).unwrap();
    assert_eq!(network.chain_ids(), [MASTERCHAIN, 0, 1]);
    assert_eq!(network.supply().issued_nano, 6_000 * COIN);
    assert_conserved(&network);
}

#[test]
fn no_masterchain() {
    assert_eq!(
        refusal(chains().split_off(1)),
        GenesisRefusal::NoMasterchain
    );
}

#[test]
fn two_chains_with_one_id() {
    let mut chains = chains();
    chains.push(chains[1].clone());
    assert_eq!(refusal(chains), GenesisRefusal::DuplicateChain(0));
}

#[test]
fn a_chain_id_below_the_masterchain() {
    let mut chains = chains();
    chains.push(chain_genesis(-2, 1, &ConfigPlan::default()));
    assert_eq!(refusal(chains), GenesisRefusal::ChainId(-2));
}

#[test]
fn a_block_time_of_zero() {
    let mut chains = chains();
    chains[2].block_time_ms = 0;
    assert_eq!(refusal(chains), GenesisRefusal::BlockTime(1));
}

#[test]
fn no_delector() {
    let mut chains = chains();
    chains[1].accounts.remove(0);
    let refusal = refusal(chains);
    assert_eq!(
        refusal,
        GenesisRefusal::DelectorMissing {
            chain: 0,
            address: delector(0)
        }
    );
    assert!(
        refusal
            .to_string()
            .contains("chain 0: no D'Elector account")
    );
}

#[test]
fn a_delector_without_code() {
    let mut chains = chains();
    chains[1].accounts[0].state_init = None;
    assert_eq!(
        refusal(chains),
        GenesisRefusal::DelectorMissing {
            chain: 0,
            address: delector(0)
        }
    );
}

#[test]
fn a_delector_with_other_code() {
    let mut chains = chains();
    let other = Cell::empty_cell();
    chains[2].accounts[0].state_init.as_mut().unwrap().code = Some(other.clone());
    let expected = *puppet::code().repr_hash();
    let found = *other.repr_hash();
    assert_eq!(
        refusal(chains),
        GenesisRefusal::DelectorCode {
            chain: 1,
            expected,
            found
        }
    );
}

#[test]
fn one_account_id_on_two_chains() {
    let mut chains = chains();
    let taken = id(0, 1);
    chains[2].accounts[1].address.address = taken;
    assert_eq!(
        refusal(chains),
        GenesisRefusal::DuplicateAccount {
            id: taken,
            first: 0,
            second: 1
        }
    );
}

#[test]
fn an_account_of_another_chain() {
    let mut chains = chains();
    chains[2].accounts[1].address.workchain = 0;
    let refusal = refusal(chains);
    assert!(
        matches!(refusal, GenesisRefusal::ForeignAccount { chain: 1, .. }),
        "{refusal}"
    );
}

#[test]
fn each_mandatory_parameter() {
    for param in ddvs_ledger::config::MANDATORY_PARAMS {
        let mut chains = chains();
        let plan = ConfigPlan {
            skip: Some(param),
            ..Default::default()
        };
        chains[1] = chain_genesis(0, 1, &plan);
        assert_eq!(
            refusal(chains),
            GenesisRefusal::ParamMissing { chain: 0, param }
        );
    }
}

#[test]
fn a_config_that_names_another_contract() {
    let mut chains = chains();
    let plan = ConfigPlan {
        config_address: Some(HashBytes([7; 32])),
        ..Default::default()
    };
    chains[1] = chain_genesis(0, 1, &plan);
    let refusal = refusal(chains);
    assert!(
        refusal.to_string().contains("parameter 0 names 0707"),
        "{refusal}"
    );
}

#[test]
fn data_without_a_config() {
    let mut chains = chains();
    chains[1].accounts[0].state_init.as_mut().unwrap().data = Some(Cell::empty_cell());
    assert!(matches!(
        refusal(chains),
        GenesisRefusal::Config { chain: 0, .. }
    ));
}

#[test]
fn a_workchain_that_param_12_does_not_list() {
    let mut chains = chains();
    let plan = ConfigPlan {
        workchains: vec![0, 2],
        ..Default::default()
    };
    chains[0] = chain_genesis(MASTERCHAIN, 1, &plan);
    assert_eq!(
        refusal(chains),
        GenesisRefusal::WorkchainUnlisted {
            chain: MASTERCHAIN,
            workchain: 1
        }
    );
}

#[test]
fn more_coins_than_can_be_counted() {
    let mut chains = chains();
    for chain in &mut chains {
        chain.accounts[1].balance_nano = (1 << 120) - 1;
    }
    assert_eq!(refusal(chains), GenesisRefusal::SupplyOverflow);
}
