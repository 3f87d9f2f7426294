//! Measurements of a network of nodes: from a stake to the set in force, and under a burst of stakes or payments.

use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Result, bail, ensure};
use ddvs_client::{Backend, Live};
use ddvs_jrpc::BlockHead;
use ddvs_tycho::Layout;
use ddvs_types::COIN;
use serde::Serialize;
use tycho_types::models::StdAddr;

use crate::crew::{Crew, connect};
use crate::drill::{Drill, POLL};
use crate::load::{Load, LoadOptions, LoadReport};
use crate::sender::Fate;
use crate::spread::{Spread, block_times};

/// Stake of one sample, in coins.
const STAKE: u128 = 1_000;
/// Timeout of the answer to a stake.
const ANSWER_PATIENCE: Duration = Duration::from_secs(120);
/// Length of an elector's cycle by its usual parameters, in seconds: a stake made at a random moment waits for the
/// next one.
pub const ELECTION_CYCLE_S: u32 = 65_536;

/// Options of the measurements.
#[derive(Debug, Clone)]
pub struct FiguresOptions {
    /// Number of stakes that are followed one by one.
    pub samples: u32,
    /// Length of each burst, in seconds.
    pub burst_s: u32,
    /// Number of wallets that send concurrently; each waits for its message's transaction before the next.
    pub wallets: u16,
    /// Seed of the wallets.
    pub seed: u64,
}

/// Results.
#[derive(Debug, Clone, Serialize)]
pub struct FiguresReport {
    /// Number of nodes.
    pub nodes: usize,
    /// Number of members of the set.
    pub validators: usize,
    /// Number of workchains.
    pub workchains: usize,
    /// Number of Roots in the registries of all chains.
    pub roots: u64,
    /// Seconds from a signed stake until the staker's DePool Wallet had the Root's answer.
    pub stake_to_answer_s: Spread,
    /// Seconds from a signed stake until the config of the nodes had the set.
    pub stake_to_config_s: Spread,
    /// Seconds from a signed stake until the first block of the session with that set.
    pub stake_to_in_force_s: Spread,
    /// Length of the cycle of elections that this replaces, by their usual parameters, in seconds.
    pub election_cycle_s: u32,
    /// Payments only.
    pub payments: BurstReport,
    /// Stakes only.
    pub stakes: BurstReport,
}

/// A burst.
#[derive(Debug, Clone, Serialize)]
pub struct BurstReport {
    /// Operations executed per second.
    pub per_s: f64,
    /// Seconds between masterchain blocks during the burst.
    pub block_time_s: Spread,
    /// The messages.
    pub load: LoadReport,
    /// The nodes.
    pub nodes: Vec<NodeUse>,
}

/// Resources used by a node during the burst.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct NodeUse {
    /// Its number.
    pub node: u16,
    /// Share of one core.
    pub cpu_share: f64,
    /// Resident memory at the end, in bytes.
    pub memory_bytes: u64,
    /// Growth of its database, in bytes.
    pub disk_growth_bytes: i64,
}

/// Measures an otherwise idle network. `progress` gets status messages.
///
/// Fails when the network cannot be used, or halts.
pub fn figures(
    layout: &Layout,
    options: &FiguresOptions,
    progress: &mut dyn FnMut(&str),
) -> Result<FiguresReport> {
    ensure!(options.samples > 0, "at least one stake must be followed");
    let file = ddvs_tycho::open(layout)?;
    let mut backend = connect(layout)?;
    progress("reading the Roots");
    let crew = Crew::assemble(layout, &file, &backend)?;
    let mut drill = Drill::new(layout, &file, crew, &mut backend)?;
    let mut samples = Vec::new();
    for number in 0..options.samples {
        progress(&format!("stake {} of {}", number + 1, options.samples));
        samples.push(sample(&mut drill, number)?);
    }
    let in_force = in_force_times(&mut drill, &samples)?;
    progress("payments");
    let payments = burst(&mut drill, options, 0)?;
    progress("stakes");
    let stakes = burst(&mut drill, options, 1)?;
    let spread = |time: fn(&Sample) -> f64| Spread::of(samples.iter().map(time).collect());
    Ok(FiguresReport {
        nodes: file.nodes.len(),
        validators: drill.set()?.len(),
        workchains: drill.crew.workchains.len(),
        roots: registered(&drill)?,
        stake_to_answer_s: spread(|sample| sample.answer_s),
        stake_to_config_s: spread(|sample| sample.config_s),
        stake_to_in_force_s: Spread::of(in_force),
        election_cycle_s: ELECTION_CYCLE_S,
        payments,
        stakes,
    })
}

fn registered(drill: &Drill<'_>) -> Result<u64> {
    let storage = drill.delector.storage(drill.backend)?;
    let mut roots = 0;
    for &chain in &drill.crew.workchains {
        let registry = storage.registries.get(chain)?;
        roots += registry.map_or(0, |registry| u64::from(registry.count));
    }
    Ok(roots)
}

struct Sample {
    signed_ms: u64,
    answer_s: f64,
    config_s: f64,
}

/// Follows one stake, signed when the interval since the last set has passed.
fn sample(drill: &mut Drill<'_>, number: u32) -> Result<Sample> {
    thread::sleep(drill.interval.saturating_sub(drill.published.elapsed()));
    let index = number as usize % drill.crew.pools.len();
    let wallet = drill.crew.pools[index].wallet.address().clone();
    let root = drill.crew.pools[index].root.address().clone();
    let last_lt = last_lt(drill, &wallet)?;
    let before = drill.set()?;
    let (signed_ms, begin) = (unix_now_ms(), Instant::now());
    drill.stake(index, STAKE * COIN, number.into())?;
    // the answer does not wait for the D'Electors, nor the set for the answer
    let mut answer_s = 0.0;
    while answer_s == 0.0 {
        let found = drill.backend.transactions(&wallet, last_lt, 16)?;
        if found
            .iter()
            .any(|transaction| transaction.in_message.source.as_ref() == Some(&root))
        {
            answer_s = begin.elapsed().as_secs_f64();
        }
        ensure!(
            begin.elapsed() < ANSWER_PATIENCE,
            "the Root did not answer a stake in {} s",
            ANSWER_PATIENCE.as_secs()
        );
        drill.backend.tend_outbox()?;
        thread::sleep(POLL);
    }
    if drill.await_set(&before, &[index], begin)?.is_none() {
        bail!("the network has halted");
    }
    drill.published = Instant::now();
    Ok(Sample {
        signed_ms,
        answer_s,
        config_s: begin.elapsed().as_secs_f64(),
    })
}

fn last_lt(drill: &Drill<'_>, account: &StdAddr) -> Result<u64> {
    let account = drill.backend.account(account)?;
    Ok(account.last_transaction_lt)
}

/// Returns the seconds from each sample's signature to the first block of the next session, by the clocks of the
/// blocks' makers.
fn in_force_times(drill: &mut Drill<'_>, samples: &[Sample]) -> Result<Vec<f64>> {
    let heads = heads_to_now(drill)?;
    let mut times = Vec::new();
    for sample in samples {
        let key = heads
            .iter()
            .position(|head| head.is_key && head.gen_time_ms > sample.signed_ms);
        let first = key.and_then(|key| {
            let session = heads[key].session;
            heads[key..].iter().find(|head| head.session != session)
        });
        match first {
            Some(first) => times.push((first.gen_time_ms - sample.signed_ms) as f64 / 1_000.0),
            None => bail!("the blocks after a new set are not to be had from the nodes"),
        }
    }
    Ok(times)
}

/// Returns all masterchain blocks since the drill began. The newest ones are known only from a transaction in them,
/// so one is made.
fn heads_to_now(drill: &mut Drill<'_>) -> Result<Vec<BlockHead>> {
    // some blocks of the last session
    thread::sleep(Duration::from_secs(8));
    let ask = drill.delector.publish_set(COIN, 0)?;
    let end = Instant::now() + ANSWER_PATIENCE;
    while drill.publisher.is_waiting() && Instant::now() < end {
        let _ = drill.publisher.poll(drill.backend)?;
        thread::sleep(POLL);
    }
    drill.publisher.send(drill.backend, &[ask])?;
    loop {
        drill.backend.tend_outbox()?;
        match drill.publisher.poll(drill.backend)?.0 {
            Fate::Done(_) => break,
            Fate::Waiting if Instant::now() < end => thread::sleep(POLL),
            _ => bail!("a message in the masterchain has no transaction"),
        }
    }
    thread::sleep(Duration::from_secs(4));
    drill.heads()
}

fn burst(drill: &mut Drill<'_>, options: &FiguresOptions, stake_every: u32) -> Result<BurstReport> {
    let load = LoadOptions {
        wallets: options.wallets,
        // as many as the wallets can: each waits for its transaction
        rate_per_s: f64::MAX,
        stake_every,
        seed: options.seed.wrapping_add(stake_every.into()),
    };
    let load = Load::start(drill.layout, &drill.crew, &load)?;
    let before = ddvs_tycho::status(drill.layout)?;
    let (begin, begin_ms) = (Instant::now(), unix_now_ms());
    thread::sleep(Duration::from_secs(options.burst_s.into()));
    let after = ddvs_tycho::status(drill.layout)?;
    let (seconds, end_ms) = (begin.elapsed().as_secs_f64(), unix_now_ms());
    let load = load.stop()?;
    let mut heads = heads_to_now(drill)?;
    heads.retain(|head| (begin_ms..=end_ms).contains(&head.gen_time_ms));
    let nodes = before.iter().zip(&after).map(|(before, after)| NodeUse {
        node: after.node.index,
        cpu_share: (after.cpu_s - before.cpu_s) / seconds,
        memory_bytes: after.memory_bytes,
        disk_growth_bytes: after.disk_bytes.cast_signed() - before.disk_bytes.cast_signed(),
    });
    Ok(BurstReport {
        per_s: load.executed as f64 / load.duration_s.max(f64::MIN_POSITIVE),
        block_time_s: block_times(&heads),
        nodes: nodes.collect(),
        load,
    })
}

fn unix_now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_millis() as u64)
}
