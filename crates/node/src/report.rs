//! Evidence that the engines have seen: written to disk, and sent to the D'Elector of the validator's home chain.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use ddvs_client::{DElector, OwnerWallet};
use ddvs_contracts::Network;
use ddvs_contracts::messages::Evidence;
use ddvs_types::ChainId;
use tokio::sync::mpsc;
use tokio::time::sleep;
use tycho_types::boc::Boc;
use tycho_types::cell::{CellBuilder, HashBytes};

use crate::admit::Admission;
use crate::chains::now_ms;
use crate::runner::Seen;

/// How long a reporter waits for others of the set, for each one that comes before it: one report suffices.
const TURN: Duration = Duration::from_secs(2);
/// How long a report may take to have its effect, before it is sent again.
const PATIENCE: Duration = Duration::from_secs(20);
/// How often a report is sent.
const TRIES: u32 = 5;
/// Validity of a report, in seconds.
const TTL_S: u64 = 60;

/// Writes and sends evidence.
pub struct Reporter {
    /// This node.
    pub node: Arc<Admission>,
    /// The network, from which addresses follow.
    pub network: Network,
    /// Directory of the files.
    pub directory: PathBuf,
    /// Account that pays for reports; without one, they are only written.
    pub account: Option<OwnerWallet>,
}

impl Reporter {
    /// Handles evidence until the node ends.
    ///
    /// Fails when a file cannot be written.
    pub async fn run(self, mut seen: mpsc::Receiver<Seen>) -> Result<()> {
        let mut accused = BTreeSet::new();
        while let Some(Seen { chain, evidence }) = seen.recv().await {
            // one proof suffices, and whoever signs twice does it again and again
            if !accused.insert(evidence.key) {
                continue;
            }
            let path = write(&self.directory, &evidence)?;
            tracing::error!(chain, key = %evidence.key, file = %path.display(), "a validator has signed twice");
            if let Err(error) = self.report(chain, &evidence).await {
                accused.remove(&evidence.key);
                tracing::error!("the evidence is not sent: {error:#}");
            }
        }
        Ok(())
    }

    async fn report(&self, chain: ChainId, evidence: &Evidence) -> Result<()> {
        let Some(account) = &self.account else {
            tracing::warn!(
                "no account to report from is configured: send the file by `ddvs evidence`"
            );
            return Ok(());
        };
        sleep(TURN * self.turn(chain, &evidence.key)).await;
        for _ in 0..TRIES {
            let Some(home) = self.home_of(&evidence.key)? else {
                return Ok(());
            };
            self.send(account, home, evidence)?;
            let begin = tokio::time::Instant::now();
            while begin.elapsed() < PATIENCE {
                sleep(TURN / 4).await;
                if self.home_of(&evidence.key)?.is_none() {
                    tracing::info!(key = %evidence.key, "it is removed");
                    return Ok(());
                }
            }
        }
        anyhow::bail!("{} is still there after {TRIES} reports", evidence.key)
    }

    /// How many members of the set report before this node, by their keys.
    fn turn(&self, chain: ChainId, accused: &HashBytes) -> u32 {
        let Some(replica) = self.node.chains.replica(chain) else {
            return 0;
        };
        let members = replica.next_set().members().iter();
        let others = members.filter(|member| member.key != *accused);
        let before = others.take_while(|member| member.key < self.node.key);
        u32::try_from(before.count()).unwrap_or(u32::MAX).min(30)
    }

    /// The chain on which a key is registered and not removed.
    fn home_of(&self, key: &HashBytes) -> Result<Option<ChainId>> {
        for chain in self.node.chains.ids() {
            let replica = self
                .node
                .chains
                .replica(chain)
                .context("the chain is gone")?;
            let Some(storage) = replica.delector()? else {
                continue;
            };
            let holders = storage.holders(key)?;
            if holders.iter().any(|(_, state)| state.is_removed()) {
                return Ok(None);
            }
            if let Some((root, _)) = holders.first() {
                return Ok(Some(root.workchain));
            }
        }
        Ok(None)
    }

    fn send(&self, account: &OwnerWallet, home: ChainId, evidence: &Evidence) -> Result<()> {
        let own = account.address().workchain;
        let replica = self
            .node
            .chains
            .replica(own)
            .context("the account's chain is unknown")?;
        let home_chain = self
            .node
            .chains
            .replica(home)
            .context("the chain is gone")?;
        let storage = home_chain
            .delector()?
            .context("the D'Elector cannot be read")?;
        let value_nano = storage.params()?.change_value_nano();
        let delector = DElector::new(&self.network, home)?;
        let query_id = now_ms();
        let message = delector.submit_evidence(evidence, value_nano.into(), query_id)?;
        let state = replica.chain().account(account.address())?;
        let (seqno, with_state) = account.next_seqno(&state)?;
        let valid_until = u32::try_from(now_ms() / 1_000 + TTL_S).unwrap_or(u32::MAX);
        let external = account.build_external(seqno, valid_until, with_state, &[message])?;
        self.node.admit(own, external, false)?;
        tracing::info!(key = %evidence.key, chain = home, "evidence is sent");
        Ok(())
    }
}

/// Writes evidence to a file, unless it is there.
fn write(directory: &Path, evidence: &Evidence) -> Result<PathBuf> {
    let cell = CellBuilder::build_from(evidence).context("encoding evidence")?;
    std::fs::create_dir_all(directory)?;
    let path = directory.join(format!("{}.boc", cell.repr_hash()));
    std::fs::write(&path, Boc::encode(&cell))
        .with_context(|| format!("writing {}", path.display()))?;
    Ok(path)
}
