//! Which workchains the nodes show.
//!
//! The RPC of a node of version 1.0 looks for accounts of workchains in only one of them: the one whose newest block has the
//! latest second. Workchains of the same speed have blocks of the same second, and then a node always shows the same one,
//! chosen at random when it starts. So on a network with several workchains one may be shown by no node at all.

use std::collections::VecDeque;
use std::thread;
use std::time::{Duration, Instant};

use ddvs_client::ChainId;
use ddvs_jrpc::{Settings, shows};

use crate::process::stop;
use crate::{Layout, NetworkFile, TychoError, start};

/// Time between two checks.
const POLL_TIME: Duration = Duration::from_millis(500);
/// Number of checks that are evaluated together: a single one may fall between a block of one workchain and that of
/// another, when every node shows the first.
const LOOKS: usize = 8;
/// Number of these checks in which a workchain must be seen to count as shown: readers retry when they miss it.
const SEEN: usize = 6;
/// Number of these checks in which a workchain may be seen and still count as hidden.
const SEEN_BY_CHANCE: usize = 2;

/// Returns the workchain that each node shows; `None` for a node that shows none, for example during its start.
type View = Vec<Option<ChainId>>;

/// Restarts some of `nodes`, those with the highest numbers first, until each workchain is shown by one. Returns those that
/// were restarted; `None` if that was not reached within `patience`, or only by restarting others.
///
/// It helps only against the random choice: where one workchain is busier than another, every node shows the busy one.
///
/// Fails only when a node cannot be stopped or started.
pub fn show_all_workchains(
    layout: &Layout,
    network: &NetworkFile,
    nodes: &[u16],
    patience: Duration,
) -> Result<Option<Vec<u16>>, TychoError> {
    let end = Instant::now() + patience;
    let workchains: Vec<ChainId> = workchains(network).collect();
    let mut again = Vec::new();
    let mut looks: VecDeque<View> = VecDeque::new();
    while Instant::now() < end {
        looks.push_back(views(network));
        if looks.len() > LOOKS {
            looks.pop_front();
        }
        match judge(&looks, &workchains) {
            Verdict::AllShown => return Ok(Some(again)),
            Verdict::Open => {}
            Verdict::Hidden => {
                let Some(index) = looks
                    .back()
                    .and_then(|view| to_start_again(nodes, network, view))
                else {
                    return Ok(None);
                };
                stop(layout, index)?;
                start(layout, network, &[index])?;
                again.push(index);
                looks.clear();
            }
        }
        thread::sleep(POLL_TIME);
    }
    Ok(None)
}

/// Result of consecutive checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    /// Each workchain is shown.
    AllShown,
    /// A workchain is shown by no node.
    Hidden,
    /// Neither is known yet.
    Open,
}

/// With one workchain a single check is enough, since nodes have no choice.
fn judge(looks: &VecDeque<View>, workchains: &[ChainId]) -> Verdict {
    let seen = |chain: &ChainId| {
        let shows = |view: &&View| view.contains(&Some(*chain));
        looks.iter().filter(shows).count()
    };
    match workchains {
        [only] if seen(only) > 0 => return Verdict::AllShown,
        _ if looks.len() < LOOKS => return Verdict::Open,
        _ => {}
    }
    if workchains.iter().all(|chain| seen(chain) >= SEEN) {
        return Verdict::AllShown;
    }
    // only when all answer is it known that none will show it
    let all_answer = looks.iter().flatten().all(Option::is_some);
    let is_hidden = |chain: &ChainId| seen(chain) <= SEEN_BY_CHANCE;
    if all_answer && workchains.iter().any(is_hidden) {
        return Verdict::Hidden;
    }
    Verdict::Open
}

fn views(network: &NetworkFile) -> View {
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

/// Returns the last of `nodes` whose workchain others show too: the last ones do not validate at first.
fn to_start_again(nodes: &[u16], network: &NetworkFile, views: &[Option<ChainId>]) -> Option<u16> {
    let all = network.nodes.iter().zip(views).rev();
    all.filter(|(node, _)| nodes.contains(&node.index))
        .filter(|(_, view)| views.iter().filter(|other| other == view).count() > 1)
        .map(|(node, _)| node.index)
        .next()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{NetworkOptions, init};

    /// Checks in which two nodes show these workchains; a negative one stands for no answer.
    fn looks(views: &[[ChainId; 2]]) -> VecDeque<View> {
        let view = |view: &[ChainId; 2]| view.map(|chain| (chain >= 0).then_some(chain)).to_vec();
        views.iter().map(view).collect()
    }

    #[test]
    fn workchains_are_judged_after_several_looks() {
        let judged = |views: &[[ChainId; 2]]| judge(&looks(views), &[0, 1]);
        assert_eq!(judged(&[[0, 1]]), Verdict::Open);
        assert_eq!(judged(&[[0, 1]; 7]), Verdict::Open);
        assert_eq!(judged(&[[0, 1]; 8]), Verdict::AllShown);
        let with = |other: [ChainId; 2], count: usize| {
            let mut views = [[0, 1]; 8];
            views[..count].fill(other);
            judged(&views)
        };
        assert_eq!(with([0, 0], 2), Verdict::AllShown);
        assert_eq!(with([0, 0], 3), Verdict::Open);
        assert_eq!(with([0, 0], 6), Verdict::Hidden);
        assert_eq!(with([0, 0], 8), Verdict::Hidden);
        assert_eq!(with([1, 1], 8), Verdict::Hidden);
        // the second may show it once it has started
        assert_eq!(with([0, -1], 8), Verdict::Open);
        assert_eq!(with([-1, -1], 8), Verdict::Open);
    }

    #[test]
    fn single_workchain_is_judged_after_one_look() {
        assert_eq!(judge(&looks(&[[0, 0]]), &[0]), Verdict::AllShown);
        assert_eq!(judge(&looks(&[[-1, 0]]), &[0]), Verdict::AllShown);
        assert_eq!(judge(&looks(&[[-1, -1]; 8]), &[0]), Verdict::Open);
        assert_eq!(judge(&looks(&[]), &[0]), Verdict::Open);
    }

    #[test]
    fn node_is_restarted_whose_workchain_another_one_shows() {
        let dir = tempfile::tempdir().expect("a directory");
        let options = NetworkOptions::new(dir.path().join("net"));
        let network = init(&options).expect("a network");
        let of =
            |nodes: &[u16], views: [ChainId; 5]| to_start_again(nodes, &network, &views.map(Some));
        let chosen = |views| of(&[1, 2, 3, 4, 5], views);
        assert_eq!(chosen([0, 0, 0, 0, 0]), Some(5));
        assert_eq!(chosen([0, 0, 0, 0, 1]), Some(4));
        assert_eq!(chosen([0, 0, 1, 2, 3]), Some(2));
        assert_eq!(chosen([0, 1, 2, 3, 4]), None);
        assert_eq!(of(&[1, 3], [0, 0, 0, 0, 0]), Some(3));
        assert_eq!(of(&[], [0, 0, 0, 0, 0]), None);
    }
}
