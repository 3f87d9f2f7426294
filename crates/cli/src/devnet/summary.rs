//! Summary of a run.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use anyhow::Result;
use ddvs_devnet::{DevnetOptions, Running};
use ddvs_index::Reader;
use serde::Serialize;

use super::ms;

/// Number of rows that are read at a time.
const PAGE: usize = 1_000;

/// State of the network when the run began.
pub struct Start {
    heights: BTreeMap<i8, u32>,
    transactions: u64,
    event: u64,
}

impl Start {
    /// Reads the state.
    ///
    /// Fails only when the index does.
    pub fn of(running: &Running) -> Result<Self> {
        let reader = running.index.read()?;
        let mut heights = BTreeMap::new();
        for &chain in running.index.identity().delectors.keys() {
            heights.insert(chain, reader.head(chain)?.map_or(0, |head| head.at.seqno));
        }
        Ok(Self {
            heights,
            transactions: reader.count("transactions")?,
            event: reader.last_event()?,
        })
    }
}

/// A run.
#[derive(Debug, Serialize)]
pub struct Summary {
    network: Network,
    ran_ms: u64,
    blocks: u64,
    transactions: u64,
    chains: Vec<Chain>,
    events: BTreeMap<&'static str, u64>,
    supply: Supply,
    /// Number of batches about which copies of the contract disagree.
    disagreements: Vec<Disagreement>,
}

#[derive(Debug, Serialize)]
struct Network {
    genesis: String,
    global_id: i32,
    workchains: u8,
    validators: u16,
    block_time_ms: u64,
    seed: u64,
}

#[derive(Debug, Serialize)]
struct Chain {
    chain: i8,
    height: u32,
    blocks: u64,
    block_time_ms: BlockTimes,
    members: usize,
}

/// Times between two kept blocks of a chain, in ms; zeros with fewer than two.
#[derive(Debug, Default, Serialize)]
struct BlockTimes {
    mean: u64,
    p50: u64,
    p99: u64,
    max: u64,
}

#[derive(Debug, Serialize)]
struct Supply {
    issued_nano: String,
    total_nano: String,
    is_conserved: bool,
}

#[derive(Debug, Serialize)]
struct Disagreement {
    origin: i8,
    batch: u32,
    /// Hash by copy.
    copies: BTreeMap<i8, String>,
}

impl Summary {
    /// Whether no coin is missing and all copies agree.
    pub fn is_well(&self) -> bool {
        self.supply.is_conserved && self.disagreements.is_empty()
    }
}

/// Returns the summary of a run, after its end.
///
/// Fails only when the index or the state does.
pub fn of(
    running: &Running,
    options: &DevnetOptions,
    start: &Start,
    time: Duration,
) -> Result<Summary> {
    let (reader, identity) = (running.index.read()?, running.index.identity());
    let mut chains = Vec::new();
    for (&chain, &from) in &start.heights {
        chains.push(of_chain(running, &reader, chain, from)?);
    }
    // the running counts must be right, and must equal a recount
    let (counted, supply) = {
        let live = running.live.read();
        let network = live.network();
        (network.recount_supply()?, network.supply())
    };
    Ok(Summary {
        network: Network {
            genesis: identity.network.genesis.to_string(),
            global_id: identity.global_id,
            workchains: options.workchains,
            validators: options.validators,
            block_time_ms: options.block_time_ms,
            seed: options.seed,
        },
        ran_ms: ms(time),
        blocks: chains.iter().map(|chain| chain.blocks).sum(),
        transactions: reader.count("transactions")? - start.transactions,
        chains,
        events: events(&reader, start.event)?,
        supply: Supply {
            issued_nano: supply.issued_nano.to_string(),
            total_nano: counted.total_nano().to_string(),
            is_conserved: counted.is_conserved() && counted == supply,
        },
        disagreements: disagreements(&reader)?,
    })
}

fn of_chain(running: &Running, reader: &Reader, chain: i8, from: u32) -> Result<Chain> {
    let mut times = Vec::new();
    let (mut before, mut next_ms) = (None, None);
    'pages: loop {
        let page = reader.blocks(chain, before, PAGE)?;
        if page.is_empty() {
            break;
        }
        for block in page {
            if block.at.seqno <= from {
                break 'pages;
            }
            if let Some(next_ms) = next_ms {
                times.push(u64::saturating_sub(next_ms, block.at.time_ms));
            }
            next_ms = Some(block.at.time_ms);
            before = Some(block.at.seqno);
        }
    }
    // older ones may have been removed
    let head = reader.head(chain)?.map_or(0, |head| head.at.seqno);
    let live = running.live.read();
    let network = live.network();
    let config = network.config(chain);
    let status = network.chain_status(chain);
    Ok(Chain {
        chain,
        height: status.map_or(0, |status| status.seqno),
        blocks: u64::from(head.saturating_sub(from)),
        block_time_ms: BlockTimes::of(times),
        members: config.map_or(0, |config| config.validator_set.set.list.len()),
    })
}

impl BlockTimes {
    fn of(mut times: Vec<u64>) -> Self {
        times.sort_unstable();
        let Some(&max) = times.last() else {
            return Self::default();
        };
        let at = |percent: usize| times[(times.len() - 1) * percent / 100];
        Self {
            mean: times.iter().sum::<u64>() / times.len() as u64,
            p50: at(50),
            p99: at(99),
            max,
        }
    }
}

/// Of the kept ones.
fn events(reader: &Reader, mut after: u64) -> Result<BTreeMap<&'static str, u64>> {
    let mut counts = BTreeMap::new();
    loop {
        let page = reader.events_after(after, PAGE)?;
        let Some(last) = page.last() else {
            return Ok(counts);
        };
        after = last.id;
        for event in page {
            *counts.entry(event.kind.name()).or_default() += 1;
        }
    }
}

/// Checks that copies at the same number of an origin have applied the same content.
fn disagreements(reader: &Reader) -> Result<Vec<Disagreement>> {
    let mut by_batch = BTreeMap::<_, BTreeMap<_, _>>::new();
    for copy in reader.copies()? {
        let hashes = by_batch.entry((copy.origin, copy.seqno)).or_default();
        hashes.insert(copy.copy, copy.last_hash.to_string());
    }
    let differs = |copies: &BTreeMap<_, String>| copies.values().collect::<BTreeSet<_>>().len() > 1;
    Ok(by_batch
        .into_iter()
        .filter(|(_, copies)| differs(copies))
        .map(|((origin, batch), copies)| Disagreement {
            origin,
            batch,
            copies,
        })
        .collect())
}
