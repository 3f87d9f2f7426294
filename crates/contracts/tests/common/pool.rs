//! A Root with its owner's and a user's wallet; the test plays owners and the D'Elector.

use ddvs_contracts::messages::*;
use ddvs_contracts::params::DdvsParams;
use ddvs_contracts::{ExitCode, RootTerms, signing};
use tycho_crypto::ed25519::{KeyPair, SecretKey};
use tycho_types::cell::Lazy;
use tycho_types::models::StdAddr;
use tycho_types::num::Tokens;

use super::addr;
use super::bench::{Bench, COIN, Tx};

pub fn nano(coins: u128) -> Tokens {
    Tokens::new(coins * COIN)
}

pub fn key(seed: u8) -> KeyPair {
    KeyPair::from(&SecretKey::from_bytes([seed; 32]))
}

pub const LOCK: u32 = 100;
pub const UNLOCK: u32 = 200;

/// A Root on chain 1 with its owner's and a user's wallet; the user's is on chain 0.
pub struct Pool {
    pub bench: Bench,
    pub terms: RootTerms,
    pub root: StdAddr,
    pub delector: StdAddr,
    pub owner: StdAddr,
    pub owner_wallet: StdAddr,
    pub user: StdAddr,
    pub user_wallet: StdAddr,
}

impl Pool {
    pub fn new() -> Self {
        Self::with(super::config::params())
    }

    /// A pool in a network with another param 200.
    pub fn with(params: DdvsParams) -> Self {
        Self::on(Bench::with(params))
    }

    /// A pool on a given bench.
    pub fn on(mut bench: Bench) -> Self {
        let (owner, user) = (addr(1, 1), addr(0, 2));
        let terms = RootTerms {
            owner: owner.clone(),
            lock_period: LOCK,
            unlock_period: UNLOCK,
            min_stake: nano(10),
            nonce: 0,
        };
        let root = bench.deploy_root(1, &terms);
        let owner_wallet = bench.deploy_wallet(&root, &owner, 1, 10_000 * COIN);
        let user_wallet = bench.deploy_wallet(&root, &user, 0, 10_000 * COIN);
        let delector = bench.delector(1);
        Self {
            bench,
            terms,
            root,
            delector,
            owner,
            owner_wallet,
            user,
            user_wallet,
        }
    }

    pub fn stake_message(&self, amount: Tokens) -> Stake {
        Stake {
            query_id: 2,
            amount,
            root: self.root.clone(),
            terms: Lazy::new(&self.terms).unwrap(),
        }
    }

    pub fn owner_stakes(&mut self, coins: u128) -> Vec<Tx> {
        let message = self.stake_message(nano(coins));
        self.bench
            .ask(&self.owner, &self.owner_wallet, COIN, &message)
    }

    pub fn user_stakes(&mut self, coins: u128) -> Vec<Tx> {
        let message = self.stake_message(nano(coins));
        self.bench
            .ask(&self.user, &self.user_wallet, COIN, &message)
    }

    /// The user, the user's wallet and the Root.
    pub fn user_side(&self) -> (StdAddr, StdAddr, StdAddr) {
        (
            self.user.clone(),
            self.user_wallet.clone(),
            self.root.clone(),
        )
    }

    pub fn user_unstakes(&mut self, coins: u128) -> Vec<Tx> {
        let message = self.unstake(coins);
        self.bench
            .ask(&self.user, &self.user_wallet, COIN, &message)
    }

    pub fn owner_unstakes(&mut self, coins: u128) -> Vec<Tx> {
        let message = self.unstake(coins);
        self.bench
            .ask(&self.owner, &self.owner_wallet, COIN, &message)
    }

    fn unstake(&self, coins: u128) -> Unstake {
        Unstake {
            query_id: 3,
            amount: nano(coins),
            root: self.root.clone(),
        }
    }

    pub fn settle(&mut self, wallet: &StdAddr) -> Vec<Tx> {
        let message = Settle {
            query_id: 4,
            root: self.root.clone(),
        };
        self.bench.ask(&addr(0, 9), wallet, COIN / 2, &message)
    }

    pub fn register(&mut self, seed: u8) -> Vec<Tx> {
        let proof = signing::prove_possession(&key(seed), &self.bench.network.genesis, &self.root);
        let message = RegisterKey {
            query_id: 5,
            key: signing::public_key(&key(seed)),
            proof: Lazy::new(&proof).unwrap(),
        };
        self.bench.ask(&self.owner, &self.root, COIN, &message)
    }

    /// The update that the D'Elector got; there must be exactly one.
    pub fn update(&mut self) -> (UpdateStake, u128) {
        let mail = self.bench.take_mail(&self.delector.clone());
        assert_eq!(mail.len(), 1, "{mail:#?}");
        assert_eq!(mail[0].src, self.root);
        (mail[0].parse(), mail[0].value_nano)
    }

    pub fn no_update(&mut self) {
        assert!(self.bench.take_mail(&self.delector.clone()).is_empty());
    }

    pub fn answer(&mut self, message: &impl Message) -> Vec<Tx> {
        let (delector, root) = (self.delector.clone(), self.root.clone());
        self.bench.ask(&delector, &root, COIN / 10, message)
    }

    pub fn apply(&mut self) -> UpdateStake {
        let (update, _) = self.update();
        all_ok(&self.answer(&Applied {
            seq: update.seq,
            total: update.total,
        }));
        update
    }

    /// A pool whose owner has staked 2,000 and whose user has staked 3,000, all counted.
    pub fn running() -> Self {
        Self::running_with(super::config::params())
    }

    pub fn running_with(params: DdvsParams) -> Self {
        Self::with(params).started()
    }

    /// Like [`Self::running`], with stakes that count.
    pub fn started(self) -> Self {
        let mut pool = self;
        all_ok(&pool.register(1));
        all_ok(&pool.owner_stakes(2_000));
        pool.apply();
        all_ok(&pool.user_stakes(3_000));
        pool.apply();
        pool
    }

    pub fn slash(&mut self, share_bp: u16) {
        all_ok(&self.answer(&Slash {
            share_bp,
            key: signing::public_key(&key(1)),
        }));
    }
}

#[track_caller]
pub fn all_ok(txs: &[Tx]) {
    assert!(!txs.is_empty() && txs.iter().all(Tx::is_ok), "{txs:#?}");
}

#[track_caller]
pub fn refused(txs: &[Tx], with: ExitCode) {
    assert!(
        txs.iter().any(|tx| tx.exit_code == with.code()),
        "{with}: {txs:#?}"
    );
}

/// Gas of the first transaction with this message.
pub fn gas(txs: &[Tx], message: &str) -> u64 {
    txs.iter().find(|tx| tx.message == message).unwrap().gas
}
