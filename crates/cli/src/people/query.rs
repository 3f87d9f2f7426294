//! `ddvs query`: current state from the contracts themselves, history from a devnet or a gateway.

mod account;
mod batches;
mod events;
mod misbehaviour;
mod past;

use anyhow::{Result, bail};
use ddvs_client::{Backend, DePoolWallet, Live, MASTERCHAIN};
use ddvs_contracts::storage::WalletStorage;
use ddvs_people::contracts::{Contract, check};
use ddvs_people::pools::{Pool, by_key, registered};
use ddvs_people::standing;
use ddvs_types::coins;
use serde_json::{Value, json};
use tycho_types::cell::HashBytes;

use super::output::{chain_name, short, table, the_chain};
use super::session::Session;
use super::{time, validator, wallet};
use crate::args::{
    AskArgs, QueryCommand, QueryParamsArgs, QueryPoolArgs, QueryPoolsArgs, QueryValidatorsArgs,
    QueryWalletArgs,
};
use ddvs_terminal::Stop;

/// Seconds to wait for an answer.
const PATIENCE_S: u64 = 30;

/// Returns whether it was answered.
pub fn run(command: &QueryCommand) -> Result<bool> {
    match command {
        QueryCommand::Chains(args) => chains(args),
        QueryCommand::Validators(args) => validators(args),
        QueryCommand::Pools(args) => pools(args),
        QueryCommand::Pool(args) => pool(args),
        QueryCommand::Wallet(args) => of_wallet(args),
        QueryCommand::Account(args) => account::account(args),
        QueryCommand::Removed(args) => misbehaviour::removed(args),
        QueryCommand::Evidence(args) => misbehaviour::evidence(args),
        QueryCommand::Supply(args) => account::supply(args),
        QueryCommand::Batches(args) => batches::run(args),
        QueryCommand::Params(args) => params(args),
        QueryCommand::Block(args) => past::block(args),
        QueryCommand::Tx(args) => past::transaction(args),
        QueryCommand::Message(args) => past::message(args),
        QueryCommand::Events(args) => events::run(args),
    }
}

fn open(ask: &AskArgs) -> Result<Session> {
    Session::open(&ask.connect, &ask.output, PATIENCE_S)
}

fn chains(args: &AskArgs) -> Result<bool> {
    let session = open(args)?;
    let backend = &session.net.backend;
    let mut objects = Vec::new();
    let mut rows = table(
        &[
            "chain",
            "block",
            "validators",
            "registered",
            "batch",
            "D'Elector",
        ],
        &[1, 2, 3, 4],
    );
    let heads = match &session.net.api {
        Some(api) => api.get("/api/v1/chains")?,
        None => Value::Null,
    };
    for info in backend.chains()? {
        let delector = session.context().delector(info.id)?;
        let registry = delector.registry(backend, info.id)?;
        let set = standing::set(backend, session.context(), info.id)?;
        let head = heads
            .as_array()
            .and_then(|all| all.iter().find(|chain| chain["chain"] == info.id))
            .and_then(|chain| chain["head"]["block"].as_u64());
        // nodes provide the height of the masterchain only
        let height = head.or((info.id == MASTERCHAIN).then_some(u64::from(info.seqno)));
        rows.add_row(vec![
            chain_name(info.id),
            height.map_or("-".to_owned(), |height| height.to_string()),
            set.list.len().to_string(),
            coins(registry.total.into_inner()),
            registry.seqno.to_string(),
            short(&info.delector),
        ]);
        objects.push(json!({
            "chain": info.id,
            "block": height,
            "delector": info.delector.to_string(),
            "validators": set.list.len(),
            "total_weight": set.total_weight,
            "registered_nano": registry.total.to_string(),
            "roots": registry.count,
            "batch": registry.seqno,
        }));
    }
    let genesis = session.context().network.genesis.to_string();
    let object = json!({
        "genesis": genesis,
        "global_id": session.context().global_id,
        "chains": objects,
    });
    session
        .output
        .print(&object, || format!("network {genesis}\n{rows}"))?;
    Ok(true)
}

fn validators(args: &QueryValidatorsArgs) -> Result<bool> {
    let mut session = open(&args.ask)?;
    session.context().check_chain(args.chain)?;
    let pools = registered(&session.net.backend, session.context())?;
    session.book.learn(&pools)?;
    let holders = by_key(&session.net.backend, session.context(), args.chain)?;
    let members: Vec<(String, u64)> = match args.height {
        None => standing::set(&session.net.backend, session.context(), args.chain)?
            .list
            .iter()
            .map(|member| (member.public_key.to_string(), member.weight))
            .collect(),
        Some(height) => {
            let path = format!("/api/v1/chains/{}/validators?height={height}", args.chain);
            let set = session.net.past()?.maybe(&path)?.ok_or_else(|| {
                let chain = the_chain(args.chain);
                Stop::Refused(format!("{chain} has no block {height} yet"))
            })?;
            let members = set["members"].as_array().cloned().unwrap_or_default();
            let member = |member: &Value| {
                let key = member["key"].as_str().unwrap_or_default().to_owned();
                (key, member["weight"].as_u64().unwrap_or_default())
            };
            members.iter().map(member).collect()
        }
    };
    let total: u64 = members.iter().map(|(_, weight)| weight).sum();
    let mut objects = Vec::new();
    let mut rows = table(
        &["slot", "pool", "weight", "share", "consensus key"],
        &[0, 2, 3],
    );
    for (slot, (key, weight)) in members.iter().enumerate() {
        let key_bytes = key.parse::<HashBytes>().ok();
        let pool = key_bytes.and_then(|key| holders.get(&key));
        let share = *weight as f64 / total.max(1) as f64 * 100.0;
        rows.add_row(vec![
            slot.to_string(),
            pool.map_or("-".to_owned(), |pool| session.book.show(pool)),
            weight.to_string(),
            format!("{share:.1} %"),
            key.clone(),
        ]);
        objects.push(json!({
            "slot": slot,
            "key": key,
            "weight": weight,
            "pool": pool.map(ToString::to_string),
            "name": pool.and_then(|pool| session.book.name(pool)),
        }));
    }
    let object = json!({
        "chain": args.chain,
        "height": args.height,
        "total_weight": total,
        "members": objects,
    });
    session.output.print(&object, || {
        let count = members.len();
        format!("{}: {count} validators\n{rows}", chain_name(args.chain))
    })?;
    Ok(true)
}

fn pools(args: &QueryPoolsArgs) -> Result<bool> {
    let mut session = open(&args.ask)?;
    if let Some(chain) = args.chain {
        session.context().check_chain(chain)?;
    }
    let mut found = registered(&session.net.backend, session.context())?;
    session.book.learn(&found)?;
    found.retain(|pool| {
        args.chain
            .is_none_or(|chain| pool.address.workchain == chain)
    });
    let all = found.len();
    // the sort is stable: at equal stake the older one stays first
    found.sort_by_key(|pool| std::cmp::Reverse(pool.stake_nano));
    found.truncate(usize::try_from(args.limit)?);
    let mut objects = Vec::new();
    let mut rows = table(
        &[
            "pool", "counted", "standing", "lock", "unlock", "least", "address",
        ],
        &[1, 3, 4, 5],
    )
    .spare(5);
    for registered in &found {
        let address = &registered.address;
        let pool = Pool::read(&session.net.backend, session.context(), address)?;
        let terms = pool.terms();
        rows.add_row(vec![
            session.book.show(address),
            coins(registered.stake_nano),
            pool.standing.label(),
            time::period(terms.lock_period),
            time::period(terms.unlock_period),
            coins(terms.min_stake.into_inner()),
            short(address),
        ]);
        objects.push(validator::pool_object(&session, &pool));
    }
    let object = json!({ "pools": objects, "count": all });
    session.output.print(&object, || match all - found.len() {
        0 => rows.to_string(),
        more => format!("{rows}\nand {more} lighter ones: --limit shows more"),
    })?;
    Ok(true)
}

fn pool(args: &QueryPoolArgs) -> Result<bool> {
    let mut session = open(&args.ask)?;
    let address = session.find_pool(&args.pool)?;
    let pool = Pool::read(&session.net.backend, session.context(), &address)?;
    let object = validator::pool_object(&session, &pool);
    session
        .output
        .print(&object, || validator::pool_human(&session, &pool))?;
    Ok(true)
}

fn of_wallet(args: &QueryWalletArgs) -> Result<bool> {
    let session = open(&args.ask)?;
    let Some(text) = &args.address else {
        let viewer = session.viewer(&args.who)?;
        let view = ddvs_people::staker::view(&session.net.backend, &viewer.wallet)?;
        wallet::show(&session, &view)?;
        return Ok(true);
    };
    let address = session.account_of(text, args.who.chain)?;
    session.context().check_chain(address.workchain)?;
    let account = session.net.backend.account(&address)?;
    let verified = check(session.context(), Contract::Wallet, &account);
    let owner = match (verified.problem, account.data()) {
        (None, Some(data)) => data.parse::<WalletStorage>()?.owner,
        _ => address.clone(),
    };
    let found = DePoolWallet::new(&session.context().network, address.workchain, &owner)?;
    let view = ddvs_people::staker::view(&session.net.backend, &found)?;
    if !view.exists {
        return Err(Stop::Refused(format!(
            "{address} is not a DePool Wallet, and the one of this owner, {}, does not exist yet: its owner opens it with `ddvs wallet create`",
            view.address
        ))
        .into());
    }
    wallet::show(&session, &view)?;
    Ok(true)
}

fn params(args: &QueryParamsArgs) -> Result<bool> {
    let session = open(&args.ask)?;
    session.context().check_chain(args.chain)?;
    let params = ddvs_client::handles::params(&session.net.backend, args.chain)?;
    let Value::Object(fields) = ddvs_people::config::ddvs(&params) else {
        bail!("the parameters are not an object");
    };
    let mut rows = table(&["parameter", "value"], &[1]);
    for (name, value) in &fields {
        let (name, value) = match (name.strip_suffix("_nano"), value.as_str()) {
            (Some(name), Some(nano)) => (name, format!("{} coins", coins(nano.parse()?))),
            _ => match (name.strip_suffix("_s"), value.as_u64()) {
                (Some(name), Some(seconds)) => {
                    (name, time::period(seconds.try_into().unwrap_or(u32::MAX)))
                }
                _ => (name.as_str(), value.to_string()),
            },
        };
        rows.add_row(vec![name.to_owned(), value]);
    }
    let object = json!({ "chain": args.chain, "params": fields });
    session
        .output
        .print(&object, || format!("{}\n{rows}", chain_name(args.chain)))?;
    Ok(true)
}
