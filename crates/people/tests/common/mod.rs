//! A masterchain and two workchains with four genesis validators each, short periods, and users with coins.
#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

use ddvs_client::seeded::{ConsensusKey, secret};
use ddvs_client::{Backend, Live};
use ddvs_contracts::signing;
use ddvs_embedded::EmbeddedNetwork;
use ddvs_ledger::DelayPlan;
use ddvs_people::evidence::Vote;
use ddvs_people::request::Followed;
use ddvs_people::validator::{Candidate, Step, Wishes};
use ddvs_people::{Answer, Evidence, NetworkContext, Request, Staker, Standing};
use ddvs_test_kit::{Shape, World};
use ddvs_types::{COIN, COIN_U64};
use ddvs_zerostate::{Limits, Terms};
use tycho_crypto::ed25519::{KeyPair, SecretKey};
use tycho_types::models::StdAddr;

pub const EVIDENCE_WINDOW: u32 = 60;
pub const POCKET: u64 = 100_000;
/// Names of people, who are different ones on each chain.
pub const ALICE: &str = "person 0";
pub const BOB: &str = "person 1";
/// Somebody without coins.
pub const NOBODY: &str = "person 9";
const SEED: u64 = 1;

pub struct Net {
    pub network: EmbeddedNetwork,
    pub context: NetworkContext,
    pub global_id: i32,
    /// The genesis pools, chain by chain.
    pub roots: Vec<StdAddr>,
    /// Their validators' keys.
    pub keys: Vec<ConsensusKey>,
}

/// A key of no genesis validator.
pub fn pair(number: u8) -> KeyPair {
    KeyPair::from(&SecretKey::from_bytes([number; 32]))
}

pub fn network() -> Net {
    network_with_churn(Limits::default().churn_bp)
}

/// The same where a batch moves such a share of the stake, in 1/10,000.
pub fn network_with_churn(churn_bp: u16) -> Net {
    let shape = Shape {
        stakes: vec![vec![100_000; 4]; 2],
        limits: Limits {
            min_validators: 2,
            churn_bp,
            evidence_window_s: EVIDENCE_WINDOW,
            min_unlock_period_s: EVIDENCE_WINDOW + 1,
            ..Limits::default()
        },
        terms: Terms {
            lock_period: 30,
            unlock_period: 90,
            min_stake_nano: 10 * COIN_U64,
            ..Terms::default()
        },
        people: 2,
        pocket: POCKET,
        seed: SEED,
        delays: DelayPlan::random(1, 300),
        ..Shape::default()
    };
    let mut world = World::new(&shape);
    world.step();
    let validators: Vec<_> = world.validators.into_iter().flatten().collect();
    Net {
        context: NetworkContext::read(&world.net).unwrap(),
        network: world.net,
        global_id: world.spec.global_id,
        roots: { validators.iter() }
            .map(|validator| validator.root.address().clone())
            .collect(),
        keys: validators
            .into_iter()
            .map(|validator| validator.key)
            .collect(),
    }
}

impl Net {
    /// A person on a chain, or the owner of a genesis pool (`validator 0`).
    pub fn staker(&self, name: &str, chain: i8) -> Staker {
        let secret = secret(SEED, &format!("{name} of {chain}"));
        Staker::new(&self.context, &secret, chain).unwrap()
    }

    /// Sends a request and waits until everything that it caused has ended.
    pub fn send(&mut self, request: &Request) -> Followed {
        let signed = request.sign(&self.network).unwrap();
        signed.send(&self.network).unwrap();
        let followed = signed.wait(&mut self.network, &mut |_| false).unwrap();
        // so that the next request finds nothing in flight
        let limits = ddvs_client::FollowLimits::default();
        ddvs_client::follow(&mut self.network, signed.hash(), limits).unwrap();
        followed
    }

    pub fn answer(&mut self, request: &Request) -> Answer {
        self.send(request).answer.unwrap()
    }

    /// Outcome of evidence that Bob submits.
    pub fn accuse(&mut self, evidence: &Evidence) -> Answer {
        let bob = self.staker(BOB, 0);
        let request = evidence.submit(&self.network, &self.context, &bob.owner);
        self.answer(&request.unwrap().unwrap())
    }

    pub fn pass(&mut self, seconds: u32) {
        let until = self.network.now_ms().unwrap() + u64::from(seconds) * 1_000;
        while self.network.now_ms().unwrap() < until {
            self.network.next_block().unwrap();
        }
    }
}

/// Alice's stake and key as a validator.
pub const STAKE: u128 = 20_000 * COIN;

/// Alice on workchain 1.
pub fn candidate(net: &Net) -> Candidate {
    let alice = net.staker(ALICE, 1);
    Candidate::new(&net.network, &net.context, alice, &Wishes::default()).unwrap()
}

/// Executes steps until nothing must be sent; returns their purposes.
pub fn walk(net: &mut Net, alice: &Candidate, stake: u128) -> (Vec<String>, Standing) {
    let mut about = Vec::new();
    loop {
        let step = alice.next_step(&net.network, &net.context, &pair(7), stake);
        match step.unwrap() {
            Step::Send(request) | Step::Sync(request) => {
                let answer = net.answer(&request);
                assert!(!matches!(answer, Answer::Refused(_)), "{answer}");
                about.push(request.about);
                assert!(about.len() < 5, "{about:?}");
            }
            Step::Stand(standing) => return (about, standing),
        }
    }
}

/// Evidence that a key signed two values.
pub fn double_signed(net: &Net, key: &KeyPair) -> Evidence {
    let network = net.context.network.genesis;
    let signed = signing::double_vote(key, &network, 0, 10).unwrap();
    let votes = [signed.first, signed.second].map(|vote| {
        let vote = vote.load().unwrap();
        Vote {
            value_hash: vote.value_hash,
            signature: vote.signature.0,
        }
    });
    Evidence {
        network,
        key: signed.key,
        chain: signed.chain,
        height: signed.height,
        round: signed.round,
        vote_type: signed.vote_type,
        votes,
    }
}
