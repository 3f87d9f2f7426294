//! Payments of a wallet's free coins.

use ddvs_client::{Backend, ChainId, Receiver};
use ddvs_types::{Amount, coins};
use tycho_types::models::{AccountStatus, StdAddr};

use super::{Staker, checks, query_id};
use crate::answer::Kind;
use crate::{NetworkContext, PeopleError, Request};

impl Staker {
    /// Pays free coins out to the owner's account.
    ///
    /// Fails when the wallet has fewer free coins.
    pub fn withdraw(&self, backend: &dyn Backend, amount: Amount) -> Result<Request, PeopleError> {
        let (asked, words) = self.withdrawn(backend, amount)?;
        let value = op_value(backend, self.chain())?;
        let messages = vec![self.wallet.withdraw(asked, value, query_id(backend)?)?];
        let about = format!("withdraw {words}");
        Ok(self.request(about, messages, Kind::Withdraw))
    }

    /// Pays free coins out to any account, with a comment for its owner. A receiver with code may send them back; to
    /// one without code they go permanently.
    ///
    /// Fails when the wallet has fewer free coins, the receiver is on no chain of the network or is the wallet itself,
    /// or the comment is too long.
    pub fn withdraw_to(
        &self,
        backend: &dyn Backend,
        context: &NetworkContext,
        to: &StdAddr,
        amount: Amount,
        comment: Option<&str>,
    ) -> Result<Request, PeopleError> {
        let payer = (self.wallet.address(), "the wallet that pays");
        checks::transfer(context, payer, to, comment)?;
        let (asked, words) = self.withdrawn(backend, amount)?;
        let receiver = Receiver {
            address: to,
            bounce: backend.account(to)?.status() == AccountStatus::Active,
            comment,
        };
        let value = op_value(backend, self.chain())?;
        let query_id = query_id(backend)?;
        let messages = vec![self.wallet.withdraw_to(&receiver, asked, value, query_id)?];
        let about = format!("withdraw {words} to {to}");
        Ok(self.request(about, messages, Kind::Withdraw))
    }

    /// Returns the amount to request, `None` for all free coins, and it in words.
    fn withdrawn(
        &self,
        backend: &dyn Backend,
        amount: Amount,
    ) -> Result<(Option<u128>, String), PeopleError> {
        let view = self.opened(backend)?;
        let (asked, words) = match amount {
            Amount::Nano(nano) => (Some(nano), format!("{} coins", coins(nano))),
            Amount::All => (None, "all free coins".to_owned()),
        };
        if asked.unwrap_or(1) > view.free_nano {
            return Err(PeopleError::cannot(
                format!(
                    "the wallet {} has {} free coins",
                    view.address,
                    coins(view.free_nano)
                ),
                "withdraw less, or unstake first and settle when its time has come",
            ));
        }
        Ok((asked, words))
    }
}

fn op_value(backend: &dyn Backend, chain: ChainId) -> Result<u128, PeopleError> {
    let params = ddvs_client::handles::params(backend, chain)?;
    Ok(params.op_value_nano.into())
}
