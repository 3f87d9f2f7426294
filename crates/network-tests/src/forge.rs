//! Signatures that prove nothing: for a key of small order anyone finds valid ones, without any secret.

use ddvs_contracts::primitives::Signature;
use tycho_crypto::ed25519::PublicKey;
use tycho_types::cell::HashBytes;

/// The key that is all zeros: a point of order 4.
pub const ZERO_KEY: HashBytes = HashBytes::ZERO;

/// The encodings of all points of small order: their y, and whether x is negative.
const SMALL_ORDER: [([u8; 32], bool); 8] = {
    const fn number(first: u8, middle: u8, last: u8) -> [u8; 32] {
        let mut bytes = [middle; 32];
        bytes[0] = first;
        bytes[31] = last;
        bytes
    }
    [
        (number(0x01, 0, 0), false),
        (number(0xec, 0xff, 0x7f), false),
        (number(0, 0, 0), false),
        (number(0, 0, 0), true),
        (ORDER_8[0], false),
        (ORDER_8[0], true),
        (ORDER_8[1], false),
        (ORDER_8[1], true),
    ]
};

/// y of the points of order 8.
const ORDER_8: [[u8; 32]; 2] = [
    [
        0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98,
        0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53,
        0xfc, 0x05,
    ],
    [
        0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67,
        0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac,
        0x03, 0x7a,
    ],
];

/// Every encoding of a point of small order, and every number from p on: the list of libsodium, RFC 8032's rule that y is less
/// than p, and the sign of x both ways.
pub fn keys_that_prove_nothing() -> Vec<HashBytes> {
    let mut ys: Vec<[u8; 32]> = SMALL_ORDER.iter().map(|(y, _)| *y).collect();
    for lowest in 0xed..=0xff {
        let mut y = [0xff; 32];
        (y[0], y[31]) = (lowest, 0x7f);
        ys.push(y);
    }
    let both = ys.into_iter().flat_map(|y| {
        let mut other = y;
        other[31] |= 0x80;
        [y, other]
    });
    let mut keys: Vec<_> = both.map(HashBytes).collect();
    keys.sort();
    keys.dedup();
    keys
}

/// A signature by `key`, of small order, that holds for this message. One message in four has none: take another.
pub fn forge(key: &HashBytes, message: &[u8]) -> Option<Signature> {
    let key = PublicKey::from_bytes(key.0)?;
    SMALL_ORDER.iter().find_map(|(y, is_negative)| {
        let mut signature = [0; 64];
        signature[..32].copy_from_slice(y);
        signature[31] |= u8::from(*is_negative) << 7;
        key.verify_raw(message, &signature)
            .then_some(Signature(signature))
    })
}
