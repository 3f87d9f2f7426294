//! Requested options of a devnet, compared with those of a stored one.

use anyhow::{Result, bail};

use crate::store::Origin;
use crate::{DevnetOptions, PoolPeriods};

/// Options as given. Missing ones keep their value in a stored network, and have defaults in a new one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Workchains besides the masterchain.
    pub workchains: Option<u8>,
    /// Genesis validators of each workchain.
    pub validators: Option<u16>,
    /// Time between blocks of each chain.
    pub block_time_ms: Option<u64>,
    /// Seconds from unstake until coins are free.
    pub unlock_s: Option<u32>,
    /// The seed.
    pub seed: Option<u64>,
}

impl Wanted {
    /// Options of a new network.
    pub fn options(&self) -> DevnetOptions {
        let default = DevnetOptions::default();
        DevnetOptions {
            workchains: self.workchains.unwrap_or(default.workchains),
            validators: self.validators.unwrap_or(default.validators),
            block_time_ms: self.block_time_ms.unwrap_or(default.block_time_ms),
            periods: self
                .unlock_s
                .map_or(default.periods, PoolPeriods::with_unlock_s),
            seed: self.seed.unwrap_or(default.seed),
            funded: default.funded,
        }
    }

    /// Returns the options of a stored network.
    ///
    /// Fails with a refusal when other options were requested.
    pub fn options_of(&self, origin: &Origin) -> Result<DevnetOptions> {
        let differs = |name: &str, wanted: Option<u64>, kept: u64| match wanted {
            Some(wanted) if wanted != kept => bail!(
                "it holds a network with --{name} {kept}, not {wanted}: leave --{name} out, or use another directory"
            ),
            _ => Ok(()),
        };
        differs(
            "workchains",
            self.workchains.map(Into::into),
            origin.workchains.into(),
        )?;
        differs(
            "validators",
            self.validators.map(Into::into),
            origin.validators.into(),
        )?;
        differs("block-time-ms", self.block_time_ms, origin.block_time_ms)?;
        differs(
            "unlock-period",
            self.unlock_s.map(Into::into),
            origin.unlock_s.into(),
        )?;
        differs("seed", self.seed, origin.seed)?;
        Ok(DevnetOptions {
            workchains: origin.workchains,
            validators: origin.validators,
            block_time_ms: origin.block_time_ms,
            periods: PoolPeriods {
                lock_s: origin.lock_s,
                unlock_s: origin.unlock_s,
                evidence_s: origin.evidence_s,
            },
            seed: origin.seed,
            funded: Vec::new(),
        })
    }
}
