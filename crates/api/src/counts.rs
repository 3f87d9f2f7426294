//! Limits on open objects, in total and for each address.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Reason why there is no room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoPlace {
    /// The total limit is reached.
    Full,
    /// The limit of one address is reached.
    TooMany,
}

/// Open objects.
#[derive(Debug)]
pub(crate) struct Counts {
    most: usize,
    /// Limit of each address; `None` where many share an address.
    most_each: Option<usize>,
    open: Mutex<HashMap<IpAddr, usize>>,
}

impl Counts {
    pub fn new(most: usize, most_each: Option<usize>) -> Arc<Self> {
        Arc::new(Self {
            most,
            most_each,
            open: Mutex::default(),
        })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns room for one more of a caller.
    pub fn open(self: &Arc<Self>, caller: IpAddr) -> Result<Open, NoPlace> {
        let mut open = self.lock();
        let own = open.get(&caller).copied().unwrap_or(0);
        if self.most_each.is_some_and(|most| own >= most) {
            return Err(NoPlace::TooMany);
        }
        if open.values().sum::<usize>() >= self.most {
            return Err(NoPlace::Full);
        }
        open.insert(caller, own + 1);
        drop(open);
        Ok(Open {
            counts: self.clone(),
            caller,
        })
    }
}

/// An open object; dropping it frees its room.
#[derive(Debug)]
pub(crate) struct Open {
    counts: Arc<Counts>,
    caller: IpAddr,
}

impl Open {
    /// Returns its caller.
    pub fn caller(&self) -> IpAddr {
        self.caller
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        let mut open = self.counts.lock();
        if let Some(own) = open.get_mut(&self.caller) {
            *own -= 1;
            if *own == 0 {
                open.remove(&self.caller);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limit_of_an_address_leaves_places_to_others() {
        let (one, other) = (IpAddr::from([10, 0, 0, 1]), IpAddr::from([10, 0, 0, 2]));
        let counts = Counts::new(3, Some(2));
        let (first, _second) = (counts.open(one).unwrap(), counts.open(one).unwrap());
        assert_eq!(counts.open(one).unwrap_err(), NoPlace::TooMany);
        let third = counts.open(other).unwrap();
        assert_eq!(counts.open(other).unwrap_err(), NoPlace::Full);
        drop(first);
        assert!(counts.open(one).is_ok());
        drop(third);
        assert_eq!(counts.lock().len(), 1);
    }

    #[test]
    fn without_a_limit_per_address_only_the_total_counts() {
        let counts = Counts::new(3, None);
        let proxy = IpAddr::from([127, 0, 0, 1]);
        let open: Vec<_> = (0..3).map(|_| counts.open(proxy).unwrap()).collect();
        let refused = counts.open(proxy).unwrap_err();
        assert_eq!((open.len(), refused), (3, NoPlace::Full));
    }
}
