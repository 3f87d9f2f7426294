//! Keys. Their byte order is the order of pages: chains ascending with the masterchain first, numbers ascending.

use ddvs_client::ChainId;
use tycho_types::cell::HashBytes;
use tycho_types::models::StdAddr;

/// Encodes a chain, so that -1 comes first.
pub(crate) fn chain(id: ChainId) -> [u8; 1] {
    [id.cast_unsigned() ^ 0x80]
}

/// The chain of a key's first byte.
pub(crate) fn chain_of(byte: u8) -> ChainId {
    (byte ^ 0x80).cast_signed()
}

pub(crate) fn address(address: &StdAddr) -> [u8; 33] {
    let mut key = [0; 33];
    key[..1].copy_from_slice(&chain(address.workchain));
    key[1..].copy_from_slice(address.address.as_slice());
    key
}

pub(crate) fn block(id: ChainId, seqno: u32) -> [u8; 5] {
    let mut key = [0; 5];
    key[..1].copy_from_slice(&chain(id));
    key[1..].copy_from_slice(&seqno.to_be_bytes());
    key
}

/// A chain and a logical time, or a time in ms.
pub(crate) fn moment(id: ChainId, at: u64) -> [u8; 9] {
    let mut key = [0; 9];
    key[..1].copy_from_slice(&chain(id));
    key[1..].copy_from_slice(&at.to_be_bytes());
    key
}

/// Key of a transaction, and of an account's message at a logical time.
pub(crate) fn transaction(account: &StdAddr, lt: u64) -> [u8; 41] {
    let mut key = [0; 41];
    key[..33].copy_from_slice(&address(account));
    key[33..].copy_from_slice(&lt.to_be_bytes());
    key
}

pub(crate) fn in_block(id: ChainId, seqno: u32, lt: u64, account: &HashBytes) -> [u8; 45] {
    let mut key = [0; 45];
    key[..5].copy_from_slice(&block(id, seqno));
    key[5..13].copy_from_slice(&lt.to_be_bytes());
    key[13..].copy_from_slice(account.as_slice());
    key
}

/// Two addresses: an owner's wallet, a Root's staker.
pub(crate) fn pair(first: &StdAddr, second: &StdAddr) -> [u8; 66] {
    let mut key = [0; 66];
    key[..33].copy_from_slice(&address(first));
    key[33..].copy_from_slice(&address(second));
    key
}

/// An account by its code.
pub(crate) fn by_code(code: &HashBytes, account: &StdAddr) -> [u8; 65] {
    let mut key = [0; 65];
    key[..32].copy_from_slice(code.as_slice());
    key[32..].copy_from_slice(&address(account));
    key
}

pub(crate) fn batch(origin: ChainId, seqno: u32, hash: &HashBytes) -> [u8; 37] {
    let mut key = [0; 37];
    key[..5].copy_from_slice(&block(origin, seqno));
    key[5..].copy_from_slice(hash.as_slice());
    key
}

/// A copy's registry of a chain.
pub(crate) fn copy(copy: ChainId, origin: ChainId) -> [u8; 2] {
    [chain(copy)[0], chain(origin)[0]]
}

/// Key of a pool by its counted stake: the largest first, then by address.
pub(crate) fn by_stake(counted_nano: u128, root: &StdAddr) -> [u8; 49] {
    let mut key = [0; 49];
    key[..16].copy_from_slice(&(!counted_nano).to_be_bytes());
    key[16..].copy_from_slice(&address(root));
    key
}

/// Returns the first key that does not begin with `prefix`; `None` if there is none.
pub(crate) fn after_prefix(prefix: &[u8]) -> Option<Vec<u8>> {
    let mut end = prefix.to_vec();
    while let Some(last) = end.last_mut() {
        if *last < u8::MAX {
            *last += 1;
            return Some(end);
        }
        end.pop();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_masterchain_comes_first() {
        let mut ids = [3, -1, 0, 1];
        ids.sort_by_key(|id| chain(*id));
        assert_eq!(ids, [-1, 0, 1, 3]);
        assert!(ids.iter().all(|id| chain_of(chain(*id)[0]) == *id));
    }

    #[test]
    fn larger_stakes_come_first() {
        let root = StdAddr::new(0, HashBytes::ZERO);
        assert!(by_stake(10, &root) < by_stake(9, &root));
    }

    #[test]
    fn a_prefix_ends_where_the_next_begins() {
        assert_eq!(after_prefix(&[1, 2]), Some(vec![1, 3]));
        assert_eq!(after_prefix(&[1, 255]), Some(vec![2]));
        assert_eq!(after_prefix(&[255]), None);
    }
}
