//! The config has what tools and engines demand before they read anything else.

use ddvs_contracts::storage::DElectorStorage;
use ddvs_zerostate::{Limits, Spec, ZeroChain, build};
use tycho_types::models::{
    BlockchainConfigParams, ElectionTimings, GlobalCapabilities, GlobalCapability, SizeLimitsConfig,
};

use crate::first_batch::spec;

fn config_of(chain: &ZeroChain) -> BlockchainConfigParams {
    let delector = chain.accounts.first().unwrap();
    assert_eq!(delector.address, chain.delector);
    let data = delector.state_init.as_ref().unwrap().data.as_ref().unwrap();
    let storage: DElectorStorage = data.parse().unwrap();
    BlockchainConfigParams::from_raw(storage.config)
}

#[test]
fn every_chain_names_its_delector_as_elector_and_collector() {
    for chain in &build(&spec(2, 4)).unwrap().chains {
        let config = config_of(chain);
        let own = chain.delector.address;
        assert_eq!(config.get_elector_address().unwrap(), own);
        assert_eq!(config.get_fee_collector_address().unwrap(), own);
        // both are there, not taken from one another
        for param in [0, 1, 3] {
            let cell = config.get_raw_cell_ref(param).unwrap().unwrap();
            let mut slice = cell.as_slice().unwrap();
            assert_eq!(slice.load_u256().unwrap(), own, "param {param}");
            assert!(slice.is_data_empty());
        }
        // fees are counted as they were paid: nothing is burnt of them
        assert!(!config.contains_raw(5).unwrap());
    }
}

#[test]
fn election_timings_follow_param_200() {
    let timings = |limits: Limits| {
        let zero = build(&Spec {
            limits,
            ..spec(1, 4)
        });
        let zero = zero.unwrap();
        let read = |chain| config_of(chain).get_election_timings().unwrap();
        let each: Vec<_> = zero.chains.iter().map(read).collect();
        assert!(each.iter().all(|timings| *timings == each[0]));
        each[0]
    };
    let limits = Limits {
        set_interval_s: 600,
        ..Limits::default()
    };
    let expected = ElectionTimings {
        validators_elected_for: 600,
        elections_start_before: 0,
        elections_end_before: 0,
        stake_held_for: limits.min_unlock_period_s,
    };
    assert_eq!(timings(limits), expected);
    // tools divide by the length of a round
    assert_eq!(timings(Limits::default()).validators_elected_for, 1);
}

#[test]
fn bounced_messages_carry_their_body_on_every_engine() {
    for chain in &build(&spec(1, 4)).unwrap().chains {
        let version = config_of(chain).get_global_version().unwrap();
        let expected = GlobalCapabilities::from([GlobalCapability::CapBounceMsgBody]);
        assert_eq!((version.version, version.capabilities), (12, expected));
        assert_eq!(version.capabilities.into_inner(), 4);
    }
}

#[test]
fn both_engines_read_the_size_limits() {
    let zero = build(&spec(1, 4)).unwrap();
    let config = config_of(&zero.chains[0]);
    let tycho: SizeLimitsConfig = config.get_size_limits().unwrap();
    assert_eq!(
        (tycho.max_msg_bits, tycho.max_msg_cells),
        (1 << 21, 1 << 13)
    );
    assert_eq!(tycho.max_acc_state_cells, 1 << 20);
    // size_limits_config_v2#02 of TON's block.tlb, to its last bit
    let cell = config.get_raw_cell_ref(43).unwrap().unwrap();
    let mut slice = cell.as_slice().unwrap();
    assert_eq!(slice.load_u8().unwrap(), 2);
    let [msg_bits, msg_cells, library_cells] = [(); 3].map(|()| slice.load_u32().unwrap());
    assert_eq!(
        (msg_bits, msg_cells, library_cells),
        (1 << 21, 1 << 13, 1_000)
    );
    let (vm_depth, ext_size, ext_depth) = (
        slice.load_u16().unwrap(),
        slice.load_u32().unwrap(),
        slice.load_u16().unwrap(),
    );
    assert_eq!((vm_depth, ext_size, ext_depth), (512, 65_535, 512));
    let [cells, masterchain_cells, libraries, deferred] =
        [(); 4].map(|()| slice.load_u32().unwrap());
    assert_eq!((cells, libraries, deferred), (1 << 20, 256, 256));
    // the D'Elector of the masterchain has room in either unit
    assert!(masterchain_cells >= cells);
    assert_eq!(
        slice.load_u32().unwrap(),
        2,
        "extra currencies of a message"
    );
    assert_eq!(slice.load_u8().unwrap(), 8, "bits of a fixed prefix");
    assert_eq!(
        slice.load_u32().unwrap(),
        26,
        "cells from which storage is counted"
    );
    assert!(slice.is_data_empty() && slice.is_refs_empty());
}
