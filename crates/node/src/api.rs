//! The API and the dashboard on a node, over its state and an index of the blocks of the last day that it has taken since
//! its start.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context, Result};
use ddvs_api::metrics::Metrics;
use ddvs_api::{ApiState, Feeder, Settings};
use ddvs_client::Live;
use ddvs_index::{Identity, Index, Keep, observe};
use ddvs_types::AccountView;
use tokio::sync::watch;
use tycho_types::models::StdAddr;

use crate::admit::Admission;
use crate::chains::{Chains, now_ms};
use crate::live::NodeLive;

/// Most connections.
const MAX_CONNECTIONS: usize = 1_000;
/// Length of the history.
const HISTORY: Duration = Duration::from_secs(24 * 3_600);

/// Serves the API until the node stops. Returns its address, and a future that serves.
///
/// Fails when the address cannot be listened on, or the state cannot be read.
pub async fn start(
    listen: SocketAddr,
    node: Arc<Admission>,
    mut stop: watch::Receiver<bool>,
    stops: Arc<AtomicBool>,
) -> Result<(
    SocketAddr,
    impl Future<Output = Result<()>> + Send + 'static,
)> {
    let live = NodeLive::new(node.clone());
    let delectors: BTreeMap<_, _> = (node.chains.ids())
        .filter_map(|chain| node.chains.replica(chain))
        .map(|replica| (replica.chain().id(), replica.chain().delector().clone()))
        .collect();
    let identity = Identity::of(&live, delectors).context("reading the network")?;
    let index = Index::in_memory(identity).context("making the index")?;
    let metrics = Arc::new(Metrics::default());
    let (feeder, feed, thread) = Feeder::start(index.clone(), metrics.clone())?;
    seed(&node.chains, &index)?;
    // it is in memory, so it must not grow without end
    let pruner = feeder.prune(index.clone(), Keep::Time(HISTORY), stops)?;
    let cursor = AtomicU64::new(0);
    let reads = live.clone();
    node.chains.watch(Box::new(move |block| {
        let cursor = cursor.fetch_add(1, Ordering::Relaxed) + 1;
        match observe(&reads, block, cursor) {
            Ok(observed) => feeder.push(observed),
            Err(error) => feeder.fail(&error.to_string()),
        }
    }));
    let settings = Settings {
        max_connections: MAX_CONNECTIONS,
        ..Settings::default()
    };
    let listener = tokio::net::TcpListener::bind(listen)
        .await
        .with_context(|| format!("listening on {listen} for the API"))?;
    let address = listener.local_addr()?;
    let live: Arc<dyn Live> = Arc::new(live);
    let state = ApiState::new(live, index, feed, metrics, settings.clone(), stop.clone());
    let router = ddvs_api::router(state, ddvs_dashboard::router());
    let router = ddvs_dashboard::with_missing_page(router);
    let ended = async move {
        // an error means that the node is gone
        let _ = stop.wait_for(|stops| *stops).await;
    };
    let serve = async move {
        let served = ddvs_api::serve(router, listener, settings, ended).await;
        // the index ends with the process
        drop((thread, pruner));
        served.context("serving the API")
    };
    Ok((address, serve))
}

/// Indexes all accounts as they are now.
fn seed(chains: &Chains, index: &Index) -> Result<()> {
    for id in chains.ids() {
        let Some(replica) = chains.replica(id) else {
            continue;
        };
        let chain = replica.chain();
        let mut views: Vec<AccountView> = Vec::new();
        for account in chain.accounts().keys() {
            views.push(chain.account(&StdAddr::new(id, account?))?);
        }
        index.seed(id, now_ms(), views.into_iter())?;
    }
    Ok(())
}
