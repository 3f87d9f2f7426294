//! What keeps a pool in order once it is there: more of the owner's stake, counting anew, taking out what has gathered.

use ddvs_client::{Backend, DePoolRoot, OwnerWallet};
use ddvs_contracts::storage::RootState;

use crate::answer::Kind;
use crate::coins::coins;
use crate::pools::Pool;
use crate::staker::query_id;
use crate::standing::{self, Standing};
use crate::{Candidate, PeopleError, Request, Site};

impl Candidate {
    /// Adds to the owner's own stake, with coins from the owner's account where the wallet has too few free ones.
    ///
    /// Fails with a refusal when there is no Root, or it is closed or removed.
    pub fn top_up(
        &self,
        backend: &dyn Backend,
        site: &Site,
        amount_nano: u128,
    ) -> Result<Request, PeopleError> {
        let state = self.deployed(backend)?;
        let address = self.root.address();
        let gone = match standing::standing(backend, site, address, &state)? {
            Standing::Removed => Some("was removed for misbehaviour"),
            Standing::Closed { .. } => Some("is closed"),
            Standing::Validating { .. } | Standing::Waiting(_) => None,
        };
        if let Some(what) = gone {
            return Err(PeopleError::cannot(
                format!("the pool {address} {what}"),
                "it takes no more stake; make another one with `ddvs validator create --nonce`",
            ));
        }
        let least = self.root.terms().min_stake.into_inner();
        let position = self.staker.wallet.position(backend, address)?;
        if amount_nano < least && position.staked_nano() == 0 {
            return Err(PeopleError::cannot(
                format!("the pool takes no stake below {} coins", coins(least)),
                "stake more",
            ));
        }
        let mut request = self.stake(backend, amount_nano)?;
        request.about = format!("stake {} coins more with {address}", coins(amount_nano));
        Ok(request)
    }

    /// Pays out what the Root has beyond what it must keep, to its owner.
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

/// Why a pool need not be counted anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// All of its stake counts.
    Whole,
    /// It has asked, and waits for the answer.
    Asking,
}

/// Whether a pool has stake that does not count, or counts for more than it has; `None` if it does and anyone may ask.
pub fn counted(pool: &Pool) -> Option<Counted> {
    let state: &RootState = &pool.state;
    if state.flight.is_some() {
        return Some(Counted::Asking);
    }
    let wanted = match state.closed {
        true => 0,
        false => pool.active_nano(),
    };
    (state.counted.into_inner() == wanted).then_some(Counted::Whole)
}

/// Has a Root ask again for what the network does not count yet. Anyone may, and pays for it; what is not used comes back.
///
/// Fails only when the network's prices cannot be read.
pub fn sync(
    backend: &dyn Backend,
    payer: &OwnerWallet,
    root: &DePoolRoot,
) -> Result<Request, PeopleError> {
    let value = root.change_value(backend)?;
    Ok(Request {
        about: format!("have the stake of {} counted", root.address()),
        owner: payer.clone(),
        messages: vec![root.sync(value, query_id(backend)?)?],
        kind: Kind::Take,
    })
}
