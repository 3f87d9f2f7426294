//! When this node validates a chain: whenever its key is in the chain's set.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, Result, bail};
use ddvs_bft::EngineConfig;
use tokio::sync::watch;

use crate::NodeConfig;
use crate::block::MAX_BLOCK_BYTES;
use crate::chains::TakeError;
use crate::guard::SignState;
use crate::runner::{Ended, RunError, Runner, stopped};

/// Runs the engine of one chain whenever the key is in its set.
pub(crate) struct Role {
    /// Answers the engine.
    pub runner: Runner,
    /// Settings of the node.
    pub config: NodeConfig,
    /// Its directory.
    pub home: PathBuf,
    /// Whether the engine runs, which the chain's follower looks at.
    pub validates: Arc<AtomicBool>,
    /// Whether the node is to stop.
    pub stop: watch::Receiver<bool>,
}

impl Role {
    /// Runs until the node stops.
    ///
    /// Fails when the engine, the store or the state transition does.
    pub async fn run(mut self) -> Result<()> {
        let chain = self.runner.chain;
        let Some(mut height) = self.runner.chains.height(chain) else {
            bail!("there is no chain {chain}");
        };
        loop {
            if *self.stop.borrow() {
                return Ok(());
            }
            let site = self.runner.chains.site(chain);
            let set = site.map(|site| site.replica.next_set().clone());
            if set.is_none_or(|set| set.get(&self.runner.key).is_none()) {
                tokio::select! {
                    changed = height.changed() => changed.context("the chains are gone")?,
                    _ = self.stop.wait_for(|stops| *stops) => return Ok(()),
                }
                continue;
            }
            tracing::info!(chain, "validates");
            self.validates.store(true, Ordering::Relaxed);
            let ended = self.validate().await;
            self.validates.store(false, Ordering::Relaxed);
            match ended {
                Ok(Ended::Stopped) => return Ok(()),
                Ok(Ended::Left) => tracing::info!(chain, "no longer validates"),
                Err(error) if is_captured(&error) => {
                    tracing::error!("{error:#}; the other chains go on");
                    stopped(&mut self.stop).await;
                    return Ok(());
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Runs the engine until the key leaves the set.
    async fn validate(&mut self) -> Result<Ended> {
        let chain = self.runner.chain;
        let scope = {
            let replica = self.runner.chains.replica(chain);
            replica.context("the chain is gone")?.header().scope
        };
        let listen = self.config.engines.get(&chain).cloned();
        let listen =
            listen.with_context(|| format!("no address for the engine of chain {chain} is set"))?;
        let signed = self.home.join("signed");
        std::fs::create_dir_all(&signed)?;
        let home = self.home.join("engine").join(chain.to_string());
        let has_log = home.join("consensus.wal").exists();
        let guard = SignState::open(&signed.join(format!("{chain}.json")), has_log)
            .context("reading the sign state")?;
        let engine = ddvs_bft::start(EngineConfig {
            scope,
            secret_key: self.config.secret,
            guard: Arc::new(guard),
            listen,
            // added as they become known
            peers: Vec::new(),
            home,
            max_block_bytes: MAX_BLOCK_BYTES,
            #[cfg(feature = "byzantine")]
            misbehavior: self.config.misbehavior,
        });
        let engine = engine.await?;
        let runner = self.runner.clone();
        Ok(runner.run(engine, self.stop.clone()).await?)
    }
}

/// Whether a chain ended because its validators have certified what is not valid.
fn is_captured(error: &anyhow::Error) -> bool {
    let error = error.downcast_ref::<RunError>();
    matches!(error, Some(RunError::Take(TakeError::Captured { .. })))
}
