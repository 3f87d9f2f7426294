//! File descriptors: each connection is one.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Number of descriptors for everything else: files of the network, the listener, requests to nodes.
const OTHERS: usize = 256;

/// Upper limit: more is of no use for any server here.
const MOST: u64 = 65_536;

/// Raises this process's own limit of descriptors as far as possible, and returns how many of the requested
/// connections there is room for. Logs a warning if that is not all.
pub fn room_for(connections: usize) -> usize {
    let limit = raise();
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    // a quarter at least: with fewer, files and connections share what is available
    let room = limit.saturating_sub(OTHERS).max(limit / 4).max(1);
    if room < connections {
        tracing::warn!(
            limit,
            connections = room,
            wanted = connections,
            "the system lets this process have few descriptors: there are fewer connections than wanted; raise `ulimit -n`"
        );
    }
    connections.min(room)
}

/// Raises the soft limit to the hard one, and returns what it is then.
fn raise() -> u64 {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    // none is no limit
    let now = current.unwrap_or(u64::MAX);
    let wanted = maximum.unwrap_or(MOST).min(MOST);
    if now >= wanted {
        return now;
    }
    let raised = Rlimit {
        current: Some(wanted),
        maximum,
    };
    match setrlimit(Resource::Nofile, raised) {
        Ok(()) => wanted,
        Err(cause) => {
            tracing::debug!(%cause, "the limit of descriptors stays");
            now
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_soft_limit_is_raised_and_connections_fit_into_it() {
        let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
        let low = Rlimit {
            current: Some(current.unwrap_or(512).min(512)),
            maximum,
        };
        setrlimit(Resource::Nofile, low).unwrap();
        assert_eq!(room_for(100), 100);
        let after = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
        assert_eq!(after, maximum.unwrap_or(MOST).clamp(512, MOST));
        let all = usize::try_from(after).unwrap_or(usize::MAX);
        assert!(room_for(usize::MAX) < all);
    }
}
