//! The tools of a drill: the nodes, the participants, and the masterchain's D'Elector.

mod end;

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use ddvs_client::{Backend, DElector, Live, MASTERCHAIN, Outgoing};
use ddvs_jrpc::JrpcNetwork;
use ddvs_tycho::{Layout, NetworkFile};
use ddvs_types::COIN;
use tycho_types::cell::HashBytes;

use crate::crew::Crew;
use crate::log::LogMark;
use crate::sender::{Fate, Sender};
use crate::watch::Watch;

pub(crate) const POLL: Duration = Duration::from_millis(250);
/// Time without a new block after which the network counts as halted permanently.
const HALTED: Duration = Duration::from_secs(150);
/// Timeout of one change.
const CHANGE_PATIENCE: Duration = Duration::from_secs(240);
/// Time between two checks whether all nodes run.
const KEEP_UP: Duration = Duration::from_secs(3);
/// Time between two attempts to publish collected changes.
const PUBLISH_AGAIN: Duration = Duration::from_secs(4);
/// Value of such an attempt; the rest comes back.
const PUBLISH_VALUE_NANO: u128 = COIN;

/// Keys of a set's members, with their weights.
pub(crate) type Members = Vec<(HashBytes, u64)>;

/// A drill in progress.
pub(crate) struct Drill<'a> {
    pub layout: &'a Layout,
    pub file: &'a NetworkFile,
    pub backend: &'a mut JrpcNetwork,
    pub crew: Crew,
    pub delector: DElector,
    /// Publishes collected changes.
    pub publisher: Sender,
    pub interval: Duration,
    pub change_value_nano: u128,
    /// Minimum stake of each Root when the drill's own stakes are counted, in the order of the crew's pools.
    pub counted_nano: Vec<u128>,
    pub watch: Watch,
    pub logs: LogMark,
    /// Whether nodes are intentionally down while waiting for a set.
    pub are_some_down: bool,
    /// Nodes that the drill itself killed last.
    pub killed: Vec<u16>,
    /// Killed nodes that ended once more after their start, since the last change.
    pub started_again: Vec<u16>,
    /// Nodes that ended by themselves, since the last change.
    pub ended: Vec<u16>,
    /// How long the network may stall until all nodes are restarted.
    pub restart_after: Option<Duration>,
    pub restarts: u32,
    pub restarted_at: Instant,
    pub begin: Instant,
    pub published: Instant,
    pub first_block: u32,
}

impl<'a> Drill<'a> {
    pub fn new(
        layout: &'a Layout,
        file: &'a NetworkFile,
        crew: Crew,
        backend: &'a mut JrpcNetwork,
    ) -> Result<Self> {
        let delector = DElector::new(&crew.network, MASTERCHAIN)?;
        let interval = delector.params(backend)?.set_interval_s;
        let first = crew
            .pools
            .first()
            .context("the network has no genesis Root")?;
        let change_value_nano = first.wallet.change_value(backend)?;
        let nodes: Vec<_> = file.nodes.iter().map(|node| node.index).collect();
        let now = Instant::now();
        Ok(Self {
            publisher: crew.faucet(MASTERCHAIN)?,
            counted_nano: vec![0; crew.pools.len()],
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
            are_some_down: false,
            killed: Vec::new(),
            started_again: Vec::new(),
            ended: Vec::new(),
            restart_after: None,
            restarts: 0,
            restarted_at: now,
            begin: now,
            published: now,
        })
    }

    /// Returns the members of the set in the nodes' config, with their weights.
    pub fn set(&self) -> Result<Members> {
        let set = self
            .backend
            .config(MASTERCHAIN)?
            .get_current_validator_set()?;
        let members = set.list.iter();
        Ok(members
            .map(|member| (member.public_key, member.weight))
            .collect())
    }

    /// Stakes with a Root from its owner.
    pub fn stake(&mut self, index: usize, amount_nano: u128, query_id: u64) -> Result<()> {
        let value = self.change_value_nano;
        let pool = &mut self.crew.pools[index];
        let messages = [
            pool.wallet.deposit(amount_nano + COIN)?,
            pool.wallet
                .stake(&pool.root, amount_nano, value, query_id)?,
        ];
        pool.owner.send(self.backend, &messages)?;
        Ok(())
    }

    /// Starts nodes that are not running, as a service manager does.
    ///
    /// Fails only when a node cannot be started.
    fn keep_up(&mut self) -> Result<()> {
        for node in ddvs_tycho::up(self.layout)? {
            match self.killed.contains(&node) {
                true => self.started_again.push(node),
                false => self.ended.push(node),
            }
        }
        Ok(())
    }

    /// Waits until the nodes' config has another set, and publishes it when the interval has passed. Unless some
    /// nodes are intentionally down, those that end meanwhile are restarted.
    pub fn await_set(
        &mut self,
        before: &Members,
        chosen: &[usize],
        begin: Instant,
    ) -> Result<Option<Members>> {
        let mut asked = begin;
        let mut kept_up = begin;
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
            self.restart_if_it_stands()?;
            if !self.are_some_down && kept_up.elapsed() >= KEEP_UP {
                self.keep_up()?;
                kept_up = Instant::now();
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
            // a message without a known outcome would block its wallet's next one
            if is_taken && set != *before {
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
                    "a stake did not change the set in {} s: {}",
                    CHANGE_PATIENCE.as_secs(),
                    self.where_it_is(chosen)
                );
            }
        }
    }

    /// Describes how far the chosen Roots' stakes came: message, home registry, masterchain's registry, set.
    fn where_it_is(&self, chosen: &[usize]) -> String {
        let mut words = Vec::new();
        for &index in chosen {
            let pool = &self.crew.pools[index];
            let root = pool.root.address();
            let message = if pool.owner.is_waiting() {
                "waits"
            } else {
                "was executed"
            };
            words.push(format!("the owner's message to {root} {message}"));
            for chain in [root.workchain, MASTERCHAIN] {
                let copy = DElector::new(&self.crew.network, chain);
                let entry = copy.and_then(|copy| copy.root_entry(self.backend, root));
                let entry =
                    entry.map_or_else(|error| error.to_string(), |entry| format!("{entry:?}"));
                words.push(format!("entry on chain {chain}: {entry}"));
            }
        }
        let pending = self.backend.pending_messages();
        words.push(format!("messages that wait: {pending:?}"));
        words.push(match self.is_set_behind() {
            Ok(is_behind) => format!("a newer set waits: {is_behind}"),
            Err(error) => error.to_string(),
        });
        let heights = self.watch.last().map(|last| last.heights);
        words.push(format!("blocks of the nodes: {heights:?}"));
        words.join("; ")
    }

    /// Restarts all nodes when no block was made for long, once until there is one.
    ///
    /// Fails only when a node cannot be stopped or started.
    fn restart_if_it_stands(&mut self) -> Result<()> {
        let Some(after) = self.restart_after else {
            return Ok(());
        };
        let stands_since = self.watch.moved_at(self.begin);
        if stands_since.elapsed() < after || self.restarted_at >= stands_since {
            return Ok(());
        }
        ddvs_tycho::down(self.layout)?;
        ddvs_tycho::up(self.layout)?;
        self.restarts += 1;
        self.restarted_at = Instant::now();
        Ok(())
    }

    /// Whether the masterchain's D'Elector holds a newer set than its config has.
    pub fn is_set_behind(&self) -> Result<bool> {
        let output = self
            .backend
            .get_method(self.delector.address(), "status", Vec::new())?;
        let stack = output.stack;
        let behind = stack.get(2).and_then(|value| value.as_int());
        let behind = behind.context("the D'Elector's getter `status` gives something else")?;
        Ok(behind.sign() != num_bigint::Sign::NoSign)
    }
}
