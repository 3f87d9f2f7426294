//! A network to search: chains, their stakes and scripts, who may fall silent, who is captured.

use crate::batch::{Base, Batch, Chain, ContentId, FORK, MAIN, MAX_CHAINS, Seqno};
use crate::captured::Captured;
use crate::message::Body;
use crate::rules::Rules;

/// Keys from here on are for batches that would otherwise change nothing.
const OWN_KEYS: u8 = 100;

/// Which chains may fall silent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Silence {
    /// Bit `c` is set if chain `c` may.
    pub who: u8,
    /// Maximum number of chains that are silent at the same time.
    pub at_most: u8,
    /// Whether a silent chain returns; otherwise it is silent forever.
    pub returns: bool,
}

/// A network to search.
#[derive(Clone, Debug)]
pub struct Instance {
    /// Name for tables and traces.
    pub name: String,
    /// The rules in force.
    pub rules: Rules,
    /// Stake of each chain at genesis.
    pub stakes: Vec<i32>,
    /// Batches of each chain, in order.
    pub scripts: Vec<Vec<Batch>>,
    /// Batches of each chain's other branch, by the same index.
    pub forks: Vec<Vec<Batch>>,
    /// Number of the first batch that differs between a chain's two branches.
    pub fork_seqno: Seqno,
    /// Chains that may fall silent during the run.
    pub silence: Silence,
    /// Bit `c` is set if chain `c` is silent from the start and forever.
    pub silent: u8,
    /// The captured chains.
    pub captured: Vec<Captured>,
    /// Whether copies must be equal at rest even if live honest chains lack a majority in some copy. Always true
    /// while no chain is captured; but a captured chain's vote that only some copies have, or a stake that they
    /// revert, can let them apply alone what lacks a majority of honest votes.
    pub judges_minorities: bool,
    /// Contents that no honest copy may ever apply.
    pub forbidden: Vec<ContentId>,
    /// The masterchain, if one of the chains is: it has no stake.
    pub masterchain: Option<Chain>,
    /// Whether electors and channels also keep messages without effect, as the contracts do.
    pub is_exact: bool,
    /// Whether votes may arrive several in one message, and after later messages.
    pub votes_wait: bool,
}

impl Instance {
    /// Returns a network of `stakes.len()` honest chains that never fall silent.
    ///
    /// # Panics
    /// Panics if there are more than [`MAX_CHAINS`] chains, or if there is not one script for each.
    pub fn new(name: &str, rules: Rules, stakes: &[i32], scripts: Vec<Vec<Batch>>) -> Self {
        assert!(stakes.len() <= MAX_CHAINS, "too many chains");
        assert_eq!(stakes.len(), scripts.len(), "one script for each chain");
        Self {
            name: name.to_owned(),
            rules,
            stakes: stakes.to_vec(),
            forks: vec![Vec::new(); scripts.len()],
            scripts,
            fork_seqno: 1,
            silence: Silence::default(),
            silent: 0,
            captured: Vec::new(),
            judges_minorities: false,
            forbidden: Vec::new(),
            masterchain: None,
            is_exact: false,
            votes_wait: false,
        }
    }

    /// Lets chains in `who` fall silent forever at any time, at most `at_most` of them.
    pub fn falls_silent(mut self, who: &[Chain], at_most: u8) -> Self {
        self.silence = Silence {
            who: mask(who),
            at_most,
            returns: false,
        };
        self
    }

    /// Lets chains in `who` fall silent at any time, at most `at_most` at once, and return at any time.
    pub fn pauses(mut self, who: &[Chain], at_most: u8) -> Self {
        self.silence = Silence {
            who: mask(who),
            at_most,
            returns: true,
        };
        self
    }

    /// Makes chains in `who` silent from the start, forever.
    pub fn silent(mut self, who: &[Chain]) -> Self {
        self.silent = mask(who);
        self
    }

    /// Gives `chain` a second branch of batches, which differs from batch `fork_seqno` on.
    pub fn forks(mut self, chain: Chain, fork_seqno: Seqno, branch: Vec<Batch>) -> Self {
        self.forks[chain as usize] = branch;
        self.fork_seqno = fork_seqno;
        self
    }

    /// Gives an attacker control of a chain.
    pub fn captured(mut self, captured: Captured) -> Self {
        self.captured.push(captured);
        self
    }

    /// Requires copies to be equal at rest even where captured chains are too strong for the rules to guarantee it.
    pub fn judge_minorities(mut self) -> Self {
        self.judges_minorities = true;
        self
    }

    /// Forbids every honest copy to apply `content`.
    pub fn forbids(mut self, content: ContentId) -> Self {
        self.forbidden.push(content);
        self
    }

    /// Makes `chain` the masterchain.
    ///
    /// # Panics
    /// Panics if it has stake or batches.
    pub fn masterchain(mut self, chain: Chain) -> Self {
        let quiet = self.stakes[chain as usize] == 0 && self.scripts[chain as usize].is_empty();
        assert!(quiet, "no Root lives in the masterchain");
        self.masterchain = Some(chain);
        self
    }

    /// Lets votes arrive several in one message, and after later messages.
    pub fn votes_wait(mut self) -> Self {
        self.votes_wait = true;
        self
    }

    /// Also keeps messages without effect.
    pub fn exact(mut self) -> Self {
        self.is_exact = true;
        self
    }

    /// Changes the batches so that the contracts would accept them: an honest origin's batch moves stake or changes a
    /// key, and no chain registers a key twice. Keys of a captured chain do not matter, and a base names no chain
    /// that does not exist.
    pub fn playable(mut self) -> Self {
        for chain in 0..self.chains() {
            let is_captured = self.is_captured(chain as Chain);
            let mut used = vec![0];
            let (script, fork) = (&mut self.scripts[chain], &mut self.forks[chain]);
            for (index, batch) in (0..).zip(script.iter_mut().chain(fork)) {
                if is_captured || used.contains(&batch.key) {
                    batch.key = 0;
                }
                if !is_captured && batch.delta == 0 && batch.key == 0 {
                    // a key that no other batch has moves no stake
                    batch.key = OWN_KEYS + MAX_CHAINS as u8 * index + chain as u8;
                }
                used.push(batch.key);
            }
        }
        let chains = self.chains();
        let outboxes = self
            .captured
            .iter_mut()
            .map(|captured| &mut captured.outbox);
        for (_, message) in outboxes.flatten() {
            if let Some(base) = message.body.base_mut() {
                base[chains..].fill(0);
            }
        }
        self
    }

    /// Returns the number of chains.
    pub fn chains(&self) -> usize {
        self.stakes.len()
    }

    /// Returns the batch behind `content`, if there is one.
    pub fn batch(&self, content: ContentId) -> Option<&Batch> {
        let branches = match content.branch {
            MAIN => &self.scripts,
            FORK => &self.forks,
            _ => return None,
        };
        branches[content.origin as usize].get(content.index as usize)
    }

    /// Returns by how much `content` changes the origin's stake; 0 if there is no such batch.
    pub fn delta(&self, content: ContentId) -> i32 {
        self.batch(content).map_or(0, |batch| batch.delta)
    }

    /// Returns the predecessor named by a captured chain's `content`. Honest origins name what they applied.
    pub fn previous(&self, content: ContentId) -> Option<ContentId> {
        let index = content.index.checked_sub(1)?;
        let branch = if content.index < self.fork_seqno {
            MAIN
        } else {
            content.branch
        };
        Some(ContentId::new(content.origin, index, branch))
    }

    /// Whether `chain` is captured.
    pub fn is_captured(&self, chain: Chain) -> bool {
        self.captured.iter().any(|captured| captured.chain == chain)
    }

    /// Returns the smallest and the largest share of all stake that `chain` has in any state that a copy may be in,
    /// each as (part, whole).
    pub fn share_of(&self, chain: Chain) -> ((i32, i32), (i32, i32)) {
        self.share_of_all(&[chain])
    }

    /// The same for `chains` together.
    pub fn share_of_all(&self, chains: &[Chain]) -> ((i32, i32), (i32, i32)) {
        let range = |chain: usize| {
            let contents = [(MAIN, &self.scripts[chain]), (FORK, &self.forks[chain])];
            let contents = contents.into_iter().flat_map(|(branch, batches)| {
                (0..batches.len())
                    .map(move |index| ContentId::new(chain as Chain, index as u8, branch))
            });
            let totals = contents.map(|content| {
                let batches =
                    std::iter::successors(Some(content), |&content| self.previous(content));
                self.stakes[chain] + batches.map(|content| self.delta(content)).sum::<i32>()
            });
            // an honest origin skips batches whose keys are taken
            let moved = self.scripts[chain].iter().map(|batch| batch.delta);
            let fall: i32 = moved.clone().filter(|delta| *delta < 0).sum();
            let rise: i32 = moved.filter(|delta| *delta > 0).sum();
            let totals = totals.chain([self.stakes[chain] + fall, self.stakes[chain] + rise]);
            let genesis = (self.stakes[chain], self.stakes[chain]);
            totals.fold(genesis, |(least, most), total| {
                (least.min(total), most.max(total))
            })
        };
        let (mut own, mut others) = ((0, 0), (0, 0));
        for chain in 0..self.chains() {
            let (least, most) = range(chain);
            let sum = match chains.contains(&(chain as Chain)) {
                true => &mut own,
                false => &mut others,
            };
            *sum = (sum.0 + least, sum.1 + most);
        }
        ((own.0, own.0 + others.1), (own.1, own.1 + others.0))
    }

    /// Whether state about a batch can still matter once the batch is applied: not if no chain is captured.
    pub fn may_be_contested(&self) -> bool {
        self.is_exact || !self.captured.is_empty()
    }

    /// Returns the base that a captured chain's `content` names: the one with which it is first sent. A content has
    /// one.
    pub fn base_of(&self, content: ContentId) -> Base {
        let sent = self.captured.iter().flat_map(|captured| &captured.outbox);
        let mut bases = sent.filter_map(|(_, message)| match message.body {
            Body::Propose { base } | Body::Relay { base } if message.content == content => {
                Some(base)
            }
            _ => None,
        });
        let genesis = || Self::genesis_base(content.origin, content.index + 1);
        bases.next().unwrap_or_else(genesis)
    }

    /// Returns the base that names the genesis, except that it names the predecessor of `seqno` for `origin`.
    pub fn genesis_base(origin: Chain, seqno: Seqno) -> Base {
        let mut base = Base::default();
        base[origin as usize] = seqno - 1;
        base
    }
}

fn mask(chains: &[Chain]) -> u8 {
    chains.iter().fold(0, |mask, chain| mask | 1 << chain)
}
