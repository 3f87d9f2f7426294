//! The state of a network as a row, with hashes instead of cells.

use ddvs_ledger::{
    ChainState, DelayPlan, Lane, Limits, NetworkState, QueueState, SiteState, WaitingMessage,
};
use ddvs_types::ChainSupply;
use serde::{Deserialize, Serialize};
use tycho_types::cell::{Cell, HashBytes};
use tycho_types::models::StdAddr;

use super::RowError;

/// [`NetworkState`].
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct StateRow {
    seed: u64,
    now_ms: u64,
    pub cursor: u64,
    delays: DelaysRow,
    max_queued_externals: u64,
    max_block_transactions: u64,
    chains: Vec<ChainRow>,
    queues: Vec<QueueRow>,
}

#[derive(Debug, Serialize, Deserialize)]
struct DelaysRow {
    seed: u64,
    base_ms: u64,
    jitter_ms: u64,
    block_jitter_ms: u64,
    pair_base_ms: Vec<(i8, i8, u64)>,
}

#[derive(Debug, Serialize, Deserialize)]
struct ChainRow {
    id: i8,
    delector: StdAddr,
    block_time_ms: u64,
    slow_factor: u32,
    is_silenced: bool,
    seqno: u32,
    last_hash: HashBytes,
    last_block_ms: u64,
    due_ms: u64,
    lt: u64,
    supply_nano: SupplyRow,
    accounts: HashBytes,
    config: HashBytes,
    leftover: Vec<HashBytes>,
    sent: Vec<LaneRow>,
    received: Vec<LaneRow>,
    externals: Vec<HashBytes>,
}

#[derive(Debug, Serialize, Deserialize)]
struct SupplyRow {
    accounts: u128,
    fees: u128,
    burnt: u128,
    waiting: u128,
    issued: u128,
    minted: u128,
    received: u128,
    sent: u128,
}

/// Chain, number of messages, their hash and their coins.
type LaneRow = (i8, u64, HashBytes, u128);

#[derive(Debug, Serialize, Deserialize)]
struct QueueRow {
    source: i8,
    destination: i8,
    last_available_at_ms: u64,
    /// Message and time.
    messages: Vec<(HashBytes, u64)>,
}

/// Returns all cells to which a state refers, with repetitions.
pub(super) fn roots(state: &NetworkState) -> impl Iterator<Item = &Cell> {
    let of_chains = state.chains.iter().flat_map(|site| {
        let both = [&site.chain.accounts, &site.chain.config].into_iter();
        both.chain(&site.chain.leftover).chain(&site.externals)
    });
    let queues = state.queues.iter().flat_map(|queue| &queue.messages);
    of_chains.chain(queues.map(|message| &message.cell))
}

/// Returns the elements of one sorted list that are missing in another, with repetitions.
pub(super) fn difference(of: &[HashBytes], from: &[HashBytes]) -> Vec<HashBytes> {
    let mut from = from.iter().peekable();
    let mut left = Vec::new();
    for hash in of {
        while from.peek().is_some_and(|other| *other < hash) {
            from.next();
        }
        if from.peek() == Some(&hash) {
            from.next();
        } else {
            left.push(*hash);
        }
    }
    left
}

impl StateRow {
    /// The row of a state.
    pub fn of(state: &NetworkState) -> Self {
        let hash = |cell: &Cell| *cell.repr_hash();
        let delays = &state.delays;
        let pairs = delays.pair_base_ms.iter();
        Self {
            seed: state.seed,
            now_ms: state.now_ms,
            cursor: state.cursor,
            delays: DelaysRow {
                seed: delays.seed,
                base_ms: delays.base_ms,
                jitter_ms: delays.jitter_ms,
                block_jitter_ms: delays.block_jitter_ms,
                pair_base_ms: pairs.map(|(&(from, to), &ms)| (from, to, ms)).collect(),
            },
            max_queued_externals: state.limits.max_queued_externals as u64,
            max_block_transactions: state.limits.max_block_transactions as u64,
            chains: state.chains.iter().map(ChainRow::of).collect(),
            queues: state
                .queues
                .iter()
                .map(|queue| QueueRow {
                    source: queue.source,
                    destination: queue.destination,
                    last_available_at_ms: queue.last_available_at_ms,
                    messages: queue
                        .messages
                        .iter()
                        .map(|message| (hash(&message.cell), message.available_at_ms))
                        .collect(),
                })
                .collect(),
        }
    }

    /// Returns hashes of all cells to which the row refers, with repetitions.
    pub fn hashes(&self) -> Vec<HashBytes> {
        let of_chains = self.chains.iter().flat_map(|chain| {
            let both = [&chain.accounts, &chain.config].into_iter();
            both.chain(&chain.leftover).chain(&chain.externals)
        });
        let queues = self.queues.iter().flat_map(|queue| &queue.messages);
        let messages = queues.map(|(hash, _)| hash);
        of_chains.chain(messages).copied().collect()
    }

    /// Returns the state of the row, with cells from the store.
    pub fn load(
        self,
        mut cell: impl FnMut(&HashBytes) -> Result<Cell, RowError>,
    ) -> Result<NetworkState, RowError> {
        let size = |size: u64| usize::try_from(size).unwrap_or(usize::MAX);
        let mut chains = Vec::new();
        for chain in self.chains {
            chains.push(chain.load(&mut cell)?);
        }
        let mut queues = Vec::new();
        for queue in self.queues {
            let mut messages = Vec::new();
            for (hash, available_at_ms) in &queue.messages {
                messages.push(WaitingMessage {
                    cell: cell(hash)?,
                    available_at_ms: *available_at_ms,
                });
            }
            queues.push(QueueState {
                source: queue.source,
                destination: queue.destination,
                last_available_at_ms: queue.last_available_at_ms,
                messages,
            });
        }
        let delays = self.delays;
        let pairs = delays.pair_base_ms.into_iter();
        Ok(NetworkState {
            seed: self.seed,
            now_ms: self.now_ms,
            cursor: self.cursor,
            delays: DelayPlan {
                seed: delays.seed,
                base_ms: delays.base_ms,
                jitter_ms: delays.jitter_ms,
                block_jitter_ms: delays.block_jitter_ms,
                pair_base_ms: pairs.map(|(from, to, ms)| ((from, to), ms)).collect(),
            },
            limits: Limits {
                max_queued_externals: size(self.max_queued_externals),
                max_block_transactions: size(self.max_block_transactions),
            },
            chains,
            queues,
        })
    }
}

impl ChainRow {
    fn of(site: &SiteState) -> Self {
        let hash = |cell: &Cell| *cell.repr_hash();
        let chain = &site.chain;
        let lane = |(id, lane): &(i8, Lane)| (*id, lane.count, lane.hash, lane.value_nano);
        let supply = &chain.supply;
        Self {
            id: chain.id,
            delector: chain.delector.clone(),
            block_time_ms: site.block_time_ms,
            slow_factor: site.slow_factor,
            is_silenced: site.is_silenced,
            seqno: chain.seqno,
            last_hash: chain.last_hash,
            last_block_ms: site.last_block_ms,
            due_ms: site.due_ms,
            lt: chain.lt,
            supply_nano: SupplyRow {
                accounts: supply.accounts_nano,
                fees: supply.fees_nano,
                burnt: supply.burnt_nano,
                waiting: supply.waiting_nano,
                issued: supply.issued_nano,
                minted: supply.minted_nano,
                received: supply.received_nano,
                sent: supply.sent_nano,
            },
            accounts: hash(&chain.accounts),
            config: hash(&chain.config),
            leftover: chain.leftover.iter().map(hash).collect(),
            sent: chain.sent.iter().map(lane).collect(),
            received: chain.received.iter().map(lane).collect(),
            externals: site.externals.iter().map(hash).collect(),
        }
    }

    fn load(
        self,
        mut cell: impl FnMut(&HashBytes) -> Result<Cell, RowError>,
    ) -> Result<SiteState, RowError> {
        let lane = |(id, count, hash, value_nano): LaneRow| {
            let lane = Lane {
                count,
                hash,
                value_nano,
            };
            (id, lane)
        };
        let leftover = self.leftover.iter().map(&mut cell);
        let leftover = leftover.collect::<Result<_, _>>()?;
        let externals = self.externals.iter().map(&mut cell);
        let externals = externals.collect::<Result<_, _>>()?;
        let supply = self.supply_nano;
        let chain = ChainState {
            id: self.id,
            delector: self.delector,
            seqno: self.seqno,
            last_hash: self.last_hash,
            lt: self.lt,
            supply: ChainSupply {
                accounts_nano: supply.accounts,
                fees_nano: supply.fees,
                burnt_nano: supply.burnt,
                waiting_nano: supply.waiting,
                issued_nano: supply.issued,
                minted_nano: supply.minted,
                received_nano: supply.received,
                sent_nano: supply.sent,
            },
            accounts: cell(&self.accounts)?,
            config: cell(&self.config)?,
            leftover,
            sent: self.sent.into_iter().map(lane).collect(),
            received: self.received.into_iter().map(lane).collect(),
        };
        Ok(SiteState {
            chain,
            block_time_ms: self.block_time_ms,
            slow_factor: self.slow_factor,
            is_silenced: self.is_silenced,
            last_block_ms: self.last_block_ms,
            due_ms: self.due_ms,
            externals,
        })
    }
}
