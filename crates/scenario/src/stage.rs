//! Where the story happens: people act, blocks pass, and everything is watched.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use ddvs_client::{
    Backend, Block, ChainId, DElector, DePoolRoot, DePoolWallet, FollowLimits, MessageTree,
    Outgoing, follow,
};
use ddvs_contracts::{Network, RootTerms};
use tycho_types::models::{StdAddr, ValidatorSet};

use crate::agreement::{AgreementWatch, Applied};
use crate::cast::{Cast, Person, Story};
use crate::report::{Check, Event, Outcome, Report, Step};
use crate::{needs, words};

/// Blocks, of all chains together, that one action may take.
const MAX_BLOCKS: usize = 400;
/// Blocks of each chain after which messages count as arrived, where nobody can be asked.
const SETTLING_BLOCKS: u32 = 10;

/// The stage.
pub struct Stage<'a> {
    /// The network.
    pub backend: &'a mut dyn Backend,
    /// What the contracts' addresses follow from.
    pub network: Network,
    /// Who acts.
    pub cast: Cast,
    /// What was seen.
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
    /// A stage on a running network. `progress` is told what is going on.
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

    // --- Telling ---

    /// Begins a step.
    pub fn begin(&mut self, name: &str, about: &str) {
        (self.progress)(about);
        let (name, about) = (name.to_owned(), about.to_owned());
        self.report.steps.push(Step {
            name,
            about,
            events: Vec::new(),
        });
    }

    /// Adds a line to the timeline.
    pub fn say(&mut self, who: &str, what: impl Into<String>) {
        self.event(None, who, what.into(), Vec::new());
    }

    /// Adds a table to the timeline.
    pub fn show(&mut self, who: &str, what: impl Into<String>, table: Vec<Vec<String>>) {
        self.event(None, who, what.into(), table);
    }

    fn event(
        &mut self,
        at: Option<(ChainId, u32)>,
        who: &str,
        what: String,
        table: Vec<Vec<String>>,
    ) {
        let now_ms = self.backend.now_ms().unwrap_or(self.start_ms);
        let event = Event {
            at_s: now_ms.saturating_sub(self.start_ms) as f64 / 1_000.0,
            chain: at.map(|(chain, _)| chain),
            block: at.map(|(_, block)| block),
            who: who.to_owned(),
            what,
            table,
        };
        if let Some(step) = self.report.steps.last_mut() {
            step.events.push(event);
        }
    }

    /// Records what was shown.
    pub fn check(&mut self, name: &str, ok: bool, detail: impl Into<String>) {
        let ok = if ok { Outcome::Passed } else { Outcome::Failed };
        self.report.checks.push(Check {
            name: name.to_owned(),
            ok,
            detail: detail.into(),
        });
    }

    /// Records what cannot be shown on this network.
    pub fn not_applicable(&mut self, name: &str, reason: &str) {
        let (name, detail) = (name.to_owned(), reason.to_owned());
        self.report.checks.push(Check {
            name,
            ok: Outcome::NotApplicable,
            detail,
        });
    }

    // --- Time ---

    /// Lets the next block happen.
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

    /// Lets blocks happen until `done`, at most `max_blocks`. Returns whether it was.
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

    /// Lets `seconds` pass.
    pub fn pass(&mut self, seconds: u32) -> Result<()> {
        let until = self.backend.now_ms()? + u64::from(seconds) * 1_000;
        while self.backend.now_ms()? < until {
            self.next_block()?;
        }
        Ok(())
    }

    /// Lets every chain make `count` blocks.
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

    /// Somebody sends messages and waits for everything that they cause.
    ///
    /// Fails when they do not come to an end.
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

    /// The same, but gives up after `max_blocks`.
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
        // the line stands where it was sent, but only its transaction tells the block
        if let (Some(step), Some(transaction)) =
            (self.report.steps.last_mut(), tree.root().transaction())
            && let Some(event) = step.events.get_mut(line)
        {
            event.chain = Some(transaction.chain());
            event.block = Some(transaction.block_seqno);
        }
        Ok(tree)
    }

    /// Lets blocks happen until no message waits anywhere, or, where that cannot be asked, for some blocks.
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

    /// Brings the set that a chain's D'Elector keeps into force: it is, at once, where no least time between two sets is
    /// set; else this waits for that time, and publishes it.
    ///
    /// Fails when it cannot be published.
    pub fn publish_set(&mut self, chain: ChainId) -> Result<()> {
        let delector = self.delector(chain)?;
        let local = delector.storage(self.backend)?.local.load()?;
        if !local.set_dirty {
            return Ok(());
        }
        let due = local.published_at + delector.params(self.backend)?.set_interval;
        let now = self.backend.now_ms()? / 1_000;
        // the time of the block that publishes it counts
        self.pass(due.saturating_sub(now as u32) + 2)?;
        if delector.storage(self.backend)?.local.load()?.set_dirty {
            let walter = self.cast.walter.clone();
            let id = self.query_id();
            let message = delector.publish_set(1_000_000_000, id)?;
            let what = format!("publishes the set of chain {chain}: the least time has passed");
            self.act(&walter, &what, &[message])?;
        }
        Ok(())
    }

    // --- Contracts ---

    /// The D'Elector of a chain.
    pub fn delector(&self, chain: ChainId) -> Result<DElector> {
        Ok(DElector::new(&self.network, chain)?)
    }

    /// All D'Electors.
    pub fn delectors(&self) -> Result<Vec<DElector>> {
        self.backend
            .chains()?
            .iter()
            .map(|chain| self.delector(chain.id))
            .collect()
    }

    /// Terms of a Root in this story.
    pub fn terms(&self, owner: &Person, nonce: u64) -> RootTerms {
        needs::terms(owner.address(), nonce)
    }

    /// The Root that Nora will have.
    pub fn nora_root(&self) -> Result<DePoolRoot> {
        Ok(DePoolRoot::new(
            &self.network,
            1,
            self.terms(&self.cast.nora, 1),
        )?)
    }

    /// The DePool Wallet of somebody on their own chain; watched from now on.
    pub fn wallet(&mut self, who: &Person) -> Result<DePoolWallet> {
        let wallet = DePoolWallet::new(&self.network, who.address().workchain, who.address())?;
        self.wallets
            .insert(wallet.address().clone(), wallet.clone());
        Ok(wallet)
    }

    /// All wallets that are watched.
    pub fn wallets(&self) -> Vec<DePoolWallet> {
        self.wallets.values().cloned().collect()
    }

    /// What was wrong with any watched wallet at any block.
    pub fn broken_wallets(&self) -> &[String] {
        &self.broken_wallets
    }

    /// Staked coins must lie in the wallet, at every step.
    fn check_wallet(&mut self, wallet: &DePoolWallet) -> Result<()> {
        let Some(storage) = wallet.storage(self.backend)? else {
            return Ok(());
        };
        let balance = wallet.balance_nano(self.backend)?;
        let mut held = 0;
        for entry in storage.positions.iter() {
            let (_, position) = entry?;
            held += position.held_nano();
        }
        if held != storage.held.into_inner() || balance < held {
            self.broken_wallets.push(format!(
                "{}: balance {}, positions {}, held {}",
                words::short(wallet.address()),
                words::coins(balance),
                words::coins(held),
                words::coins(storage.held.into_inner()),
            ));
        }
        Ok(())
    }

    // --- Sets ---

    /// The set in force on a chain, by its last block's successor: param 34 now.
    pub fn set(&self, chain: ChainId) -> Result<ValidatorSet> {
        Ok(self.delector(chain)?.current_set(self.backend)?)
    }

    /// Whether a key is in the set of a chain.
    pub fn is_in_set(&self, chain: ChainId, key: &tycho_types::cell::HashBytes) -> Result<bool> {
        Ok(self
            .set(chain)?
            .list
            .iter()
            .any(|member| member.public_key == *key))
    }

    /// The set of a chain as a table.
    pub fn set_table(&self, chain: ChainId) -> Result<Vec<Vec<String>>> {
        let set = self.set(chain)?;
        let mut rows = vec![vec![
            "validator".to_owned(),
            "weight".to_owned(),
            "share".to_owned(),
        ]];
        let mut members: Vec<_> = set.list.iter().collect();
        members.sort_by_key(|member| std::cmp::Reverse(member.weight));
        for member in members {
            rows.push(vec![
                self.name_of(&member.public_key),
                words::coins(u128::from(member.weight) * 1_000_000_000),
                format!(
                    "{:.1} %",
                    100.0 * member.weight as f64 / set.total_weight as f64
                ),
            ]);
        }
        Ok(rows)
    }

    fn name_of(&self, key: &tycho_types::cell::HashBytes) -> String {
        if *key == self.cast.nora_key.public() {
            return self.cast.nora.name.clone();
        }
        let known = self
            .cast
            .validators
            .iter()
            .find(|validator| validator.key.public() == *key);
        known.map_or_else(|| key.to_string(), |validator| validator.owner.name.clone())
    }
}

fn list(chains: &[ChainId]) -> String {
    chains
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(", ")
}
