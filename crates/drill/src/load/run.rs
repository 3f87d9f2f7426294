//! Wallets under load: what each signs next, and what became of it.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use ddvs_client::{ChainId, DePoolRoot, DePoolWallet, Live, Outgoing, OwnerWallet};
use ddvs_contracts::Network;
use ddvs_jrpc::JrpcNetwork;
use ddvs_types::COIN;
use sha2::{Digest, Sha256};
use tycho_types::cell::HashBytes;
use tycho_types::models::StdAddr;

use super::{GIFT_NANO, LoadOptions, LoadReport};
use crate::crew::Crew;
use crate::sender::{Fate, Sender};
use crate::spread::Spread;

/// Stake of one staking message.
const STAKE_NANO: u128 = 20 * COIN;
/// Coins that every staker gets from the faucet: enough for hundreds of stakes.
const POCKET: u128 = 5_000;
/// Value that pays for a deposit, and stays as the wallet's reserve.
const DEPOSIT_EXTRA_NANO: u128 = COIN;
const TICK: Duration = Duration::from_millis(50);
/// Time between two queries for the same message.
const POLL: Duration = Duration::from_millis(500);
/// Validity of a message, in seconds.
const TTL_S: u32 = 120;
/// Timeout for the remaining messages when the load ends.
const REST: Duration = Duration::from_secs(180);

#[derive(Debug)]
struct Worker {
    sender: Sender,
    wallet: DePoolWallet,
    /// Receiver of its payments.
    sink: usize,
    change_value_nano: u128,
    turn: u32,
    is_stake: bool,
    has_staked: bool,
    asked: Instant,
}

#[derive(Debug)]
pub(super) struct Run {
    workers: Vec<Worker>,
    sinks: Vec<StdAddr>,
    roots: Vec<DePoolRoot>,
    latencies: Vec<f64>,
    again: BTreeSet<HashBytes>,
    pub report: LoadReport,
}

fn derived(what: &str, seed: u64, number: u64) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(format!("ddvs drill {what} {seed} {number}"));
    hash.finalize().into()
}

impl Run {
    pub fn new(
        crew: &Crew,
        backend: &JrpcNetwork,
        roots: Vec<DePoolRoot>,
        options: &LoadOptions,
    ) -> Result<Self> {
        let chains = &crew.workchains;
        let sinks: Vec<_> = chains
            .iter()
            .map(|&chain| {
                let id = derived("sink", options.seed, chain.cast_unsigned().into());
                StdAddr::new(chain, HashBytes(id))
            })
            .collect();
        let mut workers = Vec::new();
        for number in 0..usize::from(options.wallets) {
            let home = number % chains.len();
            workers.push(Worker::new(
                crew,
                chains[home],
                // the next chain, which is its own where there is only one
                (home + 1) % chains.len(),
                derived("worker", options.seed, number as u64),
                number,
            )?);
        }
        if options.stake_every > 0 {
            for &chain in chains {
                let mut of_chain = workers
                    .iter_mut()
                    .filter(|worker| worker.wallet.address().workchain == chain);
                if let Some(first) = of_chain.next() {
                    let value = first.wallet.change_value(backend)?;
                    first.change_value_nano = value;
                    of_chain.for_each(|worker| worker.change_value_nano = value);
                }
            }
        }
        Ok(Self {
            workers,
            sinks,
            roots,
            latencies: Vec::new(),
            again: BTreeSet::new(),
            report: LoadReport::default(),
        })
    }

    /// Every wallet gets its coins from the faucet of its own chain.
    pub fn fund(&self, crew: &Crew, backend: &mut JrpcNetwork) -> Result<()> {
        for &chain in &crew.workchains {
            let gifts: Vec<_> = self
                .workers
                .iter()
                .map(|worker| worker.sender.wallet().address())
                .filter(|address| address.workchain == chain)
                .map(|address| Outgoing::transfer(address.clone(), POCKET * COIN))
                .collect();
            let mut faucet = crew.faucet(chain)?;
            for gifts in gifts.chunks(200) {
                faucet.send(backend, gifts)?;
                let end = Instant::now() + REST;
                loop {
                    backend.tend_outbox()?;
                    match faucet.poll(backend)?.0 {
                        Fate::Waiting if Instant::now() < end => std::thread::sleep(POLL),
                        Fate::Done(_) => break,
                        _ => bail!(
                            "the faucet of chain {chain} does not pay: see `ddvs tycho status`"
                        ),
                    }
                }
            }
        }
        // payments within a chain arrive in the next block
        std::thread::sleep(Duration::from_secs(6));
        Ok(())
    }

    /// Signs messages at the given rate until it is stopped.
    pub fn send_until(
        &mut self,
        stop: &AtomicBool,
        options: &LoadOptions,
        backend: &mut JrpcNetwork,
    ) -> Result<()> {
        let begin = Instant::now();
        let mut next = 0;
        while !stop.load(Ordering::Relaxed) {
            let allowed = (begin.elapsed().as_secs_f64() * options.rate_per_s) as u64;
            let mut looked = 0;
            while self.report.sent < allowed && looked < self.workers.len() {
                let index = next % self.workers.len();
                (next, looked) = (next + 1, looked + 1);
                if self.workers[index].sender.is_waiting() {
                    continue;
                }
                let messages = self.workers[index].next_messages(
                    options.stake_every,
                    &self.sinks,
                    &self.roots,
                )?;
                // no node may accept it for a moment: the wallet retries
                if self.workers[index].sender.send(backend, &messages).is_ok() {
                    self.report.sent += 1;
                }
            }
            self.look(backend);
            std::thread::sleep(TICK);
        }
        self.report.duration_s = begin.elapsed().as_secs_f64();
        Ok(())
    }

    /// Queries messages in flight. Nodes that do not answer are queried again the next time.
    fn look(&mut self, backend: &JrpcNetwork) {
        let _ = backend.tend_outbox();
        let pending = backend.pending_messages();
        let again = pending.iter().filter(|(_, times)| *times > 1);
        self.again.extend(again.map(|(hash, _)| *hash));
        for worker in &mut self.workers {
            if !worker.sender.is_waiting() || worker.asked.elapsed() < POLL {
                continue;
            }
            worker.asked = Instant::now();
            let Ok((fate, seconds)) = worker.sender.poll(backend) else {
                continue;
            };
            match fate {
                Fate::Done(_) => {
                    self.report.executed += 1;
                    self.latencies.push(seconds);
                    if worker.is_stake {
                        self.report.stakes += 1;
                        self.report.staked_nano += STAKE_NANO;
                        worker.has_staked = true;
                    } else {
                        self.report.expected_nano += GIFT_NANO;
                    }
                }
                Fate::Lost => self.report.lost += 1,
                Fate::Idle | Fate::Waiting => {}
            }
        }
    }

    /// Waits for the remaining messages, and counts what arrived.
    pub fn settle(&mut self, backend: &JrpcNetwork) -> Result<()> {
        let end = Instant::now() + REST;
        while self.workers.iter().any(|worker| worker.sender.is_waiting()) && Instant::now() < end {
            self.look(backend);
            std::thread::sleep(TICK);
        }
        let end = Instant::now() + REST;
        loop {
            self.count(backend)?;
            let report = &self.report;
            if report.is_exact() || Instant::now() > end {
                break;
            }
            std::thread::sleep(Duration::from_secs(1));
        }
        self.report.latency_s = Spread::of(std::mem::take(&mut self.latencies));
        self.report.sent_again = self.again.len() as u64;
        Ok(())
    }

    /// Reads one chain after the other: a node shows the accounts of one workchain at a time.
    fn count(&mut self, backend: &JrpcNetwork) -> Result<()> {
        let (mut arrived, mut locked) = (0, 0);
        for sink in &self.sinks {
            arrived += backend.account(sink)?.balance_nano;
            let stakers = self.workers.iter().filter(|worker| {
                let chain = worker.wallet.address().workchain;
                chain == sink.workchain && worker.has_staked
            });
            for staker in stakers {
                let Some(storage) = staker.wallet.storage(backend)? else {
                    continue;
                };
                for root in &self.roots {
                    let position = storage.positions.get(root.address())?;
                    locked += position.map_or(0, |position| position.staked_nano());
                }
            }
        }
        (self.report.arrived_nano, self.report.locked_nano) = (arrived, locked);
        Ok(())
    }
}

impl Worker {
    fn new(
        crew: &Crew,
        chain: ChainId,
        sink: usize,
        secret: [u8; 32],
        number: usize,
    ) -> Result<Self> {
        let owner = OwnerWallet::new(secret, chain, crew.global_id)?;
        let network: &Network = &crew.network;
        Ok(Self {
            wallet: DePoolWallet::new(network, chain, owner.address())?,
            sender: Sender::fresh(owner, TTL_S),
            sink,
            change_value_nano: 0,
            turn: number as u32,
            is_stake: false,
            has_staked: false,
            asked: Instant::now(),
        })
    }

    fn next_messages(
        &mut self,
        stake_every: u32,
        sinks: &[StdAddr],
        roots: &[DePoolRoot],
    ) -> Result<Vec<Outgoing>> {
        self.turn += 1;
        self.is_stake = stake_every > 0 && self.turn.is_multiple_of(stake_every);
        if !self.is_stake {
            return Ok(vec![Outgoing::transfer(
                sinks[self.sink].clone(),
                GIFT_NANO,
            )]);
        }
        let root = &roots[self.turn as usize % roots.len()];
        let value = self.change_value_nano;
        let query_id = self.turn.into();
        Ok(vec![
            self.wallet.deposit(STAKE_NANO + DEPOSIT_EXTRA_NANO)?,
            self.wallet.stake(root, STAKE_NANO, value, query_id)?,
        ])
    }
}
