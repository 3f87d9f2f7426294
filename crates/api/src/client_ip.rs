//! The address of a request's caller, for the limits of each caller.

use std::future::Future;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Request};

use crate::state::ApiState;

/// The caller's address.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ClientIp {
    pub trust_forwarded: bool,
}

impl ClientIp {
    /// Without an address where the server does not know its peers.
    pub fn of<T>(self, request: &Request<T>) -> Option<IpAddr> {
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
        let peer = peer.map(|info| info.0.ip());
        let forwarded = self.trust_forwarded.then(|| forwarded(request.headers()));
        let forwarded = forwarded.flatten();
        forwarded.or(peer).map(network_of)
    }
}

/// A caller: an address, or an IPv6 network.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Caller(pub IpAddr);

tokio::task_local! {
    static ASKING: Caller;
}
thread_local! {
    static WORKED_FOR: std::cell::Cell<Caller> = const { std::cell::Cell::new(Caller::UNKNOWN) };
}

impl Caller {
    /// All callers of unknown address count as one.
    const UNKNOWN: Self = Self(IpAddr::V6(Ipv6Addr::UNSPECIFIED));

    /// Returns the caller of a request.
    pub fn of<T>(request: &Request<T>, state: &ApiState) -> Self {
        let trust_forwarded = state.settings().trust_forwarded;
        let own = ClientIp { trust_forwarded }.of(request);
        own.map_or(Self::UNKNOWN, Self)
    }

    /// Returns the caller whose request the task answers.
    pub fn asking() -> Self {
        ASKING.try_with(|caller| *caller).unwrap_or(Self::UNKNOWN)
    }

    /// Answers a request of this caller.
    pub async fn answered<F: Future>(self, answer: F) -> F::Output {
        ASKING.scope(self, answer).await
    }

    /// Returns the caller for whom this thread works.
    pub fn worked_for() -> Self {
        WORKED_FOR.get()
    }

    /// Runs `work` for this caller on this thread.
    pub fn work<T>(self, work: impl FnOnce() -> T) -> T {
        WORKED_FOR.set(self);
        work()
    }
}

/// Returns the entry of the nearest proxy: the last one. Earlier entries come from the caller.
fn forwarded(headers: &HeaderMap) -> Option<IpAddr> {
    let header = headers.get_all("x-forwarded-for").iter().next_back()?;
    header
        .to_str()
        .ok()?
        .rsplit(',')
        .next()?
        .trim()
        .parse()
        .ok()
}

/// One caller usually has a whole IPv6 /64.
pub(crate) fn network_of(ip: IpAddr) -> IpAddr {
    match ip.to_canonical() {
        IpAddr::V6(ip) => {
            let [a, b, c, d, ..] = ip.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        ip => ip,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(trust_forwarded: bool, peer: &str, header: Option<&str>) -> String {
        let mut request = Request::new(());
        let peer: SocketAddr = peer.parse().unwrap();
        request.extensions_mut().insert(ConnectInfo(peer));
        if let Some(header) = header {
            let value = header.parse().unwrap();
            request.headers_mut().insert("x-forwarded-for", value);
        }
        ClientIp { trust_forwarded }
            .of(&request)
            .unwrap()
            .to_string()
    }

    #[test]
    fn forwarded_address_counts_only_if_the_proxy_is_trusted() {
        assert_eq!(key(false, "10.0.0.1:5", Some("1.2.3.4")), "10.0.0.1");
        assert_eq!(key(true, "10.0.0.1:5", Some("6.6.6.6, 1.2.3.4")), "1.2.3.4");
        assert_eq!(key(true, "10.0.0.1:5", Some("nonsense")), "10.0.0.1");
    }

    #[test]
    fn a_network_of_ipv6_is_one_caller() {
        assert_eq!(
            key(false, "[2001:db8::1]:5", None),
            key(false, "[2001:db8::2]:5", None)
        );
        assert_eq!(key(false, "[::ffff:1.2.3.4]:5", None), "1.2.3.4");
    }
}
