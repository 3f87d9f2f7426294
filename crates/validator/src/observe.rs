//! Observing the node, other nodes and the contracts.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use ddvs_client::{
    AccountView, Backend, ClientError, DElector, DePoolRoot, MASTERCHAIN, OwnerWallet,
};
use ddvs_contracts::params::DdvsParams;
use ddvs_contracts::storage::{DElectorStorage, RootState, RootStorage};
use ddvs_jrpc::{NodeReport, Settings, probe};
use tycho_types::cell::HashBytes;
use tycho_types::error::Error;
use tycho_types::models::StdAddr;

use crate::home::{Home, Identity};
use crate::view::{
    ChainView, KeyHolder, NodeView, Observed, PendingSet, RootAccount, RootView, WalletView,
};

/// Timeout of a node's status.
fn quick() -> Settings {
    Settings {
        connect_timeout: Duration::from_millis(800),
        call_timeout: Duration::from_secs(2),
        ..Settings::default()
    }
}

/// Returns the Unix time of this host.
fn now_s() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}

/// Queries the node and the others concurrently. [`read_chain`] reads the contracts.
pub fn look(home: &Home) -> Observed {
    let ask = |url: &str| -> Result<NodeReport, String> {
        let report = probe(url, &quick()).map_err(|error| error.to_string())?;
        match report.global_id == home.identity.global_id {
            true => Ok(report),
            false => Err(format!(
                "{url} belongs to network {}, not to {}: put the right address into validator.toml",
                report.global_id, home.identity.global_id
            )),
        }
    };
    let (node, peers) = std::thread::scope(|scope| {
        let ask = &ask;
        let peers: Vec<_> = home
            .peers
            .iter()
            .map(|url| scope.spawn(move || ask(url)))
            .collect();
        let node = ask(&home.node_rpc);
        let peers: Vec<_> = peers
            .into_iter()
            .filter_map(|peer| peer.join().ok())
            .collect();
        (node, peers)
    });
    let node_key = home.identity.node_key.public;
    let heights: Vec<_> = peers
        .iter()
        .filter_map(|peer| Some(peer.as_ref().ok()?.mc_seqno))
        .collect();
    Observed {
        now_s: now_s(),
        node_key,
        node: node.map(|report| node_view(&report, &node_key)),
        silent_peers: home.peers.len() - heights.len(),
        peers: heights,
        chain: None,
    }
}

fn node_view(report: &NodeReport, key: &HashBytes) -> NodeView {
    let mut members = (0..).zip(&report.set.list);
    let member = members.find(|(_, member)| member.public_key == *key);
    NodeView {
        mc_seqno: report.mc_seqno,
        mc_time_s: report.mc_time_s,
        set_size: report.set.list.len().try_into().unwrap_or(u16::MAX),
        total_weight: report.set.total_weight,
        set_since_s: report.set.utime_since,
        member: member.map(|(place, member)| (place, member.weight)),
    }
}

/// State of the contracts, with what is needed to send them messages.
#[derive(Debug)]
pub struct Reading {
    /// The state.
    pub view: ChainView,
    /// The Root, if it exists.
    pub root: Option<DePoolRoot>,
    /// The masterchain's D'Elector.
    pub delector: DElector,
    /// The paying wallet.
    pub wallet: OwnerWallet,
}

/// Reads the Root, the masterchain's D'Elector, which has replicas of all registries, and the wallet.
///
/// Fails only when one of them cannot be read.
pub fn read_chain(backend: &dyn Backend, who: &Identity) -> Result<Reading, ClientError> {
    let delector = DElector::new(&who.network, MASTERCHAIN)?;
    let storage = delector.storage(backend)?;
    let params = storage.params().map_err(fault)?;
    let account = backend.account(&who.root)?;
    let (at_root, root) = root_account(who, &params, &account)?;
    let (wallet, is_owner) = wallet(who, root.as_ref())?;
    let balance_nano = backend.account(wallet.address())?.balance_nano;
    let view = ChainView {
        root: at_root,
        key: key_holder(&storage, &who.node_key.public, &who.root).map_err(fault)?,
        pending_set: pending_set(&storage, &params).map_err(fault)?,
        wallet: WalletView {
            address: wallet.address().clone(),
            balance_nano,
            is_owner,
        },
        // the masterchain's prices are the highest
        change_value_nano: params.change_value_nano().into(),
        min_stake_nano: params.min_stake_nano.into(),
    };
    Ok(Reading {
        view,
        root,
        delector,
        wallet,
    })
}

fn fault(cause: Error) -> ClientError {
    ClientError::fault("reading the masterchain's D'Elector", cause)
}

fn root_account(
    who: &Identity,
    params: &DdvsParams,
    account: &AccountView,
) -> Result<(RootAccount, Option<DePoolRoot>), ClientError> {
    let Some(data) = account.data() else {
        return Ok((RootAccount::Missing, None));
    };
    let parse = || -> Result<(RootStorage, RootState), Error> {
        let storage = data.parse::<RootStorage>()?;
        let state = match &storage.state {
            Some(state) => state.load()?,
            None => RootState::default(),
        };
        Ok((storage, state))
    };
    let Ok((storage, state)) = parse() else {
        return Ok((RootAccount::Foreign, None));
    };
    let terms = storage.terms.load().map_err(fault)?;
    // authenticity follows from the address
    let root = DePoolRoot::new(&who.network, who.root.workchain, terms)?;
    if *root.address() != who.root {
        return Ok((RootAccount::Foreign, None));
    }
    let view = root_view(&state, params).map_err(fault)?;
    Ok((RootAccount::Here(view), Some(root)))
}

fn root_view(state: &RootState, params: &DdvsParams) -> Result<RootView, Error> {
    let (key, next_key) = state.keys_of()?;
    Ok(RootView {
        key,
        next_key,
        stake_nano: state.active_nano(),
        counted_nano: state.counted.into_inner(),
        desired_nano: state.desired_nano(params),
        seq: state.seq,
        in_flight: state.flight.is_some(),
        closed: state.closed,
        removed: state.is_removed(),
        last_reason: state.last_reason,
    })
}

/// Looks the key up in all registries, as the D'Elector does before it accepts one.
fn key_holder(
    storage: &DElectorStorage,
    key: &HashBytes,
    root: &StdAddr,
) -> Result<KeyHolder, Error> {
    let mut found = KeyHolder::Free;
    for (holder, held) in storage.holders(key)? {
        if held.is_removed() {
            return Ok(KeyHolder::Removed);
        }
        let is_ours = holder == *root && held.is_in_use();
        match is_ours {
            true if found == KeyHolder::Free => found = KeyHolder::Ours,
            true => {}
            false => found = KeyHolder::Taken(holder),
        }
    }
    Ok(found)
}

fn pending_set(
    storage: &DElectorStorage,
    params: &DdvsParams,
) -> Result<Option<PendingSet>, Error> {
    let local = storage.local.load()?;
    if !local.set_dirty {
        return Ok(None);
    }
    Ok(Some(PendingSet {
        published_at: local.published_at,
        interval_s: params.set_interval_s,
        size: local.ranking.load()?.count,
        least: params.least_set,
    }))
}

/// Returns the wallet of the paying key, and whether it is the Root's owner.
fn wallet(who: &Identity, root: Option<&DePoolRoot>) -> Result<(OwnerWallet, bool), ClientError> {
    let on = |chain| OwnerWallet::new(who.wallet_key.secret.0, chain, who.global_id);
    if let Some(root) = root {
        let owner = &root.terms().owner;
        let wallet = on(owner.workchain)?;
        if wallet.address() == owner {
            return Ok((wallet, true));
        }
    }
    Ok((on(who.root.workchain)?, false))
}
