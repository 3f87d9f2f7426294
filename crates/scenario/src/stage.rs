//! The stage: users act, blocks pass, and everything is observed.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use ddvs_client::{
    Backend, Block, ChainId, DePoolWallet, FollowLimits, MessageTree, Outgoing, follow,
    seeded::Person,
};
use ddvs_contracts::Network;
use ddvs_types::COIN;
use tycho_types::models::StdAddr;

use crate::agreement::{AgreementWatch, Applied};
use crate::cast::{Cast, Story};
use crate::report::Report;

mod contracts;
mod telling;

/// Maximum number of blocks, of all chains together, of one action.
const MAX_BLOCKS: usize = 400;
/// Number of blocks of each chain after which messages count as arrived, where the network cannot be asked.
const SETTLING_BLOCKS: u32 = 10;

/// The stage.
pub struct Stage<'a> {
    /// The network.
    pub backend: &'a mut dyn Backend,
    /// The network, from which the contracts' addresses follow.
    pub network: Network,
    /// The participants.
    pub cast: Cast,
    /// The observations.
    pub report: Report,
    /// All batches that any copy applied.
    pub applied: Vec<Applied>,
    watch: AgreementWatch,
    wallets: BTreeMap<StdAddr, DePoolWallet>,
    broken_wallets: Vec<String>,
    blocks: BTreeMap<ChainId, u32>,
    start_ms: u64,
    query_id: u64,
    progress: &'a mut dyn FnMut(&str),
}

impl<'a> Stage<'a> {
    /// Returns a stage on a running network. `progress` gets status messages.
    ///
    /// Fails only when the network does not answer.
    pub fn new(
        backend: &'a mut dyn Backend,
        story: Story,
        progress: &'a mut dyn FnMut(&str),
    ) -> Result<Self> {
        let watch = AgreementWatch::new(backend)?;
        let start_ms = backend.now_ms()?;
        let mut report = Report::default();
        report.network.insert("kind".into(), backend.kind().into());
        report.network.insert(
            "chains".into(),
            backend.chains()?.iter().map(|chain| chain.id).collect(),
        );
        report
            .network
            .insert("genesis".into(), story.network.genesis.to_string().into());
        report.network.insert("seed".into(), story.seed.into());
        Ok(Self {
            backend,
            network: story.network,
            cast: story.cast,
            report,
            applied: Vec::new(),
            watch,
            wallets: BTreeMap::new(),
            broken_wallets: Vec::new(),
            blocks: BTreeMap::new(),
            start_ms,
            query_id: 0,
            progress,
        })
    }

    // --- Time ---

    /// Waits for the next block.
    ///
    /// Fails when no chain makes blocks.
    pub fn next_block(&mut self) -> Result<Arc<Block>> {
        let block = self
            .backend
            .next_block()?
            .context("no chain makes blocks")?;
        self.blocks.insert(block.chain, block.seqno);
        for applied in self.watch.see(self.backend, &block)? {
            let what = format!(
                "applies batch {} of chain {}: yes of {} hold {:.1} % of the stake",
                applied.batch.seqno,
                applied.batch.origin,
                list(&applied.voters),
                100.0 * applied.yes_nano as f64 / applied.all_nano.max(1) as f64,
            );
            self.event(
                Some((applied.copy, applied.block)),
                "D'Elector",
                what,
                Vec::new(),
            );
            self.applied.push(applied);
        }
        for transaction in &block.transactions {
            if let Some(wallet) = self.wallets.get(&transaction.account).cloned() {
                self.check_wallet(&wallet)?;
            }
        }
        Ok(block)
    }

    /// Waits for blocks until `done`, at most `max_blocks`. Returns whether it was reached.
    pub fn wait_for(
        &mut self,
        max_blocks: usize,
        mut done: impl FnMut(&mut Self) -> Result<bool>,
    ) -> Result<bool> {
        for _ in 0..max_blocks {
            if done(self)? {
                return Ok(true);
            }
            self.next_block()?;
        }
        done(self)
    }

    /// Waits for `seconds` of the network's time.
    pub fn pass(&mut self, seconds: u32) -> Result<()> {
        let until = self.backend.now_ms()? + u64::from(seconds) * 1_000;
        while self.backend.now_ms()? < until {
            self.next_block()?;
        }
        Ok(())
    }

    /// Waits until every chain has made `count` blocks.
    pub fn blocks_each(&mut self, count: u32) -> Result<()> {
        let chains = self.backend.chains()?.len();
        for _ in 0..count as usize * chains {
            self.next_block()?;
        }
        Ok(())
    }

    /// Last block seen on a chain.
    pub fn block_of(&self, chain: ChainId) -> u32 {
        self.blocks.get(&chain).copied().unwrap_or(0)
    }

    // --- Acting ---

    /// A number for a request.
    pub fn query_id(&mut self) -> u64 {
        self.query_id += 1;
        self.query_id
    }

    /// Sends messages of a user and waits for everything that they cause.
    ///
    /// Fails when they do not end.
    pub fn act(&mut self, who: &Person, what: &str, messages: &[Outgoing]) -> Result<MessageTree> {
        let tree = self.act_within(who, what, messages, MAX_BLOCKS)?;
        if !tree.is_settled() {
            bail!(
                "{} {what}: not finished after {MAX_BLOCKS} blocks\n{tree}",
                who.name
            );
        }
        Ok(tree)
    }

    /// Like [`Self::act`], but gives up after `max_blocks`.
    pub fn act_within(
        &mut self,
        who: &Person,
        what: &str,
        messages: &[Outgoing],
        max_blocks: usize,
    ) -> Result<MessageTree> {
        let hash = who.wallet.send(self.backend, messages)?;
        let line = self.report.steps.last().map_or(0, |step| step.events.len());
        self.say(&who.name, what);
        let mut tree = follow(self.backend, hash, FollowLimits::NO_WAIT)?;
        for _ in 0..max_blocks {
            if tree.is_settled() {
                break;
            }
            self.next_block()?;
            tree = follow(self.backend, hash, FollowLimits::NO_WAIT)?;
        }
        // the line is placed where the message was sent, but only its transaction shows the block
        if let (Some(step), Some(transaction)) =
            (self.report.steps.last_mut(), tree.root().transaction())
            && let Some(event) = step.events.get_mut(line)
        {
            event.chain = Some(transaction.chain());
            event.block = Some(transaction.block_seqno);
        }
        Ok(tree)
    }

    /// Waits for blocks until no message waits anywhere, or, where that cannot be asked, for some blocks.
    pub fn settle(&mut self) -> Result<()> {
        for _ in 0..MAX_BLOCKS {
            match self.backend.operator() {
                Some(operator) if operator.is_idle() => return Ok(()),
                Some(_) => {}
                None => return self.blocks_each(SETTLING_BLOCKS),
            }
            self.next_block()?;
        }
        Ok(())
    }

    /// Puts the set that a chain's D'Elector has not published yet into force: without a minimum time between two sets it is
    /// already in force; otherwise this waits for that time, and publishes it.
    ///
    /// Fails when it cannot be published.
    pub fn publish_set(&mut self, chain: ChainId) -> Result<()> {
        let delector = self.delector(chain)?;
        let local = delector.storage(self.backend)?.local.load()?;
        if !local.set_dirty {
            return Ok(());
        }
        let due = local.published_at + delector.params(self.backend)?.set_interval_s;
        let now = self.backend.now_ms()? / 1_000;
        // the time of the block that publishes it counts
        self.pass(due.saturating_sub(now as u32) + 2)?;
        if delector.storage(self.backend)?.local.load()?.set_dirty {
            let walter = self.cast.walter.clone();
            let id = self.query_id();
            let message = delector.publish_set(COIN, id)?;
            let what = format!("publishes the set of chain {chain}: the least time has passed");
            self.act(&walter, &what, &[message])?;
        }
        Ok(())
    }
}

fn list(chains: &[ChainId]) -> String {
    chains
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(", ")
}
