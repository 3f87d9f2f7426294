//! Whose request it is, for the limit on rates.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::extract::ConnectInfo;
use axum::http::Request;
use tower_governor::GovernorError;
use tower_governor::key_extractor::KeyExtractor;

/// The caller's address.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ClientIp {
    pub trust_forwarded: bool,
}

impl KeyExtractor for ClientIp {
    type Key = IpAddr;

    fn extract<T>(&self, request: &Request<T>) -> Result<IpAddr, GovernorError> {
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
        let peer = peer.map(|info| info.0.ip());
        let forwarded = self.trust_forwarded.then(|| forwarded(request)).flatten();
        let ip = forwarded
            .or(peer)
            .ok_or(GovernorError::UnableToExtractKey)?;
        Ok(network_of(ip))
    }
}

/// What the nearest proxy says: the last entry. Those before it are the caller's own words.
fn forwarded<T>(request: &Request<T>) -> Option<IpAddr> {
    let header = request
        .headers()
        .get_all("x-forwarded-for")
        .iter()
        .next_back()?;
    header
        .to_str()
        .ok()?
        .rsplit(',')
        .next()?
        .trim()
        .parse()
        .ok()
}

/// One caller usually has a whole /64 of IPv6.
fn network_of(ip: IpAddr) -> IpAddr {
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
            .extract(&request)
            .unwrap()
            .to_string()
    }

    #[test]
    fn a_caller_cannot_name_another_address() {
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
