//! The network of the scenario.

use anyhow::{Context, Result, ensure};
use ddvs_client::seeded::{ConsensusKey, Person};
use ddvs_ledger::DelayPlan;
use ddvs_types::{COIN_U64, MASTERCHAIN};
use ddvs_zerostate::{
    AccountSpec, ChainSpec, Limits, Prices, Spec, Terms, ValidatorSpec, Zerostate,
};

use crate::cast::{Cast, People, Story, ValidatorCast};

/// Options of the demo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoOptions {
    /// Number of workchains besides the masterchain, 3 to 8: with fewer no majority would remain when one chain is
    /// silenced.
    pub workchains: u8,
    /// Genesis validators of each workchain, 3 to 16.
    pub validators: u8,
    /// Seed of keys, delays and interleavings.
    pub seed: u64,
}

impl Default for DemoOptions {
    fn default() -> Self {
        Self {
            workchains: 3,
            validators: 4,
            seed: 1,
        }
    }
}

/// A network ready to start, and its participants.
#[derive(Debug, Clone)]
pub struct Setup {
    /// Its options.
    pub options: DemoOptions,
    /// The spec of the zerostate.
    pub spec: Spec,
    /// The zerostate.
    pub zerostate: Zerostate,
    /// The participants.
    pub cast: Cast,
}

/// Signature domain of the scenario's wallets.
const NETWORK_ID: i32 = 0xd_dd75;
/// Periods of the scenario, in seconds: short, so that it ends on real time.
pub const LOCK_PERIOD: u32 = 60;
/// From unstake until the coins are free.
pub const UNLOCK_PERIOD: u32 = 120;
const EVIDENCE_WINDOW: u32 = 100;
/// Stake of the first genesis validator, in coins; each one has a little more than the previous one.
const GENESIS_STAKE: u64 = 100_000;
/// Longest delay of a message between chains.
const MAX_DELAY_MS: u64 = 300;
/// Initial coins of a user.
pub const POCKET: u64 = 500_000;

impl Setup {
    /// Builds the zerostate and the participants.
    ///
    /// Fails only when the options are out of range.
    pub fn new(options: &DemoOptions) -> Result<Self> {
        ensure!(
            (3..=8).contains(&options.workchains),
            "--workchains must be 3 to 8, not {}",
            options.workchains
        );
        ensure!(
            (3..=16).contains(&options.validators),
            "--validators must be 3 to 16, not {}",
            options.validators
        );
        let seed = options.seed;
        let last = options.workchains as i8 - 1;
        let person = |name: &str, chain: i8| Person::new(seed, name, chain, NETWORK_ID);

        let mut chains = vec![ChainSpec {
            id: MASTERCHAIN,
            block_time_ms: 1_000,
        }];
        let mut validators = Vec::new();
        let mut owners = Vec::new();
        for chain in 0..options.workchains as i8 {
            chains.push(ChainSpec {
                id: chain,
                block_time_ms: 1_000,
            });
            for index in 0..options.validators {
                let name = format!("validator {chain}.{index}");
                let owner = person(&name, chain)?;
                let key = ConsensusKey::new(seed, &name);
                validators.push(ValidatorSpec {
                    chain,
                    owner: owner.address().clone(),
                    key: key.public(),
                    stake_nano: (GENESIS_STAKE + 1_000 * u64::from(index)) * COIN_U64,
                    terms: Terms {
                        lock_period: LOCK_PERIOD,
                        unlock_period: UNLOCK_PERIOD,
                        min_stake_nano: 10 * COIN_U64,
                        nonce: u64::from(index),
                    },
                });
                owners.push((owner, key, chain));
            }
        }
        let people = People::new(seed, last, NETWORK_ID)?;
        let owners_accounts = owners.iter().map(|(owner, ..)| owner);
        let pockets = people.all().into_iter().chain(owners_accounts);
        let accounts = pockets
            .map(|person| AccountSpec {
                address: person.address().clone(),
                state_init: None,
                balance_nano: POCKET * COIN_U64,
            })
            .collect();
        // all but four genesis validators fit into the masterchain's set, so that places are contested
        let main_validators = (owners.len() - owners.len() / 3) as u16;
        let spec = Spec {
            name: format!("ddvs demo {seed}"),
            start_time: 1_800_000_000,
            global_id: NETWORK_ID,
            chains,
            limits: Limits {
                // one validator of a chain may be removed
                min_validators: u16::from(options.validators - 1).min(3),
                main_validators,
                slash_bp: 5_000,
                evidence_window_s: EVIDENCE_WINDOW,
                min_unlock_period_s: EVIDENCE_WINDOW + 1,
                ..Limits::default()
            },
            prices: Prices::default(),
            validators,
            accounts,
        };
        let zerostate = ddvs_zerostate::build(&spec).context("building the demo's zerostate")?;
        let validators = owners
            .into_iter()
            .zip(&zerostate.roots)
            .map(|((owner, key, chain), root)| ValidatorCast {
                owner,
                key,
                root: root.clone(),
                chain,
            })
            .collect();
        let cast = people.cast(validators, ConsensusKey::new(seed, "Nora"));
        Ok(Self {
            options: options.clone(),
            spec,
            zerostate,
            cast,
        })
    }

    /// Delays of messages between chains and of blocks, by the seed; shorter than a block.
    pub fn delays(&self) -> DelayPlan {
        DelayPlan::random(self.options.seed, MAX_DELAY_MS)
    }

    /// The story on this network.
    pub fn story(&self) -> Story {
        Story {
            network: self.zerostate.network.clone(),
            cast: self.cast.clone(),
            seed: self.options.seed,
        }
    }
}
