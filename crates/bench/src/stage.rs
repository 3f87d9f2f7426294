//! A network to measure: a masterchain and some workchains, and many validators on the first one.

use std::sync::Arc;

use ddvs_client::Block;
use ddvs_contracts::address;
use ddvs_embedded::EmbeddedNetwork;
use ddvs_ledger::{DelayPlan, Network};
use ddvs_types::{COIN_U64, MASTERCHAIN};
use ddvs_zerostate::{ChainSpec, Limits, Prices, Spec, Terms, ValidatorSpec, Zerostate, build};
use tycho_types::cell::{Cell, CellBuilder, HashBytes};
use tycho_types::models::{
    CurrencyCollection, IntMsgInfo, MsgInfo, OwnedMessage, StateInit, StdAddr,
};

use crate::BenchError;

const START_TIME: u32 = 1_800_000_000;
const BLOCK_TIME_MS: u64 = 1_000;
/// Validators of the other workchains: few, since only their stake matters to the origin.
const PEER_VALIDATORS: u64 = 3;
/// Blocks of all chains after which a network that still has messages counts as stuck.
const MAX_BLOCKS: usize = 2_000;

/// The network to be measured.
#[derive(Debug, Clone)]
pub struct StageSpec {
    /// Workchains.
    pub workchains: i8,
    /// Validators registered on workchain 0, the origin.
    pub validators: u32,
    /// Limits of the network.
    pub limits: Limits,
}

impl StageSpec {
    /// A masterchain and two workchains with the default limits.
    pub fn new(validators: u32) -> Self {
        Self {
            workchains: 2,
            validators,
            limits: Limits::default(),
        }
    }

    /// All workchains have the same stake, so no change passes without a vote of another chain.
    fn spec(&self) -> Spec {
        let mut chains = vec![ChainSpec {
            id: MASTERCHAIN,
            block_time_ms: BLOCK_TIME_MS,
        }];
        let mut validators = Vec::new();
        let mut total_nano = 0;
        for chain in 0..self.workchains {
            chains.push(ChainSpec {
                id: chain,
                block_time_ms: BLOCK_TIME_MS,
            });
            if chain == 0 {
                for index in 0..self.validators {
                    // all different, so that the order by stake is that of the indices
                    let stake_nano = (20_000 + 10 * u64::from(self.validators - index)) * COIN_U64;
                    total_nano += stake_nano;
                    validators.push(validator(chain, index, stake_nano));
                }
            } else {
                for index in 0..PEER_VALIDATORS as u32 {
                    let share_nano = total_nano / PEER_VALIDATORS;
                    validators.push(validator(chain, index, share_nano));
                }
            }
        }
        Spec {
            name: "bench".into(),
            start_time: START_TIME,
            global_id: 1,
            chains,
            limits: Limits {
                max_stake_nano: self.limits.max_stake_nano.max(total_nano),
                ..self.limits.clone()
            },
            prices: Prices::default(),
            validators,
            accounts: Vec::new(),
        }
    }
}

/// A hash of the input: evenly distributed, as account ids and keys are.
pub(crate) fn spread(kind: u8, chain: i8, index: u32) -> HashBytes {
    let cell = CellBuilder::build_from((kind, chain as u8, index));
    cell.map_or(HashBytes::ZERO, |cell| *cell.repr_hash())
}

/// The account of a validator's owner.
pub(crate) fn owner(chain: i8, index: u32) -> StdAddr {
    StdAddr::new(chain, spread(1, chain, index))
}

fn validator(chain: i8, index: u32, stake_nano: u64) -> ValidatorSpec {
    ValidatorSpec {
        chain,
        owner: owner(chain, index),
        key: spread(2, chain, index),
        stake_nano,
        terms: Terms::default(),
    }
}

/// A running network.
#[derive(Debug, Clone)]
pub struct Stage {
    /// The spec of the network.
    pub spec: Spec,
    /// The zerostate.
    pub zero: Zerostate,
    /// The network.
    pub network: Network,
}

impl Stage {
    /// Builds the network.
    ///
    /// Fails only when the limits rule it out.
    pub fn new(spec: &StageSpec) -> Result<Self, BenchError> {
        let spec = spec.spec();
        let zero = build(&spec)?;
        let network = EmbeddedNetwork::start(&zero, 1, DelayPlan::default())?.into_network();
        Ok(Self {
            spec,
            zero,
            network,
        })
    }

    /// Address of the D'Elector on a chain.
    pub fn delector(&self, chain: i8) -> Result<StdAddr, BenchError> {
        Ok(address::delector_address(&self.zero.network, chain)?)
    }

    /// Puts a message of `from` into the network.
    pub fn send(
        &mut self,
        from: &StdAddr,
        to: &StdAddr,
        value_nano: u64,
        init: Option<StateInit>,
        body: Cell,
    ) -> Result<(), BenchError> {
        let message = CellBuilder::build_from(OwnedMessage {
            info: MsgInfo::Int(IntMsgInfo {
                ihr_disabled: true,
                bounce: true,
                src: from.clone().into(),
                dst: to.clone().into(),
                value: CurrencyCollection::new(value_nano.into()),
                ..Default::default()
            }),
            init,
            body: body.into(),
            layout: None,
        })?;
        self.network.inject_internal(from.workchain, message)?;
        Ok(())
    }

    /// Makes blocks until no message waits, and shows each of them.
    pub fn settle(&mut self, mut see: impl FnMut(&Arc<Block>)) -> Result<(), BenchError> {
        for _ in 0..MAX_BLOCKS {
            if self.network.is_idle() {
                return Ok(());
            }
            match self.network.step()? {
                Some(block) => see(&block),
                None => break,
            }
        }
        Err(BenchError::NotDone(
            "the network does not come to rest".into(),
        ))
    }
}
