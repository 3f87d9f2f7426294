//! A validator and its pool, for people and as JSON.

use anyhow::Result;
use ddvs_people::pools::Pool;
use ddvs_people::standing::{Standing, Wait};
use ddvs_types::coins;
use serde_json::{Value, json};
use tycho_types::cell::HashBytes;
use tycho_types::models::StdAddr;

use crate::people::output::{chain_name, fields};
use crate::people::session::Session;
use crate::people::time;

/// Prints the status of a validator; returns whether it validates.
pub fn tell(
    session: &Session,
    root: &StdAddr,
    standing: &Standing,
    add: impl FnOnce(&mut Value),
) -> Result<bool> {
    let mut object = standing_object(standing);
    object["pool"] = root.to_string().into();
    object["name"] = session.book.name(root).into();
    add(&mut object);
    session.output.print(&object, || {
        format!("{} ({root})\n{standing}", session.book.show(root))
    })?;
    Ok(standing.is_validating())
}

/// Returns the status of a validator as JSON.
fn standing_object(standing: &Standing) -> Value {
    let mut object = json!({
        "standing": standing.name(),
        "is_in_set": standing.weight().is_some(),
        "words": standing.to_string(),
    });
    match standing {
        Standing::Validating {
            main_weight,
            is_main_due,
            is_main_behind,
            rest,
            ..
        } => {
            object["rest"] = json!(rest.map(|rest| json!({
                "counted_nano": rest.counted_nano.to_string(),
                "desired_nano": rest.desired_nano.to_string(),
                "is_asked": rest.is_asked,
            })));
            object["is_main"] = main_weight.is_some().into();
            object["is_main_due"] = (*is_main_due).into();
            object["is_main_behind"] = (*is_main_behind).into();
        }
        Standing::Waiting(wait) => {
            object["waits_for"] = wait.name().into();
            if let Wait::Refused(code) = wait {
                object["reason"] = (*code).into();
            }
        }
        Standing::Closed {
            counted_nano,
            leaving,
            ..
        } => {
            object["counted_nano"] = counted_nano.to_string().into();
            object["leaving"] = leaving.name().into();
        }
        Standing::Removed { .. } => {}
    }
    if let Some(weight) = standing.weight() {
        object["weight"] = weight.into();
    }
    object
}

/// Returns a pool as JSON.
pub fn pool_object(session: &Session, pool: &Pool) -> Value {
    let mut object = standing_object(&pool.standing);
    let (terms, state) = (pool.terms(), &pool.state);
    let address = pool.root.address();
    object["pool"] = address.to_string().into();
    object["name"] = session.book.name(address).into();
    object["chain"] = address.workchain.into();
    object["owner"] = terms.owner.to_string().into();
    object["key"] = json!(pool.key.map(|key| key.to_string()));
    object["next_key"] = json!(pool.next_key.map(|key| key.to_string()));
    object["stake_nano"] = pool.active_nano().to_string().into();
    object["counted_nano"] = state.counted.to_string().into();
    object["owner_active_nano"] = state.owner_active.to_string().into();
    object["owner_unlocking_nano"] = state.owner_unlocking.to_string().into();
    object["users_active_nano"] = state.users_active.to_string().into();
    object["users_unlocking_nano"] = state.users_unlocking.to_string().into();
    object["in_flight"] = state.flight.is_some().into();
    object["lock_period_s"] = terms.lock_period.into();
    object["unlock_period_s"] = terms.unlock_period.into();
    object["min_stake_nano"] = terms.min_stake.to_string().into();
    object["nonce"] = terms.nonce.to_string().into();
    object["balance_nano"] = pool.balance_nano.to_string().into();
    object
}

/// Describes a pool.
pub fn pool_human(session: &Session, pool: &Pool) -> String {
    let (terms, state) = (pool.terms(), &pool.state);
    let address = pool.root.address();
    let key = |key: Option<HashBytes>| key.map_or("none".to_owned(), |key| key.to_string());
    let mut rows = vec![
        ("pool", session.book.show(address)),
        ("address", address.to_string()),
        ("chain", chain_name(address.workchain)),
        ("owner", terms.owner.to_string()),
        ("standing", pool.standing.to_string()),
        ("consensus key", key(pool.key)),
    ];
    if pool.next_key.is_some() {
        rows.push(("next key", key(pool.next_key)));
    }
    let part = |active: u128, leaving: u128| {
        format!("{} coins, and {} unlocking", coins(active), coins(leaving))
    };
    rows.extend([
        (
            "counted",
            format!(
                "{} of {} coins",
                coins(state.counted.into_inner()),
                coins(pool.active_nano())
            ),
        ),
        (
            "owner's stake",
            part(
                state.owner_active.into_inner(),
                state.owner_unlocking.into_inner(),
            ),
        ),
        (
            "others' stake",
            part(
                state.users_active.into_inner(),
                state.users_unlocking.into_inner(),
            ),
        ),
        ("lock period", time::period(terms.lock_period)),
        ("unlock period", time::period(terms.unlock_period)),
        (
            "least stake",
            format!("{} coins", coins(terms.min_stake.into_inner())),
        ),
    ]);
    fields(&rows)
}
