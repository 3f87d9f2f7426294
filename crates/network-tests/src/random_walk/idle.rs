//! Events between operations: unrequested coins, long times without any action, and chains that fall far behind.

use ddvs_client::owner::MAX_MESSAGES;
use ddvs_client::seeded::Person;
use ddvs_client::{ChainId, Operator, Outgoing};
use ddvs_contracts::storage::RootState;
use tycho_types::cell::{Cell, CellBuilder};
use tycho_types::models::StdAddr;

use super::Walk;
use crate::COIN;

const DAY_S: u64 = 86_400;
/// All idle time of one walk: within it, everything covers its storage (`docs/protocol.md`, section 10).
const MOST_IDLE_DAYS: u64 = 3_600;
/// Applied numbers of an origin about which copies still listen.
const MEMORY: u32 = 8;
/// Blocks of all chains within which an origin that is not held up applies its next batch.
const BLOCKS_A_BATCH: usize = 200;

/// How long messages to a lagging copy are delayed, for each batch by which it is to lag.
const DELAY_A_BATCH_MS: u64 = 60_000;

/// Reason why a copy lags behind an origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lag {
    /// It makes no blocks.
    Silent,
    /// It receives the origin's messages immediately, and all others late: proposals arrive long before the votes.
    HearsTheOrigin,
    /// It hears the origin late: votes come long before what they are for.
    HearsTheOthers,
}

impl Lag {
    const fn is_quiet(self, is_origin: bool) -> bool {
        match self {
            Self::Silent => false,
            Self::HearsTheOrigin => !is_origin,
            Self::HearsTheOthers => is_origin,
        }
    }
}

impl Walk {
    /// A plain transfer, with a comment or without, from a user to their own contracts, to others', or to one that
    /// must not use it.
    pub(super) fn transfer(&mut self, who: &Person) {
        let to = self.somewhere_to_send(who);
        let value = [1, 1_000, COIN / 100, COIN, 50 * COIN][self.dice.below(5)];
        let message = match self.dice.below(3) {
            0 => Outgoing::transfer(to, value),
            // shorter than any op is no comment
            1 => Outgoing::new(to, value, text(&[0; 4][..self.dice.below(5)])),
            _ => Outgoing::new(to, value, text(b"\0\0\0\0here you are")),
        };
        self.monitor.reached.transfers += 1;
        self.send(who, &[message]);
    }

    fn somewhere_to_send(&mut self, who: &Person) -> StdAddr {
        let chain = self.somewhere();
        match self.dice.below(5) {
            0 => self.world.wallet_on(who, chain).address().clone(),
            1 => {
                let other = self.dice.pick(&self.people).expect("there are people");
                self.world.wallet_on(&other, chain).address().clone()
            }
            2 => self.world.delector(chain).address().clone(),
            _ => {
                let (_, root) = self.dice.pick(&self.roots).expect("there are Roots");
                root.address().clone()
            }
        }
    }

    /// Nobody acts, and no blocks are made, for days, months or years.
    pub(super) fn leave_alone(&mut self) {
        let most = [30, 365, 1_200][self.dice.below(3)];
        let days = 1 + self.dice.below(most) as u64;
        if self.idle_days + days > MOST_IDLE_DAYS {
            return;
        }
        self.idle_days += days;
        self.monitor.reached.idle_days += days as u32;
        let until = self.world.net.network().now_ms() + 1_000 * DAY_S * days;
        self.world.net.network_mut().pass_until(until);
        self.touch_all();
    }

    /// A nano is sent to everything that holds or counts coins, which makes it pay for the storage of all that time.
    fn touch_all(&mut self) {
        let mut all: Vec<StdAddr> = Vec::new();
        for (owner, chain, root) in self.monitor.positions() {
            let owner = self.people.iter().find(|who| *who.address() == owner);
            all.extend(owner.map(|who| self.world.wallet_on(who, chain).address().clone()));
            all.push(root);
        }
        let chains = self.world.chains().into_iter();
        all.extend(chains.map(|chain| self.world.delector(chain).address().clone()));
        all.sort();
        all.dedup();
        let touches: Vec<_> = (all.into_iter().take(MAX_MESSAGES))
            .map(|to| Outgoing::transfer(to, 1))
            .collect();
        let who = self.dice.pick(&self.people).expect("there are people");
        self.send(&who, &touches);
    }

    /// A copy lags while an origin makes more batches than copies remember.
    pub(super) fn fall_behind(&mut self) {
        let batches = MEMORY + 1 + self.dice.below(3) as u32;
        let (laggard, origin) = (self.somewhere(), self.somewhere().max(0));
        let all = [
            Lag::Silent,
            Lag::Silent,
            Lag::HearsTheOrigin,
            Lag::HearsTheOthers,
        ];
        let lag = all[self.dice.below(all.len())];
        if laggard != origin {
            let (_, heard_ms) = self.fall_behind_by(laggard, origin, lag, batches);
            self.heard_s = (heard_ms / 1_000) as u32;
        }
    }

    /// The same for a given copy. Returns how many batches it was behind, and when all that it has not heard will have come, in ms.
    pub(super) fn fall_behind_by(
        &mut self,
        laggard: ChainId,
        origin: ChainId,
        lag: Lag,
        batches: u32,
    ) -> (u32, u64) {
        self.resume_all();
        let mut quiet = self.world.chains();
        quiet.retain(|chain| *chain != laggard && lag.is_quiet(*chain == origin));
        let delay_ms = u64::from(batches) * DELAY_A_BATCH_MS;
        for &chain in &quiet {
            self.delay(chain, laggard, delay_ms);
        }
        if lag == Lag::Silent {
            self.world.silence(laggard);
            self.silenced.push(laggard);
        }
        let applied = |walk: &Self, copy| walk.world.registry(copy, origin).seqno;
        let until = applied(self, origin) + batches;
        while applied(self, origin) < until && self.make_a_batch(origin) {}
        // a majority may have applied what the origin has not yet
        let behind = applied(self, origin).saturating_sub(applied(self, laggard));
        self.monitor.reached.lags += u32::from(behind > MEMORY);
        for &chain in &quiet {
            self.delay(chain, laggard, 0);
        }
        self.resume_all();
        (behind, self.world.net.network().now_ms() + delay_ms)
    }

    fn delay(&mut self, from: ChainId, to: ChainId, delay_ms: u64) {
        Operator::set_pair_delay(&mut self.world.net, from, to, delay_ms)
            .expect("the chains exist");
    }

    /// An owner adds a little to a Root of `origin`. Returns whether that became a batch, or part of one.
    fn make_a_batch(&mut self, origin: ChainId) -> bool {
        let open = |state: &RootState| !state.closed && !state.is_removed();
        let known = |root: &StdAddr| self.monitor.known_root(root);
        let mut roots = self.roots.iter();
        let found = roots.find(|(owner, root)| {
            let at = root.address();
            let rich = self.world.balance(owner.address()) > 1_000 * COIN;
            let known =
                known(at).is_some_and(|view| open(&view.state) && view.state.keys.is_some());
            at.workchain == origin && owner.address().workchain == origin && rich && known
        });
        let Some((owner, root)) = found.cloned() else {
            return false;
        };
        let before = self.world.registry(origin, origin).seqno;
        let (wallet, id) = (self.world.wallet_on(&owner, origin), self.world.query_id());
        let value = self.world.change_value(origin);
        let deposit = wallet.deposit(12 * COIN).expect("it can be encoded");
        let stake = wallet
            .stake(&root, 10 * COIN, value, id)
            .expect("it can be encoded");
        self.send(&owner, &[deposit, stake]);
        for _ in 0..BLOCKS_A_BATCH {
            if self.world.registry(origin, origin).seqno > before {
                return true;
            }
            self.step();
        }
        false
    }
}

fn text(bytes: &[u8]) -> Cell {
    let mut builder = CellBuilder::new();
    let stored = builder.store_raw(bytes, bytes.len() as u16 * 8);
    stored
        .and_then(|()| builder.build())
        .expect("a cell can be built")
}
