//! Addresses of engines, as people write them.

use std::net::IpAddr;

use malachitebft_app_channel::app::net::Multiaddr;

/// Something that is no `host:port`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no address of an engine. Write host:port, with an IPv6 host in brackets")]
pub struct AddressError(pub String);

/// Parses `host:port`, where the host is a name, an IPv4 address, or an IPv6 address in brackets.
pub(crate) fn parse(address: &str) -> Result<Multiaddr, AddressError> {
    let error = || AddressError(address.to_owned());
    let (host, port) = address.rsplit_once(':').ok_or_else(error)?;
    let port: u16 = port.parse().map_err(|_| error())?;
    let in_brackets = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'));
    let protocol = match in_brackets.unwrap_or(host).parse() {
        Ok(IpAddr::V4(host)) if in_brackets.is_none() => format!("/ip4/{host}"),
        Ok(IpAddr::V6(host)) if in_brackets.is_some() => format!("/ip6/{host}"),
        Err(_) if in_brackets.is_none() && is_name(host) => format!("/dns/{host}"),
        _ => return Err(error()),
    };
    format!("{protocol}/tcp/{port}")
        .parse()
        .map_err(|_| error())
}

fn is_name(host: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    !host.is_empty() && host.bytes().all(is_allowed)
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn addresses_are_host_and_port() {
        for (address, expected) in [
            ("127.0.0.1:80", "/ip4/127.0.0.1/tcp/80"),
            ("[::1]:80", "/ip6/::1/tcp/80"),
            ("node-1.example:80", "/dns/node-1.example/tcp/80"),
        ] {
            assert_eq!(parse(address).unwrap().to_string(), expected);
        }
        for address in [
            "",
            "node",
            ":80",
            "node:",
            "node:70000",
            "::1:80",
            "[127.0.0.1]:80",
            "[node]:80",
            "a/tcp/1:80",
        ] {
            parse(address).unwrap_err();
        }
    }
}
