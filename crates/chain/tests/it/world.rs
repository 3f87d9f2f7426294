//! Four chains, the messages in flight between them, and the external messages that wait.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use ddvs_chain::external::External;
use ddvs_chain::{Chain, Import, Imports, Inputs, Made, Work, genesis};
use ddvs_test_kit::puppets::{ConfigPlan, START_MS, genesis};
use ddvs_types::ChainId;

/// Messages in flight to one chain, by source.
#[derive(Default, Clone)]
pub struct Inbox(BTreeMap<ChainId, VecDeque<Import>>);

impl Imports for Inbox {
    fn next(&mut self) -> Option<(u64, ChainId)> {
        let heads = self.0.iter().filter_map(|(&source, lane)| {
            let import = lane.front()?;
            Some((import.head.created_lt, source))
        });
        heads.min()
    }

    fn take(&mut self, source: ChainId) -> Option<Import> {
        self.0.get_mut(&source)?.pop_front()
    }
}

pub struct World {
    pub chains: BTreeMap<ChainId, Chain>,
    inboxes: BTreeMap<ChainId, Inbox>,
    externals: BTreeMap<ChainId, VecDeque<External>>,
    now_ms: u64,
}

impl World {
    pub fn new(plan: &ConfigPlan) -> Self {
        let network = genesis(3, plan);
        let checked = genesis::check(network.chains, START_MS).expect("the genesis is complete");
        let ids: Arc<[ChainId]> = checked.iter().map(|chain| chain.id()).collect();
        let chain = |checked: genesis::CheckedChain| {
            let id = checked.id();
            (id, Chain::new(checked, &ids, 1, 100))
        };
        Self {
            chains: checked.into_iter().map(chain).collect(),
            inboxes: ids.iter().map(|&id| (id, Inbox::default())).collect(),
            externals: ids.iter().map(|&id| (id, VecDeque::new())).collect(),
            now_ms: START_MS,
        }
    }

    pub fn tell(&mut self, chain: ChainId, message: tycho_types::cell::Cell) {
        let external = External::read(chain, message).expect("it is for this chain");
        self.externals.entry(chain).or_default().push_back(external);
    }

    /// Makes a block of at most so many steps.
    pub fn block(&mut self, id: ChainId, steps: usize) -> Made {
        self.now_ms += 100;
        let externals = self.externals.entry(id).or_default();
        let made = self
            .chains
            .get_mut(&id)
            .expect("the chain exists")
            .propose(Inputs {
                time_ms: self.now_ms,
                imports: self.inboxes.entry(id).or_default(),
                externals: &mut || externals.pop_front(),
                goes_on: &mut |work: Work| work.steps < steps,
            });
        let made = made.expect("a block is made");
        for sent in &made.sent {
            let inbox = self.inboxes.entry(sent.destination).or_default();
            let lane = inbox.0.entry(id).or_default();
            let import = Import::read(id, sent.destination, sent.cell.clone());
            lane.push_back(import.expect("it is a message between these chains"));
        }
        made
    }

    /// Hashes of the messages in flight, with their coins.
    pub fn in_flight(&self, source: ChainId, destination: ChainId) -> Vec<&Import> {
        let lane = self.inboxes[&destination].0.get(&source);
        lane.into_iter().flatten().collect()
    }
}
