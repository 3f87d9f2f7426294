//! An operator of a node with the service beside it.

use ddvs_client::seeded::Person;
use ddvs_client::{Backend, DePoolRoot, MASTERCHAIN, Outgoing, OwnerWallet};
use ddvs_test_kit::{Shape, World};
use ddvs_tycho::StoredKey;
use ddvs_types::COIN;
use ddvs_validator::act::act;
use ddvs_validator::observe::{Reading, read_chain};
use ddvs_validator::{
    Action, Decision, Identity, Limits, Memory, NodeView, Observed, Outcome, RootAccount, RootView,
    decide,
};

const LIMITS: Limits = Limits {
    max_lag_s: 30,
    max_behind: 10,
    round_s: 5,
};

/// An operator of a node on chain 1.
pub struct Operator {
    pub world: World,
    pub owner: Person,
    pub root: DePoolRoot,
    pub who: Identity,
}

impl Operator {
    /// Returns one with coins in the wallet, and nothing else yet.
    pub fn new(shape: &Shape) -> Self {
        let mut world = World::new(shape);
        let wallet_key = StoredKey::generate().unwrap();
        let global_id = world.spec.global_id;
        let wallet = OwnerWallet::new(wallet_key.secret.0, 1, global_id).unwrap();
        let gift = Outgoing::transfer(wallet.address().clone(), 200_000 * COIN);
        let rich = world.person(1, 0);
        world.must(&rich, &[gift]);
        let owner = Person {
            name: "operator".into(),
            wallet,
        };
        let root = world.root_of(&owner, 100);
        Self {
            who: Identity {
                network: world.network.clone(),
                global_id,
                node_key: StoredKey::generate().unwrap(),
                root: root.address().clone(),
                wallet_key,
            },
            world,
            owner,
            root,
        }
    }

    pub fn read(&self) -> Reading {
        read_chain(&self.world.net, &self.who).unwrap()
    }

    pub fn seen(&self, reading: &Reading) -> Observed {
        let set = self.world.set(MASTERCHAIN);
        let now_s = self.world.now();
        let mut members = (0..).zip(&set.list);
        let member = members.find(|(_, member)| member.public_key == self.who.node_key.public);
        Observed {
            now_s: now_s.into(),
            node_key: self.who.node_key.public,
            node: Ok(NodeView {
                mc_seqno: 1,
                mc_time_s: now_s,
                set_size: set.list.len() as u16,
                total_weight: set.total_weight,
                set_since_s: set.utime_since,
                member: member.map(|(place, member)| (place, member.weight)),
            }),
            peers: vec![],
            silent_peers: 0,
            chain: Some(Ok(reading.view.clone())),
        }
    }

    pub fn decide(&self) -> (Reading, Decision) {
        let reading = self.read();
        let decision = decide(&self.seen(&reading), &LIMITS, &Memory::default());
        (reading, decision)
    }

    pub fn act(&mut self, reading: &Reading, actions: &[Action]) -> Vec<Outcome> {
        let mut blocks = 0;
        act(
            &mut self.world.net,
            &self.who,
            reading,
            actions,
            &mut |net: &mut dyn Backend| {
                blocks += 1;
                Ok(net.next_block()?.is_some() && blocks < 200)
            },
        )
        .unwrap()
    }

    /// Runs one round, and everything that it causes.
    pub fn round(&mut self) -> (Decision, Vec<Outcome>) {
        let (reading, decision) = self.decide();
        let outcomes = self.act(&reading, &decision.actions);
        self.world.settle();
        (decision, outcomes)
    }

    pub fn view(&self) -> RootView {
        match self.read().view.root {
            RootAccount::Here(root) => root,
            other => panic!("{other:?}"),
        }
    }

    pub fn deploy(&mut self) {
        let deploy = self.root.deploy(2 * COIN).unwrap();
        self.world.must(&self.owner.clone(), &[deploy]);
    }
}
