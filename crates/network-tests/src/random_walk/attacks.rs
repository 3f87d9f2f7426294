//! Invalid operations of users.

use ddvs_client::Outgoing;
use ddvs_client::seeded::Person;
use ddvs_contracts::messages::{
    Applied, Batch, BatchVote, CloseBatch, ConfirmStake, Propose, Release, Slash, Unstake,
    UpdateStake, Vote,
};
use tycho_types::cell::{Cell, HashBytes, Lazy};
use tycho_types::dict::Dict;
use tycho_types::models::StdAddr;
use tycho_types::num::Tokens;

use super::Walk;
use crate::{COIN, World};

impl Walk {
    /// A message that only another sender may send.
    pub(super) fn attack(&mut self, who: &Person) {
        let (_, root) = self.dice.pick(&self.roots).expect("there are Roots");
        let amount = Tokens::new(1_000_000 * COIN);
        let value = 2 * self.world.change_value(-1);
        let victim = self.dice.pick(&self.monitor.positions());
        let message = match self.dice.below(9) {
            0 => self.forged_vote(value),
            1 => self.forged_proposal(value),
            2 => World::message(
                root.address(),
                &ConfirmStake {
                    query_id: 1,
                    amount,
                    owner: who.address().clone(),
                },
                value,
            ),
            3 => {
                let slash = Slash {
                    share_bp: 10_000,
                    key: HashBytes::ZERO,
                };
                World::message(root.address(), &slash, value)
            }
            4 => World::message(
                root.address(),
                &Applied {
                    seq: 1,
                    total: amount,
                },
                value,
            ),
            5 => self.forged_update(who, value),
            6 => {
                let chain = self.somewhere();
                let to = self.world.delector(chain).address().clone();
                World::message(&to, &CloseBatch, value)
            }
            kind => {
                let Some((owner, chain, with)) = victim else {
                    return;
                };
                let victim = self.people.iter().find(|person| *person.address() == owner);
                let Some(victim) = victim.filter(|victim| victim.address() != who.address()) else {
                    return;
                };
                let at = self.world.wallet_on(victim, chain).address().clone();
                forged_for_wallet(kind, &at, &with, who, value)
            }
        };
        self.send(who, &[message]);
    }

    fn forged_vote(&mut self, value: u128) -> Outgoing {
        let (at, origin) = (self.somewhere(), self.somewhere().max(0));
        let registry = self.world.registry(at, origin);
        let vote = Vote::one(BatchVote {
            origin,
            seqno: registry.seqno + 1,
            batch_hash: registry.last_hash,
        });
        let to = self.world.delector(at).address().clone();
        World::message(&to, &vote, value)
    }

    fn forged_proposal(&mut self, value: u128) -> Outgoing {
        let (at, origin) = (self.somewhere(), self.somewhere().max(0));
        let registry = self.world.registry(at, origin);
        let batch = Batch {
            origin,
            seqno: registry.seqno + 1,
            previous: registry.last_hash,
            base: Cell::default(),
            entries: Dict::new(),
        };
        let propose = Propose {
            batch: Lazy::new(&batch).expect("a batch can be encoded"),
        };
        let to = self.world.delector(at).address().clone();
        World::message(&to, &propose, value)
    }

    fn forged_update(&mut self, who: &Person, value: u128) -> Outgoing {
        let chain = who.address().workchain;
        let update = UpdateStake {
            seq: 1,
            total: Tokens::new(1_000_000 * COIN),
            key: HashBytes([7; 32]),
            code_hash: self.world.network.root_code_hash,
            terms: Lazy::new(&self.world.terms(who, 5)).expect("terms can be encoded"),
            proof: None,
        };
        let to = self.world.delector(chain).address().clone();
        World::message(&to, &update, value)
    }
}

fn forged_for_wallet(
    kind: usize,
    at: &StdAddr,
    with: &StdAddr,
    who: &Person,
    value: u128,
) -> Outgoing {
    let amount = Tokens::new(10 * COIN);
    match kind {
        7 => {
            let query_id = 1;
            let payer = who.address().clone();
            let release = Release {
                query_id,
                amount,
                price: None,
                payer,
            };
            World::message(at, &release, value)
        }
        _ => {
            let unstake = Unstake {
                query_id: 1,
                amount,
                root: with.clone(),
            };
            World::message(at, &unstake, value)
        }
    }
}
