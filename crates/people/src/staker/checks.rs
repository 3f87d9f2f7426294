//! Checks that find refusals before anything is sent and paid for, with the amount or the time at which the request
//! works.

use ddvs_client::comment::MAX_COMMENT_BYTES;
use ddvs_client::{
    Backend, DePoolRoot, MASTERCHAIN, getter::unix_time, handles::storage_due_soon_nano,
};
use ddvs_contracts::storage::{Position, times};
use ddvs_types::coins;
use tycho_types::models::StdAddr;

use super::WalletView;
use crate::counting::{Counting, Release};
use crate::{NetworkContext, PeopleError, time};

/// Maximum number of Roots with which one wallet may have coins.
const MAX_POSITIONS: usize = 16;
/// Maximum number of unlocking amounts with one Root.
const MAX_UNLOCKS: usize = 8;

fn now(backend: &dyn Backend) -> Result<u32, PeopleError> {
    Ok(unix_time(backend.now_ms()?))
}

/// Refuses a transfer from `from`, which is `payer` in words, to itself or to no chain of the network, and one whose comment
/// is too long.
pub(crate) fn transfer(
    context: &NetworkContext,
    (from, payer): (&StdAddr, &str),
    to: &StdAddr,
    text: Option<&str>,
) -> Result<(), PeopleError> {
    context.check_chain(to.workchain)?;
    if from == to {
        return Err(PeopleError::cannot(
            format!("{to} is {payer}"),
            "name another receiver",
        ));
    }
    comment(text)
}

/// Refuses a comment that is too long.
fn comment(text: Option<&str>) -> Result<(), PeopleError> {
    if text.is_none_or(|text| text.len() <= MAX_COMMENT_BYTES) {
        return Ok(());
    }
    Err(PeopleError::cannot(
        format!("the comment has more than {MAX_COMMENT_BYTES} bytes"),
        "write a shorter one",
    ))
}

/// Refuses a wallet on the masterchain, which cannot stake.
pub(super) fn chain(chain: i8) -> Result<(), PeopleError> {
    if chain != MASTERCHAIN {
        return Ok(());
    }
    Err(PeopleError::cannot(
        "wallets of the masterchain hold no stakes",
        "choose a workchain with `--chain`",
    ))
}

/// Whether a Root accepts stakes, and one of this size.
pub(crate) fn stake(
    backend: &dyn Backend,
    root: &DePoolRoot,
    amount_nano: u128,
) -> Result<(), PeopleError> {
    let pool = Counting::read(backend, root)?;
    let other = "stake with another pool: `ddvs query pools` lists all";
    let at = root.address();
    if pool.state.is_removed() {
        let what = format!("the pool {at} was removed for misbehaviour and takes no stakes");
        return Err(PeopleError::cannot(what, other));
    }
    if pool.state.closed {
        let what = format!("the pool {at} is closed and takes no stakes");
        return Err(PeopleError::cannot(what, other));
    }
    if !pool.params.allows(&pool.terms) {
        let what = format!("this network does not allow the terms of the pool {at}");
        return Err(PeopleError::cannot(what, other));
    }
    let least = pool.terms.min_stake.into_inner();
    if amount_nano < least {
        return Err(PeopleError::cannot(
            format!(
                "the pool {at} takes no stake below {} coins, and {} is less",
                coins(least),
                coins(amount_nano)
            ),
            format!("stake {} coins or more", coins(least)),
        ));
    }
    let account = backend.account(at)?;
    let due = storage_due_soon_nano(backend, &account)?;
    let least = root.reserve_nano(backend)? / 2;
    if account.balance_nano < least + due {
        return Err(PeopleError::cannot(
            format!(
                "the pool {at} has {} coins for its storage, and takes no stakes with less than {}",
                coins(account.balance_nano),
                coins(least)
            ),
            "anyone may send it some by a plain transfer; or stake with another pool",
        ));
    }
    Ok(())
}

/// Whether the wallet has room for coins with one more Root.
pub(super) fn room(view: &WalletView) -> Result<(), PeopleError> {
    if view.positions.len() < MAX_POSITIONS {
        return Ok(());
    }
    Err(PeopleError::cannot(
        format!(
            "the wallet {} has coins with {MAX_POSITIONS} pools, the most that there can be",
            view.address
        ),
        "take all of them back from one first",
    ))
}

/// Whether this amount of a position may leave now.
pub(super) fn unstake(
    backend: &dyn Backend,
    root: &DePoolRoot,
    position: &Position,
    amount_nano: u128,
) -> Result<(), PeopleError> {
    let now = now(backend)?;
    if position.unstaking {
        return Err(pending("unstake"));
    }
    let waiting: Vec<_> = times(&position.unlocking).collect();
    if waiting.len() >= MAX_UNLOCKS
        && let Some((first, _)) = waiting.first()
    {
        return Err(PeopleError::cannot(
            format!(
                "{MAX_UNLOCKS} amounts wait for their time with this pool, the most that there can be"
            ),
            format!("settle first, from {} on", time::until(*first, now)),
        ));
    }
    let state = root.state(backend)?;
    if state.closed || state.is_removed() {
        return Ok(());
    }
    let Some(until) = position
        .locked_until(amount_nano)
        .filter(|until| *until > now)
    else {
        return Ok(());
    };
    let next = match position.unlocked_nano(now) {
        0 => "unstake from then on; `ddvs wallet status` shows all locks".to_owned(),
        free => format!("unstake from then on, or {} coins now", coins(free)),
    };
    Err(PeopleError::cannot(
        format!(
            "{} coins are locked with this pool until {}",
            coins(amount_nano),
            time::until(until, now)
        ),
        next,
    ))
}

/// Whether there is anything to settle now.
pub(super) fn settle(
    backend: &dyn Backend,
    root: &DePoolRoot,
    owner: &StdAddr,
    position: &Position,
) -> Result<(), PeopleError> {
    let now = now(backend)?;
    if position.settling {
        return Err(pending("settle"));
    }
    let pool = Counting::read(backend, root)?;
    if pool.state.is_removed() && !position.settled {
        return Ok(());
    }
    let due: u128 = times(&position.unlocking)
        .filter(|(from, _)| *from <= now)
        .map(|(_, amount)| amount)
        .sum();
    if due == 0 {
        let first = times(&position.unlocking).next();
        return Err(match first {
            Some((from, amount)) => PeopleError::cannot(
                format!(
                    "no coins are due yet: {} are, from {} on",
                    coins(amount),
                    time::until(from, now)
                ),
                "settle then",
            ),
            None => PeopleError::cannot(
                "no coins are unlocking with this pool",
                "take a stake back with `ddvs wallet unstake` first",
            ),
        });
    }
    match pool.release(owner, due, now) {
        Release::Goes => Ok(()),
        Release::Until(until) => Err(PeopleError::cannot(
            format!(
                "{} coins counted lately, and stay answerable for misbehaviour until {}",
                coins(due),
                time::until(until, now)
            ),
            "settle from then on",
        )),
        Release::Counted => Err(PeopleError::cannot(
            format!(
                "the network still counts {} coins of the pool, these among them",
                coins(pool.counted_nano())
            ),
            "settle again when the chains have agreed on its change, in a few blocks",
        )),
    }
}

fn pending(what: &str) -> PeopleError {
    PeopleError::cannot(
        format!("an earlier {what} with this pool has no answer yet"),
        "wait for it: `ddvs wallet status` shows what is on the way",
    )
}
