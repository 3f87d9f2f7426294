//! Which workchains the nodes show.
//!
//! The RPC of a node of 1.0 looks for accounts of workchains in one of them only: the one whose newest block has the latest
//! second. Workchains that are equally fast have blocks of the same second, and then a node shows the same one always; which
//! one is left to chance when it starts. So on a network with several workchains one may be shown by no node at all.

use std::thread;
use std::time::{Duration, Instant};

use ddvs_client::ChainId;
use ddvs_jrpc::{Settings, shows};

use crate::process::stop;
use crate::{Layout, NetworkFile, TychoError, start};

/// Between two looks.
const POLL_TIME: Duration = Duration::from_millis(500);
/// Looks in a row that must have the same result: what a node shows may change with a block.
const LOOKS: u32 = 4;

/// Starts nodes again, those with the highest numbers first, until each workchain is shown by one. Returns those that were
/// started again; `None` when `patience` was over before.
///
/// Fails only when a node cannot be stopped or started.
pub fn show_all_workchains(
    layout: &Layout,
    network: &NetworkFile,
    patience: Duration,
) -> Result<Option<Vec<u16>>, TychoError> {
    let end = Instant::now() + patience;
    let mut again = Vec::new();
    let mut steady = 0;
    let mut last = Vec::new();
    while Instant::now() < end {
        let views = views(network);
        let is_hidden = |chain: &ChainId| !views.iter().any(|view| view.as_ref() == Some(chain));
        let hidden = workchains(network).find(is_hidden);
        if hidden.is_none() {
            return Ok(Some(again));
        }
        steady = if views == last { steady + 1 } else { 1 };
        last.clone_from(&views);
        // only when all answer is it known that none will show it
        if steady >= LOOKS && views.iter().all(Option::is_some) {
            let Some(index) = to_start_again(network, &views) else {
                return Ok(None);
            };
            stop(layout, index)?;
            start(layout, network, &[index])?;
            again.push(index);
            steady = 0;
        }
        thread::sleep(POLL_TIME);
    }
    Ok(None)
}

/// The workchain that each node shows now; `None` for a node that shows none, as while it starts.
fn views(network: &NetworkFile) -> Vec<Option<ChainId>> {
    let settings = Settings::default();
    let view = |rpc| {
        network
            .chains
            .iter()
            .filter(|chain| chain.id >= 0)
            .find(|chain| {
                let delector = chain.delector.parse().ok();
                delector.is_some_and(|delector| {
                    shows(&format!("http://{rpc}"), &delector, &settings).unwrap_or(false)
                })
            })
            .map(|chain| chain.id)
    };
    network.nodes.iter().map(|node| view(node.rpc)).collect()
}

fn workchains(network: &NetworkFile) -> impl Iterator<Item = ChainId> {
    let ids = network.chains.iter().map(|chain| chain.id);
    ids.filter(|&id| id >= 0)
}

/// The last node whose workchain others show too: the last ones do not validate at first.
fn to_start_again(network: &NetworkFile, views: &[Option<ChainId>]) -> Option<u16> {
    let nodes = network.nodes.iter().zip(views).rev();
    nodes
        .filter(|(_, view)| views.iter().filter(|other| other == view).count() > 1)
        .map(|(node, _)| node.index)
        .next()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{NetworkOptions, init};

    #[test]
    fn a_node_is_started_again_that_another_one_can_stand_in_for() {
        let dir = tempfile::tempdir().expect("a directory");
        let options = NetworkOptions::new(dir.path().join("net"));
        let network = init(&options).expect("a network");
        let chosen = |views: [ChainId; 5]| to_start_again(&network, &views.map(Some));
        assert_eq!(chosen([0, 0, 0, 0, 0]), Some(5));
        assert_eq!(chosen([0, 0, 0, 0, 1]), Some(4));
        assert_eq!(chosen([0, 0, 1, 2, 3]), Some(2));
        assert_eq!(chosen([0, 1, 2, 3, 4]), None);
    }
}
