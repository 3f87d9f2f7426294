//! Wallets that send: made, paid for, deployed, and followed.

use std::time::{Duration, Instant};

use ddvs_client::{Backend, Outgoing, OwnerWallet, getter};
use tycho_types::boc::Boc;
use tycho_types::cell::{Cell, CellBuilder};

use super::client::{Client, Outcome, Request};
use crate::BenchError;

/// Chain of all wallets.
const CHAIN: i8 = 0;
/// Payments in one request of the faucet.
const LOT: usize = 200;
/// Maximum cost of one message of a wallet, in nano: fees, and the nano that it sends.
const MESSAGE_NANO: u128 = 20_000_000;
/// Seconds for which messages are valid.
const TTL_S: u32 = 3_600;
/// How long the network may take to execute the messages.
const PATIENCE: Duration = Duration::from_secs(60);

/// Payer, and the required amount.
pub(super) struct Money {
    /// Secret key of the payer.
    pub faucet: [u8; 32],
    /// Messages that each wallet sends in all.
    pub rounds: u32,
}

/// Wallets, deployed and with coins.
pub(super) struct Wallets {
    all: Vec<OwnerWallet>,
    /// The payer.
    pub faucet: OwnerWallet,
    /// Number of the next message of each.
    next: Vec<u32>,
}

impl Wallets {
    /// Creates them from a seed. The faucet pays; each deploys itself with a first message.
    ///
    /// Fails when the faucet has too few coins or the network does not execute that in time.
    pub fn open(
        backend: &mut dyn Backend,
        client: &Client,
        count: usize,
        seed: u64,
        money: &Money,
    ) -> Result<Self, BenchError> {
        let global_id = backend.config(-1)?.get_global_id()?;
        let faucet = OwnerWallet::new(money.faucet, CHAIN, global_id)?;
        let all = (0..count)
            .map(|index| {
                let secret = CellBuilder::build_from((seed, index as u64))?;
                Ok(OwnerWallet::new(secret.repr_hash().0, CHAIN, global_id)?)
            })
            .collect::<Result<Vec<_>, BenchError>>()?;
        let each = MESSAGE_NANO * u128::from(money.rounds + 2);
        let has = backend.account(faucet.address())?.balance_nano;
        let needs = (each + MESSAGE_NANO) * (count as u128 + 1);
        if has < needs {
            return Err(BenchError::NotDone(format!(
                "the faucet {} has {has} nano, and {needs} are needed: is it a devnet of this seed?",
                faucet.address()
            )));
        }
        for lot in all.chunks(LOT) {
            let payments: Vec<_> = lot
                .iter()
                .map(|wallet| Outgoing::transfer(wallet.address().clone(), each))
                .collect();
            let (seqno, _) = faucet.next_seqno(&backend.account(faucet.address())?)?;
            faucet.send(backend, &payments)?;
            until(backend, "the faucet's payment", |backend| {
                Ok(faucet.next_seqno(&backend.account(faucet.address())?)?.0 > seqno)
            })?;
        }
        let last_of_lots = all.chunks(LOT).filter_map(<[_]>::last);
        for wallet in last_of_lots {
            until(backend, "the faucet's coins", |backend| {
                Ok(backend.account(wallet.address())?.balance_nano > 0)
            })?;
        }
        let valid_until = getter::unix_time(backend.now_ms()?).saturating_add(TTL_S);
        for wallet in &all {
            let message = wallet.build_external(0, valid_until, true, &[])?;
            let outcome = client.ask(&send_boc(&message))?;
            if outcome != Outcome::Answered {
                return Err(BenchError::NotDone(format!(
                    "a wallet could not be deployed: {outcome:?}"
                )));
            }
        }
        let mut wallets = Self {
            next: vec![0; all.len()],
            all,
            faucet,
        };
        wallets.settle(backend, 0, count as u64)?;
        Ok(wallets)
    }

    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Messages that were executed so far, all wallets together.
    pub fn executed(&self, backend: &dyn Backend) -> Result<u64, BenchError> {
        let mut sum = 0;
        for wallet in &self.all {
            sum += u64::from(wallet.next_seqno(&backend.account(wallet.address())?)?.0);
        }
        Ok(sum)
    }

    /// Waits until as many messages more than `before` were executed as were accepted; returns how many were.
    pub fn settle(
        &mut self,
        backend: &mut dyn Backend,
        before: u64,
        accepted: u64,
    ) -> Result<u64, BenchError> {
        let begin = Instant::now();
        loop {
            let executed = self.executed(backend)? - before;
            if executed >= accepted || begin.elapsed() > PATIENCE {
                // messages that were signed and not sent are signed again
                for (wallet, next) in self.all.iter().zip(&mut self.next) {
                    *next = wallet.next_seqno(&backend.account(wallet.address())?)?.0;
                }
                return Ok(executed);
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// Signs a number of messages of each: payments of a nano to the next wallet.
    pub fn sign(
        &mut self,
        backend: &mut dyn Backend,
        each: u32,
    ) -> Result<Vec<Vec<Request>>, BenchError> {
        let valid_until = getter::unix_time(backend.now_ms()?).saturating_add(TTL_S);
        let count = self.all.len();
        (0..count)
            .map(|index| {
                let to = self.all[(index + 1) % count].address().clone();
                let payment = [Outgoing::transfer(to, 1)];
                let first = self.next[index];
                (first..first + each)
                    .map(|seqno| {
                        let message =
                            self.all[index].build_external(seqno, valid_until, false, &payment)?;
                        Ok(send_boc(&message))
                    })
                    .collect()
            })
            .collect()
    }
}

fn send_boc(message: &Cell) -> Request {
    let boc = Boc::encode_base64(message);
    Request {
        path: "/toncenter/v2/sendBoc".to_owned(),
        body: Some(format!("{{\"boc\":\"{boc}\"}}")),
    }
}

/// Waits for a condition.
///
/// Fails when that takes too long.
pub(super) fn until(
    backend: &mut dyn Backend,
    what: &str,
    mut is_so: impl FnMut(&mut dyn Backend) -> Result<bool, BenchError>,
) -> Result<(), BenchError> {
    let begin = Instant::now();
    while !is_so(backend)? {
        if begin.elapsed() > PATIENCE {
            return Err(BenchError::NotDone(format!("waited in vain for {what}")));
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}
