//! Observes the D'Electors: every vote that arrives, every applied batch, and whether it had a majority.

use std::collections::BTreeMap;

use anyhow::Result;
use ddvs_client::received;
use ddvs_client::{Backend, Block, ChainId, DElector};
use ddvs_contracts::messages::{self, Message, Propose, Vote};
use tycho_types::cell::{CellSlice, HashBytes, Load};
use tycho_types::models::StdAddr;

/// Identifier of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct BatchId {
    /// The chain whose registry it changes.
    pub origin: ChainId,
    /// Its number there.
    pub seqno: u32,
}

/// A batch applied by one copy.
#[derive(Debug, Clone)]
pub struct Applied {
    /// The batch.
    pub batch: BatchId,
    /// Its hash.
    pub hash: HashBytes,
    /// The copy.
    pub copy: ChainId,
    /// The copy's block.
    pub block: u32,
    /// Chains whose votes this copy had, including the origin's and its own.
    pub voters: Vec<ChainId>,
    /// Stake of these chains as the copy had it just before, in nano.
    pub yes_nano: u128,
    /// All stake as the copy had it just before, in nano.
    pub all_nano: u128,
}

impl Applied {
    /// Whether the voters held more than half.
    pub fn is_majority(&self) -> bool {
        2 * self.yes_nano > self.all_nano
    }
}

#[derive(Debug, Clone, Default)]
struct Copy {
    applied: BTreeMap<ChainId, u32>,
    totals: BTreeMap<ChainId, u128>,
    votes: BTreeMap<BatchId, Vec<ChainId>>,
}

/// The observer.
#[derive(Debug, Clone)]
pub struct AgreementWatch {
    delectors: BTreeMap<ChainId, StdAddr>,
    copies: BTreeMap<ChainId, Copy>,
}

impl AgreementWatch {
    /// Starts from the D'Electors' current state.
    pub fn new(backend: &dyn Backend) -> Result<Self> {
        let mut watch = Self {
            delectors: BTreeMap::new(),
            copies: BTreeMap::new(),
        };
        for chain in backend.chains()? {
            watch.delectors.insert(chain.id, chain.delector);
            watch.copies.insert(chain.id, Copy::default());
        }
        for id in watch.delectors.keys().copied().collect::<Vec<_>>() {
            watch.read(backend, id)?;
        }
        Ok(watch)
    }

    /// Processes a block; returns the batches that its chain's copy applied in it.
    pub fn see(&mut self, backend: &dyn Backend, block: &Block) -> Result<Vec<Applied>> {
        let Some(own) = self.delectors.get(&block.chain).cloned() else {
            return Ok(Vec::new());
        };
        let mut touched = false;
        for transaction in block
            .transactions
            .iter()
            .filter(|t| t.account == own && t.succeeded())
        {
            touched = true;
            if let Some(source) = &transaction.in_message.source {
                let from = source.workchain;
                let authentic = self.delectors.get(&from) == Some(source);
                if authentic && from != block.chain {
                    self.note_in(block.chain, from, transaction);
                }
            }
            for message in &transaction.out_messages {
                self.note_own(block.chain, &message.cell);
            }
        }
        if !touched {
            return Ok(Vec::new());
        }
        self.applied(backend, block)
    }

    fn note(&mut self, copy: ChainId, batch: BatchId, voter: ChainId) {
        let voters = self
            .copies
            .entry(copy)
            .or_default()
            .votes
            .entry(batch)
            .or_default();
        if !voters.contains(&voter) {
            voters.push(voter);
        }
    }

    fn note_in(
        &mut self,
        copy: ChainId,
        from: ChainId,
        transaction: &ddvs_client::TransactionRecord,
    ) {
        let batches = received::with_body(transaction, named);
        for batch in batches.into_iter().flatten() {
            self.note(copy, batch, from);
        }
    }

    /// A copy's own vote, or the origin's own proposal, leaves it as a message to the others.
    fn note_own(&mut self, copy: ChainId, message: &tycho_types::cell::Cell) {
        let batches = messages::with_body(message, named);
        for batch in batches.into_iter().flatten() {
            self.note(copy, batch, copy);
        }
    }

    fn read(
        &mut self,
        backend: &dyn Backend,
        id: ChainId,
    ) -> Result<BTreeMap<ChainId, (u32, HashBytes)>> {
        let Some(address) = self.delectors.get(&id) else {
            return Ok(BTreeMap::new());
        };
        let account = backend.account(address)?;
        let Some(data) = account.data() else {
            return Ok(BTreeMap::new());
        };
        let storage = ddvs_contracts::storage::DElectorStorage::load_from(&mut data.as_slice()?)?;
        let mut heads = BTreeMap::new();
        let copy = self.copies.entry(id).or_default();
        for entry in storage.registries.iter() {
            let (chain, registry) = entry?;
            heads.insert(chain, (registry.seqno, registry.last_hash));
            copy.applied.insert(chain, registry.seqno);
            copy.totals.insert(chain, registry.total.into_inner());
        }
        Ok(heads)
    }

    fn applied(&mut self, backend: &dyn Backend, block: &Block) -> Result<Vec<Applied>> {
        let before = self.copies.entry(block.chain).or_default().clone();
        let heads = self.read(backend, block.chain)?;
        let mut applied = Vec::new();
        for (origin, (seqno, hash)) in heads {
            let last = before.applied.get(&origin).copied().unwrap_or(0);
            for number in last + 1..=seqno {
                let batch = BatchId {
                    origin,
                    seqno: number,
                };
                let copy = self.copies.entry(block.chain).or_default();
                let mut voters = copy.votes.remove(&batch).unwrap_or_default();
                if !voters.contains(&origin) {
                    voters.push(origin);
                }
                voters.sort_unstable();
                let weigh = |chain: &ChainId| before.totals.get(chain).copied().unwrap_or(0);
                applied.push(Applied {
                    batch,
                    hash: if number == seqno {
                        hash
                    } else {
                        HashBytes::ZERO
                    },
                    copy: block.chain,
                    block: block.seqno,
                    yes_nano: voters.iter().map(weigh).sum(),
                    all_nano: before.totals.values().sum(),
                    voters,
                });
            }
        }
        Ok(applied)
    }
}

/// Returns the batches of a proposal or votes.
fn named(op: u32, body: CellSlice<'_>) -> Option<Vec<BatchId>> {
    match op {
        Propose::OP => Some(vec![proposed(body)?]),
        Vote::OP => {
            let votes = messages::read_body::<Vote>(body)?.list().ok()?.into_iter();
            let batches = votes.map(|vote| BatchId {
                origin: vote.origin,
                seqno: vote.seqno,
            });
            Some(batches.collect())
        }
        _ => None,
    }
}

/// The batch of a proposal.
fn proposed(body: CellSlice<'_>) -> Option<BatchId> {
    let batch = messages::read_body::<Propose>(body)?.batch.load().ok()?;
    Some(BatchId {
        origin: batch.origin,
        seqno: batch.seqno,
    })
}

/// Whether all copies hold the same registries; otherwise returns the first chain about which they differ.
pub fn replicas_differ(backend: &dyn Backend, delectors: &[DElector]) -> Result<Option<ChainId>> {
    for chain in delectors.iter().map(DElector::chain) {
        let mut digests = Vec::new();
        for delector in delectors {
            digests.push(delector.registry_digest(backend, chain)?);
        }
        if digests.windows(2).any(|pair| pair[0] != pair[1]) {
            return Ok(Some(chain));
        }
    }
    Ok(None)
}
