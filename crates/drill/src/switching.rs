//! Consecutive changes of the validator set, as fast as the masterchain's D'Elector writes them.

mod report;

use std::collections::BTreeSet;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use ddvs_tycho::{Layout, kill, show_all_workchains, start};
use ddvs_types::COIN;

pub use self::report::{Change, Kills, SwitchReport, SwitchingOptions, SwitchingReport};
use crate::crew::{Crew, connect};
use crate::drill::{Drill, Members, POLL};
use crate::load::Load;
use crate::spread::{Spread, block_times, until_in_force};

/// The first change's stake, in coins; each later one is a coin more, so that it always lifts its Root above another.
const STAKE: u128 = 100;
/// How long a stake that changed the set may take to appear in the registry.
const COUNTED_WITHIN: Duration = Duration::from_secs(60);
/// Timeout until each workchain is shown at the end.
const SHOWN_WITHIN: Duration = Duration::from_secs(90);
/// How long a killed node stays down.
const DOWN: Duration = Duration::from_secs(3);
/// Every n-th change all nodes are killed at once.
const ALL_EVERY: u32 = 5;

/// Runs the drill. `progress` gets a message for each change.
///
/// Fails when the network cannot be used, not when it halts: the report says so.
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
    drill.are_some_down = options.cold;
    drill.restart_after = options
        .restart_after_s
        .map(|seconds| Duration::from_secs(seconds.into()));
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
    let is_together = !halted && drill.come_together()? && drill.ended.is_empty();
    let load = match load {
        // waiting for a halted network would never end
        Some(load) if !halted => Some(load.stop()?),
        _ => None,
    };
    // restarted nodes may all show the same workchain; the others show the one that they showed when the crew was
    // assembled
    let some_started = options.cold || options.kills != Kills::None || drill.restarts > 0;
    if !halted && some_started {
        show_all_workchains(layout, &file, &file.node_indices(), SHOWN_WITHIN)?;
    }
    let all_in_force = !halted && drill.all_in_force()?;
    let heads = drill.heads().unwrap_or_default();
    Ok(SwitchingReport {
        interval_s: drill.interval.as_secs() as u32,
        halted,
        restarts: drill.restarts,
        is_together,
        all_in_force,
        longest_halt_s: drill.watch.longest_halt(begin).as_secs_f64(),
        block_time_s: block_times(&heads),
        written_s: Spread::of(switches.iter().map(|switch| switch.written_s).collect()),
        blocks_until_in_force: until_in_force(&heads),
        sessions: heads
            .iter()
            .map(|head| head.session)
            .collect::<BTreeSet<_>>()
            .len(),
        load,
        switches,
    })
}

impl Drill<'_> {
    /// Makes one change, and waits until the next may begin; `None` if the network has halted.
    fn change(&mut self, number: u32, options: &SwitchingOptions) -> Result<Option<SwitchReport>> {
        let before = self.set()?;
        let chosen = self.choose(&before, options.change, number)?;
        if options.cold {
            for &index in &chosen {
                kill(self.layout, self.crew.pools[index].node)?;
            }
        }
        let amounts_nano = self.enough(&chosen, number)?;
        let begin = Instant::now();
        for (&index, amount_nano) in chosen.iter().zip(amounts_nano) {
            self.stake(index, amount_nano, number.into())?;
        }
        let Some(after) = self.await_set(&before, &chosen, begin)? else {
            return Ok(None);
        };
        let written = Instant::now();
        let gap = self.published;
        self.published = written;
        let killed = self.to_kill(options.kills, number);
        for &node in &killed {
            kill(self.layout, node)?;
        }
        if !killed.is_empty() {
            thread::sleep(DOWN);
        }
        self.killed.clone_from(&killed);
        let by_itself = self.restart(&killed, &chosen, options.cold)?;
        self.ended.extend(by_itself);
        thread::sleep(Duration::from_secs(options.pause_s.into()));
        let complaints = self.logs.advance(self.layout)?;
        Ok(Some(SwitchReport {
            number,
            joined: self.nodes_in_first(&after, &before),
            left: self.nodes_in_first(&before, &after),
            written_s: (written - begin).as_secs_f64(),
            halt_s: self.watch.longest_halt(gap).as_secs_f64(),
            complaints,
            ended: std::mem::take(&mut self.ended),
            killed,
            started_again: std::mem::take(&mut self.started_again),
        }))
    }

    /// Returns the stakes with which each chosen pool gets ahead of all others, whatever others staked with them meanwhile.
    ///
    /// Fails only when the drill's earlier stakes are not counted in time.
    fn enough(&mut self, chosen: &[usize], number: u32) -> Result<Vec<u128>> {
        self.counted_nano = self.stakes()?;
        let most = self.counted_nano.iter().copied().max().unwrap_or_default();
        let mut amounts_nano = Vec::new();
        for &index in chosen {
            let behind_nano = most - self.counted_nano[index];
            let amount_nano = behind_nano + (STAKE + u128::from(number)) * COIN;
            self.counted_nano[index] += amount_nano;
            amounts_nano.push(amount_nano);
        }
        Ok(amounts_nano)
    }

    /// Returns stakes of all pools in the masterchain's registry, at least the drill's own: a node that was just
    /// started may show an older one.
    fn stakes(&self) -> Result<Vec<u128>> {
        let end = Instant::now() + COUNTED_WITHIN;
        loop {
            let mut stakes_nano = Vec::new();
            for pool in &self.crew.pools {
                let entry = self
                    .delector
                    .root_entry(self.backend, pool.root.address())?;
                stakes_nano.push(entry.map_or(0, |entry| entry.stake.into_inner()));
            }
            let mut pairs = stakes_nano.iter().zip(&self.counted_nano);
            if pairs.all(|(found, counted)| found >= counted) {
                return Ok(stakes_nano);
            }
            ensure!(
                Instant::now() < end,
                "the masterchain's registry has stakes of {stakes_nano:?}, not {:?}",
                self.counted_nano
            );
            thread::sleep(POLL);
        }
    }

    /// Roots that get the next stake.
    fn choose(&self, set: &Members, change: Change, number: u32) -> Result<Vec<usize>> {
        let pools = self.crew.pools.iter().enumerate();
        let is_in = |key: &_| set.iter().any(|(member, _)| member == key);
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

    /// Starts nodes that are not running, and returns those that nobody had stopped.
    fn restart(&self, killed: &[u16], chosen: &[usize], cold: bool) -> Result<Vec<u16>> {
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
            .filter(|&node| !killed.contains(&node) && !was_cold(node));
        Ok(by_itself.collect())
    }

    fn to_kill(&self, kills: Kills, number: u32) -> Vec<u16> {
        let nodes = self.file.nodes.iter().map(|node| node.index);
        let nodes: Vec<_> = nodes.collect();
        match kills {
            Kills::None => Vec::new(),
            Kills::All if number.is_multiple_of(ALL_EVERY) => nodes,
            Kills::Each | Kills::All => vec![nodes[number as usize % nodes.len()]],
        }
    }

    fn nodes_in_first(&self, first: &Members, second: &Members) -> Vec<u16> {
        let has = |set: &Members, key| set.iter().any(|(member, _)| *member == key);
        let pools = self.crew.pools.iter();
        pools
            .filter(|pool| has(first, pool.key) && !has(second, pool.key))
            .map(|pool| pool.node)
            .collect()
    }
}
