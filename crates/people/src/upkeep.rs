//! Maintenance of a pool: more of the owner's stake, requesting what does not count, paying out the surplus.

use ddvs_client::{Backend, DePoolRoot, OwnerWallet};
use ddvs_types::coins;

use crate::answer::Kind;
use crate::counting::Counting;
use crate::request::FEES_NANO;
use crate::staker::{checks, query_id};
use crate::standing::{self, Standing};
use crate::{Candidate, NetworkContext, PeopleError, Request, spread};

impl Candidate {
    /// Adds to the owner's own stake, with coins from the owner's account where the wallet has too few free ones.
    ///
    /// Fails with a refusal when there is no Root, or it would not accept the stake.
    pub fn top_up(
        &self,
        backend: &dyn Backend,
        context: &NetworkContext,
        amount_nano: u128,
    ) -> Result<Request, PeopleError> {
        let state = self.deployed(backend)?;
        let address = self.root.address();
        let gone = match standing::standing(backend, context, address, &state)? {
            Standing::Removed { .. } => Some("was removed for misbehaviour"),
            Standing::Closed { .. } => Some("is closed"),
            Standing::Validating { .. } | Standing::Waiting(_) => None,
        };
        if let Some(what) = gone {
            return Err(PeopleError::cannot(
                format!("the pool {address} {what}"),
                "it takes no more stake; make another one with `ddvs validator create --nonce`",
            ));
        }
        checks::stake(backend, &self.root, amount_nano)?;
        let mut request = self.stake(backend, context, amount_nano)?;
        request.about = format!("stake {} coins more with {address}", coins(amount_nano));
        Ok(request)
    }

    /// Pays out the Root's surplus to its owner.
    ///
    /// Fails with a refusal when there is no Root.
    pub fn take_surplus(&self, backend: &dyn Backend) -> Result<Request, PeopleError> {
        self.deployed(backend)?;
        let params = ddvs_client::handles::params(backend, self.root.address().workchain)?;
        let value = params.op_value_nano.into();
        let message = self.root.take_surplus(value, query_id(backend)?)?;
        Ok(Request {
            about: format!("take the surplus of the pool {}", self.root.address()),
            owner: self.staker.owner.clone(),
            messages: vec![message],
            kind: Kind::Withdraw,
        })
    }
}

/// Reason why a pool needs no update.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// Everything that should count does.
    Whole,
    /// An update was requested, and is not answered yet.
    Asking,
}

/// Whether a pool has stake that does not count, or counts for more than it has; `None` if it does and anyone may
/// request an update.
pub fn counted(pool: &Counting) -> Option<Counted> {
    if pool.flight_nano().is_some() {
        return Some(Counted::Asking);
    }
    (!pool.needs_update()).then_some(Counted::Whole)
}

/// Makes a Root request again what does not count yet, with enough value for all batches. Anyone may do so, and pays for it;
/// the unused part comes back.
///
/// Fails with a refusal when there is no Root.
pub fn sync(
    backend: &dyn Backend,
    context: &NetworkContext,
    payer: &OwnerWallet,
    root: &DePoolRoot,
) -> Result<Request, PeopleError> {
    let pool = Counting::read(backend, root)?;
    let change = spread::change(backend, context, root.address(), &pool, pool.active_nano())?;
    let has = backend.account(payer.address())?.balance_nano;
    let value = change.affordable_nano(has.saturating_sub(FEES_NANO));
    Ok(Request {
        about: format!("have the stake of {} counted", root.address()),
        owner: payer.clone(),
        messages: vec![root.sync(value, query_id(backend)?)?],
        kind: Kind::Take,
    })
}
