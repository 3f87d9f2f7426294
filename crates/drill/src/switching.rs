//! Changes of the validator set, one after the other, as fast as the masterchain's D'Elector lets them be written.

use std::collections::BTreeSet;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use ddvs_client::{Backend, DElector, MASTERCHAIN, Outgoing};
use ddvs_jrpc::{BlockHead, JrpcNetwork, NodeReport, Settings, probe};
use ddvs_tycho::{Layout, NetworkFile, kill, start};
use serde::Serialize;
use tycho_types::cell::HashBytes;

use crate::crew::{Crew, connect};
use crate::load::{Load, LoadOptions, LoadReport};
use crate::log::{Complaints, LogMark};
use crate::sender::{Fate, Sender};
use crate::watch::Watch;

const COIN: u128 = 1_000_000_000;
/// The first change's stake; each later one is a coin more, so that it always lifts its Root above another.
const STAKE: u128 = 1_000;
const POLL: Duration = Duration::from_millis(250);
/// Without a new block for so long, the network has halted for good.
const HALTED: Duration = Duration::from_secs(150);
/// How long one change may take.
const CHANGE_PATIENCE: Duration = Duration::from_secs(240);
/// How long nodes may take to come together at the end.
const SETTLING: Duration = Duration::from_secs(90);
/// Between two attempts to have the collected changes written.
const PUBLISH_AGAIN: Duration = Duration::from_secs(4);
/// What pays for it; the rest comes back.
const PUBLISH_VALUE_NANO: u128 = COIN;

/// What changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// One member comes, another goes.
    Member,
    /// Two members come, two others go.
    Pair,
    /// The same members, other weights.
    Weights,
}

/// What to do.
#[derive(Debug, Clone)]
pub struct SwitchingOptions {
    /// Sets to be written.
    pub switches: u32,
    /// What changes.
    pub change: Change,
    /// Whether a newcomer's node is stopped before the change, and started when the set already names it.
    pub cold: bool,
    /// Whether one node after the other is killed at a change, and started 3 seconds later.
    pub kills: bool,
    /// Seconds between a new set and the stake that causes the next one; what the D'Elector's interval is longer comes on top.
    pub pause_s: u32,
    /// Traffic beside.
    pub load: Option<LoadOptions>,
}

/// One change.
#[derive(Debug, Clone, Serialize)]
pub struct SwitchReport {
    /// From 1.
    pub number: u32,
    /// Nodes that came into the set.
    pub joined: Vec<u16>,
    /// Nodes that left it.
    pub left: Vec<u16>,
    /// Seconds from the signed stake until the nodes' config had the set.
    pub written_s: f64,
    /// The longest time without a new masterchain block until the next change, in seconds.
    pub halt_s: f64,
    /// What nodes wrote into their logs meanwhile.
    pub complaints: Complaints,
    /// Nodes that ended by themselves.
    pub ended: Vec<u16>,
    /// Node that was killed and started again.
    pub killed: Option<u16>,
}

/// All of them.
#[derive(Debug, Clone, Serialize)]
pub struct SwitchingReport {
    /// Least seconds between two sets, by the D'Elector.
    pub interval_s: u32,
    /// Changes, in order.
    pub switches: Vec<SwitchReport>,
    /// Whether the network stopped making blocks.
    pub halted: bool,
    /// Whether at the end all nodes answer, are at the same block and have the same config.
    pub is_together: bool,
    /// Whether at the end no accepted change waits, and all D'Electors hold the same registries.
    pub all_in_force: bool,
    /// The longest time without a new masterchain block, in seconds.
    pub longest_halt_s: f64,
    /// Masterchain blocks by the time since the one before, in ms: median, 99th of 100, longest.
    pub block_time_ms: [u64; 3],
    /// Masterchain blocks from the one with a new set to the first one that its session made, at most.
    pub blocks_until_in_force: u32,
    /// Sessions of validators that made blocks.
    pub sessions: usize,
    /// What became of the traffic.
    pub load: Option<LoadReport>,
}

impl SwitchingReport {
    /// Whether nothing went wrong: no halt above `max_halt_s`, no node ended, all together, every change in force, and all
    /// traffic executed exactly once.
    pub fn is_clean(&self, max_halt_s: f64) -> bool {
        !self.halted
            && self.is_together
            && self.all_in_force
            && self.longest_halt_s <= max_halt_s
            && self.switches.iter().all(|switch| switch.ended.is_empty())
            && self.load.as_ref().is_none_or(LoadReport::is_exact)
    }
}

/// Runs the drill. `progress` is told of each change.
///
/// Fails when the network cannot be used, not when it halts: that is what the report tells.
pub fn switching(
    layout: &Layout,
    options: &SwitchingOptions,
    progress: &mut dyn FnMut(&SwitchReport),
) -> Result<SwitchingReport> {
    let file = ddvs_tycho::open(layout)?;
    let mut backend = connect(layout)?;
    let crew = Crew::assemble(layout, &file, &backend)?;
    let load = match &options.load {
        Some(load) => Some(Load::start(layout, &crew, load)?),
        None => None,
    };
    let mut drill = Drill::new(layout, &file, crew, &mut backend)?;
    let mut switches = Vec::new();
    let mut halted = false;
    for number in 1..=options.switches {
        match drill.change(number, options)? {
            Some(report) => {
                progress(&report);
                switches.push(report);
            }
            None => {
                halted = true;
                break;
            }
        }
    }
    let begin = drill.begin;
    let is_together = !halted && drill.come_together();
    let load = match load {
        // what waits for a halted network would wait for ever
        Some(load) if !halted => Some(load.stop()?),
        _ => None,
    };
    let all_in_force = !halted && drill.all_in_force()?;
    let heads = drill.heads().unwrap_or_default();
    Ok(SwitchingReport {
        interval_s: drill.interval.as_secs() as u32,
        switches,
        halted,
        is_together,
        all_in_force,
        longest_halt_s: drill.watch.longest_halt(begin).as_secs_f64(),
        block_time_ms: block_times(&heads),
        blocks_until_in_force: until_in_force(&heads),
        sessions: heads
            .iter()
            .map(|head| head.session)
            .collect::<BTreeSet<_>>()
            .len(),
        load,
    })
}

struct Drill<'a> {
    layout: &'a Layout,
    file: &'a NetworkFile,
    backend: &'a mut JrpcNetwork,
    crew: Crew,
    delector: DElector,
    /// Asks for collected changes to be written.
    publisher: Sender,
    interval: Duration,
    change_value_nano: u128,
    watch: Watch,
    logs: LogMark,
    begin: Instant,
    published: Instant,
    first_block: u32,
}

impl<'a> Drill<'a> {
    fn new(
        layout: &'a Layout,
        file: &'a NetworkFile,
        crew: Crew,
        backend: &'a mut JrpcNetwork,
    ) -> Result<Self> {
        let delector = DElector::new(&crew.network, MASTERCHAIN)?;
        let interval = delector.params(backend)?.set_interval;
        let first = crew
            .pools
            .first()
            .context("the network has no genesis Root")?;
        let change_value_nano = first.wallet.change_value(backend)?;
        let nodes: Vec<_> = file.nodes.iter().map(|node| node.index).collect();
        let now = Instant::now();
        Ok(Self {
            publisher: crew.faucet(MASTERCHAIN)?,
            first_block: backend.chains()?[0].seqno,
            watch: Watch::start(file),
            logs: LogMark::now(layout, &nodes),
            interval: Duration::from_secs(interval.into()),
            delector,
            change_value_nano,
            layout,
            file,
            backend,
            crew,
            begin: now,
            published: now,
        })
    }

    /// Members of the set in the nodes' config, with their weights.
    fn set(&self) -> Result<Vec<(HashBytes, u64)>> {
        let set = self
            .backend
            .config(MASTERCHAIN)?
            .get_current_validator_set()?;
        let members = set.list.iter();
        Ok(members
            .map(|member| (member.public_key, member.weight))
            .collect())
    }

    /// One change, and what followed until the next may begin; `None` if the network has halted.
    fn change(&mut self, number: u32, options: &SwitchingOptions) -> Result<Option<SwitchReport>> {
        let before = self.set()?;
        let chosen = self.choose(&before, options.change, number)?;
        if options.cold {
            for &index in &chosen {
                kill(self.layout, self.crew.pools[index].node)?;
            }
        }
        let begin = Instant::now();
        for &index in &chosen {
            self.stake(index, number)?;
        }
        let Some(after) = self.await_set(&before, &chosen, begin)? else {
            return Ok(None);
        };
        let written = Instant::now();
        let gap = self.published;
        self.published = written;
        let killed = options.kills.then(|| {
            let nodes = &self.file.nodes;
            nodes[number as usize % nodes.len()].index
        });
        if let Some(node) = killed {
            kill(self.layout, node)?;
            thread::sleep(Duration::from_secs(3));
        }
        let ended = self.restart(killed, &chosen, options.cold)?;
        thread::sleep(Duration::from_secs(options.pause_s.into()));
        let complaints = self.logs.advance(self.layout)?;
        Ok(Some(SwitchReport {
            number,
            joined: self.nodes_in_first(&after, &before),
            left: self.nodes_in_first(&before, &after),
            written_s: (written - begin).as_secs_f64(),
            halt_s: self.watch.longest_halt(gap).as_secs_f64(),
            complaints,
            ended,
            killed,
        }))
    }

    /// Roots that get the next stake.
    fn choose(&self, set: &[(HashBytes, u64)], change: Change, number: u32) -> Result<Vec<usize>> {
        let pools = self.crew.pools.iter().enumerate();
        let is_in = |key: &HashBytes| set.iter().any(|(member, _)| member == key);
        let count = match change {
            Change::Weights => return Ok(vec![number as usize % self.crew.pools.len()]),
            Change::Member => 1,
            Change::Pair => 2,
        };
        let out = pools.filter(|(_, pool)| !is_in(&pool.key));
        let out: Vec<_> = out.map(|(index, _)| index).take(count).collect();
        ensure!(
            out.len() == count,
            "this change needs {count} validators outside the set: make the network with `--set-size` {count} below `--validators`"
        );
        Ok(out)
    }

    fn stake(&mut self, index: usize, number: u32) -> Result<()> {
        let amount = (STAKE + u128::from(number)) * COIN;
        let pool = &mut self.crew.pools[index];
        let messages = [
            pool.wallet.deposit(amount + COIN)?,
            pool.wallet
                .stake(&pool.root, amount, self.change_value_nano, number.into())?,
        ];
        pool.owner.send(self.backend, &messages)?;
        Ok(())
    }

    /// Waits until the nodes' config has another set, and has it written when its time has come.
    fn await_set(
        &mut self,
        before: &[(HashBytes, u64)],
        chosen: &[usize],
        begin: Instant,
    ) -> Result<Option<Vec<(HashBytes, u64)>>> {
        let mut asked = begin;
        loop {
            if self
                .watch
                .last()
                .is_some_and(|last| last.at.elapsed() > HALTED)
            {
                bail!("the nodes are not looked at any more");
            }
            if self.watch.longest_halt(begin.max(Instant::now() - HALTED)) >= HALTED - POLL * 8 {
                return Ok(None);
            }
            thread::sleep(POLL);
            // a node that is down for a moment is no reason to give up
            let _ = self.backend.tend_outbox();
            let mut is_taken = true;
            for &index in chosen {
                let owner = &mut self.crew.pools[index].owner;
                match owner.poll(self.backend) {
                    Ok((Fate::Lost, _)) => bail!("a stake of the drill was lost"),
                    Ok((Fate::Waiting, _)) | Err(_) => is_taken = false,
                    Ok(_) => {}
                }
            }
            let Ok(set) = self.set() else {
                continue;
            };
            if set != before {
                let all_in = chosen.iter().all(|&index| {
                    set.iter()
                        .any(|(key, _)| *key == self.crew.pools[index].key)
                });
                if all_in {
                    return Ok(Some(set));
                }
            }
            let _ = self.publisher.poll(self.backend);
            let is_due = self.published.elapsed() >= self.interval
                && begin.elapsed() >= PUBLISH_AGAIN
                && asked.elapsed() >= PUBLISH_AGAIN;
            if is_taken && is_due && !self.publisher.is_waiting() {
                asked = Instant::now();
                let ask: Outgoing = self.delector.publish_set(PUBLISH_VALUE_NANO, 0)?;
                let _ = self.publisher.send(self.backend, &[ask]);
            }
            if begin.elapsed() > CHANGE_PATIENCE {
                bail!(
                    "a stake did not change the set in {} s",
                    CHANGE_PATIENCE.as_secs()
                );
            }
        }
    }

    /// Starts what does not run, and returns those that nobody had stopped.
    fn restart(&self, killed: Option<u16>, chosen: &[usize], cold: bool) -> Result<Vec<u16>> {
        let down: Vec<_> = ddvs_tycho::status(self.layout)?
            .into_iter()
            .filter(|node| node.pid.is_none())
            .map(|node| node.node.index)
            .collect();
        if down.is_empty() {
            return Ok(down);
        }
        start(self.layout, self.file, &down)?;
        let was_cold = |node| {
            cold && chosen
                .iter()
                .any(|&index| self.crew.pools[index].node == node)
        };
        let by_itself = down
            .into_iter()
            .filter(|&node| killed != Some(node) && !was_cold(node));
        Ok(by_itself.collect())
    }

    fn nodes_in_first(&self, first: &[(HashBytes, u64)], second: &[(HashBytes, u64)]) -> Vec<u16> {
        let has = |set: &[(HashBytes, u64)], key| set.iter().any(|(member, _)| *member == key);
        let pools = self.crew.pools.iter();
        pools
            .filter(|pool| has(first, pool.key) && !has(second, pool.key))
            .map(|pool| pool.node)
            .collect()
    }

    /// Waits until all nodes are at the same block, and have the same config.
    fn come_together(&self) -> bool {
        let end = Instant::now() + SETTLING;
        while Instant::now() < end {
            if self.watch.last().is_some_and(|last| last.is_together()) && self.is_one_config() {
                return true;
            }
            thread::sleep(POLL);
        }
        false
    }

    fn is_one_config(&self) -> bool {
        let settings = Settings::default();
        let ask = |rpc| probe(&format!("http://{rpc}"), &settings);
        let reports: Result<Vec<NodeReport>, _> =
            self.file.nodes.iter().map(|node| ask(node.rpc)).collect();
        reports.is_ok_and(|reports| {
            let hashes: BTreeSet<_> = reports.iter().map(|report| report.config_hash).collect();
            hashes.len() == 1
        })
    }

    /// Waits until nothing waits at the masterchain's D'Elector, and all copies hold the same registries.
    fn all_in_force(&mut self) -> Result<bool> {
        let chains: Vec<_> = self
            .backend
            .chains()?
            .iter()
            .map(|chain| chain.id)
            .collect();
        let copies: Result<Vec<_>, _> = chains
            .iter()
            .map(|&chain| DElector::new(&self.crew.network, chain))
            .collect();
        let copies = copies?;
        let end = Instant::now() + SETTLING + self.interval;
        let mut asked = Instant::now();
        while Instant::now() < end {
            thread::sleep(POLL);
            let _ = self.backend.tend_outbox();
            let _ = self.publisher.poll(self.backend);
            if self.is_set_behind()? {
                if !self.publisher.is_waiting() && asked.elapsed() >= PUBLISH_AGAIN {
                    asked = Instant::now();
                    let ask = self.delector.publish_set(PUBLISH_VALUE_NANO, 0)?;
                    let _ = self.publisher.send(self.backend, &[ask]);
                }
                continue;
            }
            let mut is_same = true;
            for &chain in &chains {
                let digests: Result<BTreeSet<_>, _> = copies
                    .iter()
                    .map(|copy| copy.registry_digest(self.backend, chain))
                    .collect();
                is_same &= digests?.len() == 1;
            }
            if is_same {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether the masterchain's D'Elector holds a newer set than its config has.
    fn is_set_behind(&self) -> Result<bool> {
        let output = self
            .backend
            .get_method(self.delector.address(), "status", Vec::new())?;
        let stack = output.stack;
        let behind = stack.get(2).and_then(|value| value.as_int());
        let behind = behind.context("the D'Elector's getter `status` gives something else")?;
        Ok(behind.sign() != num_bigint::Sign::NoSign)
    }

    fn heads(&self) -> Result<Vec<BlockHead>> {
        Ok(self
            .backend
            .heads_since(self.first_block, self.delector.address())?)
    }
}

/// Median, 99th of 100 and longest of the times between blocks, in ms.
fn block_times(heads: &[BlockHead]) -> [u64; 3] {
    let pairs = heads.iter().zip(heads.iter().skip(1));
    let mut times: Vec<_> = pairs
        .map(|(a, b)| b.gen_time_ms.saturating_sub(a.gen_time_ms))
        .collect();
    times.sort_unstable();
    let at = |share: f64| {
        let place = (times.len() as f64 * share) as usize;
        let place = place.min(times.len().saturating_sub(1));
        times.get(place).copied().unwrap_or(0)
    };
    [at(0.5), at(0.99), at(1.0)]
}

/// Masterchain blocks from one with a new config to the first of another session, at most.
fn until_in_force(heads: &[BlockHead]) -> u32 {
    let mut most = 0;
    for (place, key) in heads.iter().enumerate().filter(|(_, head)| head.is_key) {
        let next = heads[place + 1..]
            .iter()
            .find(|head| head.session != key.session);
        most = most.max(next.map_or(0, |next| next.seqno - key.seqno));
    }
    most
}
