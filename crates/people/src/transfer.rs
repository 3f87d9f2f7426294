//! Transfers from a user's account.

use ddvs_client::{Backend, Outgoing};
use ddvs_types::{Amount, coins};
use tycho_types::models::{AccountStatus, StdAddr};

use crate::answer::Kind;
use crate::request::FEES_NANO;
use crate::staker::checks;
use crate::{NetworkContext, PeopleError, Request, Staker};

impl Staker {
    /// Sends coins from the owner's account, with a comment for the receiver's owner. `All` leaves the fees of sending there. A receiver with code may send them back; to a
    /// receiver without code they go permanently.
    ///
    /// Fails with a refusal when the receiver is on no chain of the network or is the account itself, when the comment is too long,
    /// and for `All` when nothing is left to send.
    pub fn send(
        &self,
        backend: &dyn Backend,
        context: &NetworkContext,
        to: &StdAddr,
        amount: Amount,
        comment: Option<&str>,
    ) -> Result<Request, PeopleError> {
        let from = self.owner.address();
        checks::transfer(context, (from, "the account that sends"), to, comment)?;
        let amount_nano = match amount {
            Amount::Nano(nano) => nano,
            Amount::All => {
                let has = backend.account(from)?.balance_nano;
                let left = has.checked_sub(FEES_NANO).filter(|nano| *nano > 0);
                left.ok_or_else(|| {
                    PeopleError::cannot(
                        format!(
                            "the account {from} has {} coins, and {} stay there for fees",
                            coins(has),
                            coins(FEES_NANO)
                        ),
                        "there is nothing to send",
                    )
                })?
            }
        };
        let mut message = Outgoing::transfer(to.clone(), amount_nano);
        if let Some(text) = comment {
            let fault = PeopleError::codec("writing a comment");
            message = message.with_comment(text).map_err(fault)?;
        }
        // a contract that does not accept coins returns them; to an account without code they must not bounce
        message.bounce = backend.account(to)?.status() == AccountStatus::Active;
        Ok(Request {
            about: format!("send {} coins to {to}", coins(amount_nano)),
            owner: self.owner.clone(),
            messages: vec![message],
            kind: Kind::Pay,
        })
    }
}
