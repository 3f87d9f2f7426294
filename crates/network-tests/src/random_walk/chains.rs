//! Events of chains: they slow down, fall silent, and return.

use ddvs_client::{ChainId, Operator};

use super::Walk;

/// Virtual time within which live chains that hold a majority must be done, in seconds.
const PATIENCE_S: u32 = 300;

impl Walk {
    pub(super) fn change_chains(&mut self) {
        match self.dice.below(6) {
            0 | 1 => self.silence_some(),
            2 => self.resume_all(),
            3 => self.slow_some(),
            4 => self.let_go_on(),
            _ => self.lull(),
        }
    }

    fn silence_some(&mut self) {
        let chain = self.somewhere();
        let live = self.world.chains().len() - self.silenced.len();
        if live > 2 && !self.silenced.contains(&chain) {
            self.world.silence(chain);
            self.silenced.push(chain);
        }
    }

    pub(super) fn resume_all(&mut self) {
        self.note_held();
        for chain in std::mem::take(&mut self.silenced) {
            self.world.resume(chain);
        }
        for chain in self.world.chains() {
            Operator::slow(&mut self.world.net, chain, 1).expect("the chain exists");
        }
    }

    fn slow_some(&mut self) {
        let (chain, other) = (self.somewhere(), self.somewhere());
        let factor = 1 + self.dice.below(4) as u32;
        Operator::slow(&mut self.world.net, chain, factor).expect("the chain exists");
        let delay_ms = self.dice.below(6_000) as u64;
        Operator::set_pair_delay(&mut self.world.net, chain, other, delay_ms)
            .expect("the chains exist");
    }

    /// Time passes for locks and unlocks.
    fn lull(&mut self) {
        let until = self.now() + 10 + self.dice.below(30) as u32;
        while self.now() < until {
            self.step();
        }
    }

    fn live(&self) -> Vec<ChainId> {
        let all = self.world.chains().into_iter();
        all.filter(|chain| !self.silenced.contains(chain) && Some(*chain) != self.captured)
            .collect()
    }

    /// Whether the live chains hold a majority, as the most advanced live copies count.
    fn majority_lives(&self) -> bool {
        let live = self.live();
        let (mut yes, mut all) = (0, 0);
        for chain in self.world.chains() {
            let heads = live.iter().map(|&copy| self.world.registry(copy, chain));
            let newest = heads.max_by_key(|registry| registry.seqno);
            let total = newest.map_or(0, |registry| registry.total.into_inner());
            all += total;
            yes += if live.contains(&chain) { total } else { 0 };
        }
        2 * yes > all
    }

    fn waiting(&self) -> bool {
        self.live().into_iter().any(|chain| {
            let local = self.world.local(chain);
            local.in_flight || local.head != local.tail
        })
    }

    fn note_held(&mut self) {
        if !self.silenced.is_empty() && !self.majority_lives() && self.waiting() {
            self.monitor.reached.held += 1;
        }
    }

    /// The masterchain falls silent too: live chains that hold a majority do everything without it.
    fn let_go_on(&mut self) {
        if !self.silenced.contains(&-1) && self.silenced.len() + 2 < self.world.chains().len() {
            self.world.silence(-1);
            self.silenced.push(-1);
        }
        // messages that have not arrived are not held against anyone
        let until = self.now().max(self.heard_s) + PATIENCE_S;
        while self.now() < until && self.waiting() && self.majority_lives() {
            self.step();
        }
        if self.majority_lives() {
            let live = self.live();
            self.monitor.check_progress(&self.world, &live);
        }
    }
}
