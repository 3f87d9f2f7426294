//! A network in a directory: begun there, or gone on with.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, bail, ensure};
use ddvs_client::{Backend, EmbeddedNetwork};
use ddvs_index::{Identity, Index, Observed};
use ddvs_ledger::Network;
use tycho_types::cell::{Cell, HashBytes};

use crate::genesis::HISTORY;
use crate::running::seed;
use crate::store::journal::Journal;
use crate::store::{Kept, Origin, Store};
use crate::{Devnet, DevnetOptions, Keys, Wanted};

const STATE_FILE: &str = "state.redb";
const INDEX_FILE: &str = "index.redb";

/// Blocks that go into the index at once when it is behind.
const LOT: usize = 256;

/// A network in a directory, before it runs.
#[derive(Debug)]
pub struct KeptNetwork {
    /// What it was made with.
    pub options: DevnetOptions,
    /// Its secret keys.
    pub keys: Keys,
    /// What it started from.
    pub devnet: Devnet,
    /// Whether it was there before.
    pub is_old: bool,
    pub(crate) network: EmbeddedNetwork,
    pub(crate) index: Index,
    pub(crate) store: Store,
    pub(crate) journal: Arc<Journal>,
}

impl KeptNetwork {
    /// Goes on with the network in a directory, or begins one that is new at `now_s` (unix seconds).
    ///
    /// Fails with a refusal when the directory holds another network, something else, or one that runs in another process.
    pub fn open(dir: &Path, wanted: &Wanted, now_s: u32) -> Result<Self> {
        let place = || format!("the data directory {}", dir.display());
        std::fs::create_dir_all(dir).with_context(place)?;
        let state_path = dir.join(STATE_FILE);
        if !state_path.exists() {
            let mut entries = std::fs::read_dir(dir).with_context(place)?;
            ensure!(
                entries.next().is_none(),
                "{} is not empty and holds no devnet: name another directory",
                dir.display()
            );
        }
        let mut store = Store::open(&state_path)?;
        let origin = store.origin()?;
        let is_old = origin.is_some();
        let (options, start_time) = match &origin {
            Some(origin) => (
                wanted.options_of(origin).with_context(place)?,
                origin.start_time,
            ),
            None => (wanted.options(), now_s),
        };
        let keys = Keys::of(&options);
        let devnet = Devnet::new(&options, &keys, start_time)?;
        let genesis = devnet.zerostate.network.genesis;
        let kept = match origin {
            Some(origin) if origin.genesis == genesis => Some(store.load().with_context(place)?),
            Some(_) => bail!(
                "{} holds a network with other contracts than this version of ddvs has: go on with the version that made it, or name another directory",
                dir.display()
            ),
            None => None,
        };
        let (network, outbox, turn) = match kept {
            Some(Kept {
                state,
                outbox,
                journal,
            }) => {
                let network = Network::restore(state, HISTORY).with_context(place)?;
                (EmbeddedNetwork::new(network), outbox, journal)
            }
            None => {
                let network = devnet.network()?;
                let origin = origin_of(&options, start_time, genesis);
                store.begin(&origin, network.network())?;
                (network, Vec::new(), 0)
            }
        };
        let index = open_index(dir.join(INDEX_FILE), &network, outbox)?;
        let (journal, waiting) = Journal::open(dir, turn).with_context(place)?;
        let mut kept = Self {
            options,
            keys,
            devnet,
            is_old,
            network,
            index,
            store,
            journal: Arc::new(journal),
        };
        kept.requeue(waiting);
        Ok(kept)
    }

    /// The network, as it was kept.
    pub fn network(&self) -> &Network {
        self.network.network()
    }

    /// The index, which has all blocks of the network.
    pub fn index(&self) -> &Index {
        &self.index
    }

    /// Puts messages into the queues that were taken in but came into no block that was kept.
    fn requeue(&mut self, waiting: Vec<Cell>) {
        for message in waiting {
            let hash = *message.repr_hash();
            match self.network.send_external(message) {
                Ok(_) => tracing::info!(%hash, "a message waits again"),
                Err(error) => {
                    tracing::warn!(%hash, %error, "a message that waited is not good any more")
                }
            }
        }
    }
}

fn origin_of(options: &DevnetOptions, start_time: u32, genesis: HashBytes) -> Origin {
    Origin {
        workchains: options.workchains,
        validators: options.validators,
        block_time_ms: options.block_time_ms,
        lock_s: options.periods.lock_s,
        unlock_s: options.periods.unlock_s,
        evidence_s: options.periods.evidence_s,
        seed: options.seed,
        start_time,
        genesis,
    }
}

/// Opens the index, and brings it to where the state is.
fn open_index(path: PathBuf, network: &EmbeddedNetwork, outbox: Vec<Observed>) -> Result<Index> {
    let place = || format!("the index {}", path.display());
    let identity = Identity::read(network).context("reading the network")?;
    let end = network.cursor()?;
    let index = Index::open(&path, identity.clone()).with_context(place)?;
    let (cursor, has_accounts) = {
        let reader = index.read()?;
        (reader.cursor()?, reader.count("accounts")? > 0)
    };
    let from = match cursor {
        Some(cursor) => {
            ensure!(
                cursor <= end,
                "{} is at block {cursor} of all chains, the state only at {end}: they are not of one network's life; delete the index, and history begins anew at the present block",
                path.display()
            );
            cursor
        }
        // the zerostate's accounts are in it, and all blocks are in the outbox
        None if has_accounts && outbox.first().is_some_and(|first| first.cursor == 1) => 0,
        None => {
            drop(index);
            if end > 0 {
                tracing::warn!(
                    "there is no index of the {end} blocks before: history begins anew at the present one"
                );
            }
            let index = Index::rebuild(&path, identity).with_context(place)?;
            seed(network, &index)?;
            return Ok(index);
        }
    };
    let missing: Vec<_> = outbox
        .into_iter()
        .filter(|observed| observed.cursor > from)
        .collect();
    let first = missing.first().map_or(end + 1, |first| first.cursor);
    ensure!(
        first == from + 1,
        "{} is at block {from} of all chains, and the next one that is kept is {first}: delete the index, and history begins anew at the present block",
        path.display()
    );
    for lot in missing.chunks(LOT) {
        index.take(lot, true)?;
    }
    if !missing.is_empty() {
        tracing::info!(blocks = missing.len(), "the index caught up");
    }
    Ok(index)
}
