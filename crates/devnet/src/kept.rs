//! A network in a directory: a new or a resumed one.

use std::io::ErrorKind;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, bail, ensure};
use ddvs_client::{Backend, Live};
use ddvs_embedded::EmbeddedNetwork;
use ddvs_index::{
    Identity, Index, IndexError, Observed, forget_unfinished, guarded, is_unfinished,
};
use ddvs_ledger::Network;
use tycho_types::cell::{Cell, HashBytes};

use crate::genesis::HISTORY;
use crate::running::seed;
use crate::store::journal::Journal;
use crate::store::{ANEW, Kept, Origin, Store};
use crate::{Devnet, DevnetOptions, Keys, Wanted};

const STATE_FILE: &str = "state.redb";
const INDEX_FILE: &str = "index.redb";

/// Number of blocks that are indexed at a time when the index is behind.
const LOT: usize = 256;

/// A network in a directory, before it runs.
#[derive(Debug)]
pub struct KeptNetwork {
    /// Its options.
    pub options: DevnetOptions,
    /// Its secret keys.
    pub keys: Keys,
    /// Its genesis.
    pub devnet: Devnet,
    /// Whether it existed before.
    pub is_old: bool,
    pub(crate) network: EmbeddedNetwork,
    pub(crate) index: Index,
    pub(crate) store: Store,
    pub(crate) journal: Arc<Journal>,
}

impl KeptNetwork {
    /// Resumes the network in a directory, or creates a new one at `now_s` (Unix seconds). With `rebuild_index` the index is
    /// deleted, and history restarts at the current block.
    ///
    /// Fails with a refusal when the directory holds another network, something else, or one that runs in another process.
    pub fn open(dir: &Path, wanted: &Wanted, now_s: u32, rebuild_index: bool) -> Result<Self> {
        let place = || format!("the data directory {}", dir.display());
        std::fs::create_dir_all(dir).with_context(place)?;
        let state_path = dir.join(STATE_FILE);
        let is_new = is_new(dir, &state_path)?;
        if is_new {
            let options = wanted.options();
            let devnet = Devnet::new(&options, &Keys::of(&options), now_s)?;
            let origin = origin_of(&options, now_s, devnet.zerostate.network.genesis);
            Store::make(&state_path, &origin, &devnet.network()?.into_network())?;
        } else {
            forget_unfinished(&state_path).with_context(place)?;
        }
        let mut store = Store::open(&state_path)?;
        let origin = store.origin()?.with_context(|| nothing_kept(&state_path))?;
        let options = wanted.options_of(&origin).with_context(place)?;
        let keys = Keys::of(&options);
        let devnet = Devnet::new(&options, &keys, origin.start_time)?;
        ensure!(
            origin.genesis == devnet.zerostate.network.genesis,
            "{} holds a network with other contracts than this version of ddvs has: use the version that made it, or another directory",
            dir.display()
        );
        let Kept {
            state,
            outbox,
            journal: turn,
        } = store.load()?;
        let network = Network::restore(state, HISTORY)
            .with_context(|| format!("{} is damaged. {ANEW}", state_path.display()))?;
        let network = EmbeddedNetwork::new(network);
        let index = open_index(dir.join(INDEX_FILE), &network, outbox, rebuild_index)?;
        let (journal, waiting) = Journal::open(dir, turn).with_context(place)?;
        let mut kept = Self {
            options,
            keys,
            devnet,
            is_old: !is_new,
            network,
            index,
            store,
            journal: Arc::new(journal),
        };
        kept.requeue(waiting);
        Ok(kept)
    }

    /// The stored network.
    pub fn network(&self) -> impl Deref<Target = Network> {
        self.network.network()
    }

    /// The index, which contains all blocks of the network.
    pub fn index(&self) -> &Index {
        &self.index
    }

    /// Queues accepted messages that are in no stored block.
    fn requeue(&mut self, waiting: Vec<Cell>) {
        for message in waiting {
            let hash = *message.repr_hash();
            match self.network.send(message) {
                Ok(_) => tracing::info!(%hash, "a message waits again"),
                Err(error) => {
                    tracing::warn!(%hash, %error, "a message that waited is not good any more");
                }
            }
        }
    }
}

/// Whether a network is to be created in a directory. Unfinished files of killed processes do not count.
///
/// Fails with a refusal when the directory holds something else, or files of a network without its state.
fn is_new(dir: &Path, state_path: &Path) -> Result<bool> {
    let mut others = 0;
    for entry in std::fs::read_dir(dir).with_context(|| dir.display().to_string())? {
        let name = entry?.file_name();
        others += usize::from(name != STATE_FILE && !is_unfinished(state_path, &name));
    }
    let length = match std::fs::metadata(state_path) {
        Ok(file) => Some(file.len()),
        Err(cause) if cause.kind() == ErrorKind::NotFound => None,
        Err(cause) => return Err(cause).with_context(|| state_path.display().to_string()),
    };
    let had_network = dir.join(INDEX_FILE).exists();
    match length {
        // nothing else is there, so nothing was stored yet
        Some(0) if others == 0 => {
            std::fs::remove_file(state_path)?;
            Ok(true)
        }
        Some(0) => bail!(nothing_kept(state_path)),
        Some(_) => Ok(false),
        None if others == 0 => Ok(true),
        None if had_network => bail!(nothing_kept(state_path)),
        None => bail!(
            "{} is not empty and contains no devnet: use another directory",
            dir.display()
        ),
    }
}

fn nothing_kept(state_path: &Path) -> String {
    format!(
        "{} is missing or empty, and without it there is no network to continue: restore it from a copy, or start a new network in another directory. The index beside it contains only the history",
        state_path.display()
    )
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

/// Opens the index, and updates it to the state.
fn open_index(
    path: PathBuf,
    network: &EmbeddedNetwork,
    outbox: Vec<Observed>,
    rebuild: bool,
) -> Result<Index> {
    let place = || format!("the index {}", path.display());
    let identity = Identity::read(network).context("reading the network")?;
    let end = network.cursor()?;
    let index = match rebuild {
        true => Index::rebuild(&path, identity.clone())?,
        false => Index::open(&path, identity.clone())?,
    };
    // a damaged page may be found on the first access
    let (cursor, has_accounts) = guarded(|| {
        let reader = index.read()?;
        Ok::<_, IndexError>((reader.cursor()?, reader.count("accounts")? > 0))
    })
    .with_context(place)?;
    let from = match cursor {
        Some(cursor) => {
            ensure!(
                cursor <= end,
                "{} is at block {cursor} of all chains, the state only at {end}: they do not belong to the same run. If the state is the right one, `--rebuild-index` restarts the history at the current block; otherwise restore its copy",
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
                    "there is no index of the {end} previous blocks: the history restarts at the current one"
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
        "{} is at block {from} of all chains, and the next stored one is {first}: `--rebuild-index` restarts the history at the current block",
        path.display()
    );
    for lot in missing.chunks(LOT) {
        guarded(|| index.take(lot, true)).with_context(place)?;
    }
    if !missing.is_empty() {
        tracing::info!(blocks = missing.len(), "the index caught up");
    }
    Ok(index)
}
