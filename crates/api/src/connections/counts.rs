//! How many connections there may be, in all and from one address.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::client_ip::network_of;
use crate::settings::Settings;

/// Status and words for who is turned away.
pub(super) type Refusal = (&'static str, &'static str);

const FULL: Refusal = (
    "503 Service Unavailable",
    "the server has as many connections as it can: connect again in a second",
);
const TOO_MANY: Refusal = (
    "429 Too Many Requests",
    "too many connections are open from your address: close some, or use one for several requests",
);

/// Open connections.
#[derive(Debug)]
pub(super) struct Counts {
    most: usize,
    /// None behind a proxy, from whose address all come.
    most_each: Option<usize>,
    open: Mutex<HashMap<IpAddr, usize>>,
}

impl Counts {
    pub fn new(settings: &Settings) -> Self {
        let most_each = settings.max_connections_each;
        Self {
            most: settings.max_connections,
            most_each: (!settings.trust_forwarded).then_some(most_each),
            open: Mutex::default(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A place for a connection.
    pub fn open(self: &Arc<Self>, peer: IpAddr) -> Result<Open, Refusal> {
        let peer = network_of(peer);
        let mut open = self.lock();
        let own = open.get(&peer).copied().unwrap_or(0);
        if self.most_each.is_some_and(|most| own >= most) {
            return Err(TOO_MANY);
        }
        if open.values().sum::<usize>() >= self.most {
            return Err(FULL);
        }
        open.insert(peer, own + 1);
        drop(open);
        Ok(Open {
            counts: self.clone(),
            peer,
        })
    }
}

/// The place of a connection.
#[derive(Debug)]
pub(super) struct Open {
    counts: Arc<Counts>,
    peer: IpAddr,
}

impl Drop for Open {
    fn drop(&mut self) {
        let mut open = self.counts.lock();
        if let Some(own) = open.get_mut(&self.peer) {
            *own -= 1;
            if *own == 0 {
                open.remove(&self.peer);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(trust_forwarded: bool) -> Arc<Counts> {
        Arc::new(Counts::new(&Settings {
            max_connections: 3,
            max_connections_each: 2,
            trust_forwarded,
            ..Settings::default()
        }))
    }

    #[test]
    fn one_address_leaves_places_to_others() {
        let (one, other) = (IpAddr::from([10, 0, 0, 1]), IpAddr::from([10, 0, 0, 2]));
        let counts = counts(false);
        let (first, _second) = (counts.open(one).unwrap(), counts.open(one).unwrap());
        assert_eq!(counts.open(one).unwrap_err(), TOO_MANY);
        let third = counts.open(other).unwrap();
        assert_eq!(counts.open(other).unwrap_err(), FULL);
        drop(first);
        assert!(counts.open(one).is_ok());
        drop(third);
        assert_eq!(counts.lock().len(), 1);
    }

    #[test]
    fn behind_a_proxy_all_come_from_one_address() {
        let counts = counts(true);
        let proxy = IpAddr::from([127, 0, 0, 1]);
        let open: Vec<_> = (0..3).map(|_| counts.open(proxy).unwrap()).collect();
        assert_eq!((open.len(), counts.open(proxy).unwrap_err()), (3, FULL));
    }
}
