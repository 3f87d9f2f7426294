//! The nodes' first peers: a signed entry for each, in the engine's own encoding (TL, little endian).

use std::net::{IpAddr, SocketAddr};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::Serialize;

use crate::keys::StoredKey;

/// CRC-32 of `transport.peerId key:int256 = transport.PeerId`.
const PEER_ID: u32 = 0x6791_00c0;
/// CRC-32 of `transport.address.ipv4 ip:int port:int = transport.Address`.
const ADDRESS_V4: u32 = 0x43d3_d80a;
/// CRC-32 of `transport.address.ipv6 ip:int128 port:int = transport.Address`.
const ADDRESS_V6: u32 = 0xcbcc_88bc;

/// Addresses of a node, signed by its key.
#[derive(Debug, Clone, Serialize)]
pub struct PeerInfo {
    /// The node's public key in hex.
    pub id: String,
    /// Its addresses.
    pub address_list: Vec<SocketAddr>,
    /// Unix time.
    pub created_at: u32,
    /// Unix time.
    pub expires_at: u32,
    /// Signature over the entry, in base64.
    pub signature: String,
}

impl PeerInfo {
    /// Returns the entry of one node, valid forever.
    pub fn new(key: &StoredKey, address: SocketAddr, now: u32) -> Self {
        let unsigned = encode(&key.public.0, address, now, u32::MAX);
        Self {
            id: hex::encode(key.public.0),
            address_list: vec![address],
            created_at: now,
            expires_at: u32::MAX,
            signature: BASE64_STANDARD.encode(key.pair().sign_raw(&unsigned)),
        }
    }
}

/// Returns the signed bytes: the entry with an empty signature.
fn encode(id: &[u8; 32], address: SocketAddr, created_at: u32, expires_at: u32) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(96);
    bytes.extend(PEER_ID.to_le_bytes());
    bytes.extend(id);
    bytes.extend(1u32.to_le_bytes());
    match address.ip() {
        IpAddr::V4(ip) => {
            bytes.extend(ADDRESS_V4.to_le_bytes());
            bytes.extend(u32::from(ip).to_le_bytes());
        }
        IpAddr::V6(ip) => {
            bytes.extend(ADDRESS_V6.to_le_bytes());
            bytes.extend(ip.octets());
        }
    }
    bytes.extend(u32::from(address.port()).to_le_bytes());
    bytes.extend(created_at.to_le_bytes());
    bytes.extend(expires_at.to_le_bytes());
    bytes.extend([0; 4]);
    bytes
}
