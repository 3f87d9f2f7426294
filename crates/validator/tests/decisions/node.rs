//! Cases without a decision: the node or the contracts are not reliable.

use super::*;

#[test]
fn at_rest_there_is_nothing_to_do_or_tell() {
    assert_eq!(decided(&at_rest()), Decision::default());
}

#[test]
fn a_silent_node_is_waited_for() {
    let mut seen = at_rest();
    root(&mut seen).key = None;
    seen.node = Err("connection refused".into());
    only_tells(&seen, "node-silent", Level::Warning);
}

#[test]
fn a_node_that_lags_registers_nothing() {
    let mut seen = at_rest();
    root(&mut seen).key = None;
    // by blocks
    seen.peers = vec![1_011];
    only_tells(&seen, "node-lags", Level::Warning);
    seen.peers = vec![1_010];
    assert_eq!(decided(&seen).actions, [Action::RegisterKey]);
    // by time, while others are ahead
    node(&mut seen).mc_time_s = NOW_S as u32 - 31;
    only_tells(&seen, "node-lags", Level::Warning);
    node(&mut seen).mc_time_s = NOW_S as u32 - 30;
    assert_eq!(decided(&seen).actions, [Action::RegisterKey]);
}

#[test]
fn a_network_that_stands_is_told_from_a_node_that_lags() {
    let mut seen = at_rest();
    node(&mut seen).mc_time_s = NOW_S as u32 - 100;
    only_tells(&seen, "network-stands", Level::Error);
    seen.peers = vec![];
    only_tells(&seen, "old-block", Level::Warning);
    // a clock that is ahead is no reason to stop
    node(&mut seen).mc_time_s = NOW_S as u32 + 5;
    assert_eq!(decided(&seen), Decision::default());
}

#[test]
fn contracts_that_cannot_be_read_are_told() {
    let mut seen = at_rest();
    seen.chain = Some(Err("no node shows it".into()));
    only_tells(&seen, "unread", Level::Warning);
    seen = at_rest();
    chain(&mut seen).root = RootAccount::Missing;
    only_tells(&seen, "root-missing", Level::Error);
    chain(&mut seen).root = RootAccount::Foreign;
    only_tells(&seen, "root-foreign", Level::Error);
    seen = at_rest();
    seen.silent_peers = 2;
    only_tells(&seen, "peers-silent", Level::Warning);
}
