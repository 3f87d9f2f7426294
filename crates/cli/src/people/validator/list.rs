//! The pools of the stored keys.

use std::collections::BTreeSet;

use anyhow::Result;
use ddvs_client::{Live, MASTERCHAIN};
use ddvs_keystore::KeyEntry;
use ddvs_people::pools::Pool;
use ddvs_types::coins;
use serde_json::json;
use tycho_types::models::StdAddr;

use super::pool_object;
use crate::args::ValidatorListArgs;
use crate::people::connect::address;
use crate::people::output::table;
use crate::people::session::Session;

/// Maximum number of listed pools of one owner.
const MAX_POOLS: usize = 1_000;

/// Returns whether it was answered.
pub fn run(args: &ValidatorListArgs) -> Result<bool> {
    let session = Session::open(&args.ask.connect, &args.ask.output, 30)?;
    let keys = match &args.key {
        Some(name) => vec![session.home.keys().entry(name)?],
        None => session.home.keys().list()?,
    };
    let mut objects = Vec::new();
    let mut rows = table(
        &["key", "pool", "chain", "counted", "stake", "standing"],
        &[2, 3, 4],
    );
    for key in &keys {
        for found in of_key(&session, key)? {
            let pool = Pool::read(&session.net.backend, session.context(), &found)?;
            rows.add_row(vec![
                key.name.clone(),
                session.book.show(&found),
                found.workchain.to_string(),
                coins(pool.state.counted.into_inner()),
                coins(pool.active_nano()),
                pool.standing.label(),
            ]);
            let mut object = pool_object(&session, &pool);
            object["key_name"] = key.name.clone().into();
            objects.push(object);
        }
    }
    let is_empty = objects.is_empty();
    session
        .output
        .print(&json!({ "pools": objects }), || match is_empty {
            true => {
                let who = match &args.key {
                    Some(name) => format!("the key {name} owns no pool"),
                    None => "no key here owns a pool".to_owned(),
                };
                format!("{who}: make one with `ddvs validator create`")
            }
            false => rows.to_string(),
        })?;
    Ok(true)
}

/// Returns pools that a key owns on all chains: those created here, and those that the network reports.
fn of_key(session: &Session, key: &KeyEntry) -> Result<Vec<StdAddr>> {
    let mut found: BTreeSet<_> = session.book.own(&key.name).into_iter().collect();
    for &chain in session
        .context()
        .chains
        .iter()
        .filter(|&&id| id != MASTERCHAIN)
    {
        let owner = session.view(key, chain)?.owner;
        found.insert(session.pool_of(&key.name, &owner)?);
        if let Some(api) = &session.net.api {
            let mut next = Some(format!("/api/v1/pools?owner={owner}"));
            while let Some(path) = next.filter(|_| found.len() < MAX_POOLS) {
                let page = api.get(&path)?;
                let items = page["items"].as_array().into_iter().flatten();
                found.extend(items.filter_map(|item| item["address"].as_str().and_then(address)));
                next = page["next"].as_str().map(str::to_owned);
            }
        }
    }
    let mut there = Vec::new();
    for pool in found {
        if session.net.backend.account(&pool)?.data().is_some() {
            there.push(pool);
        }
    }
    Ok(there)
}
