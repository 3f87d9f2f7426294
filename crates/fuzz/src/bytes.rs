//! Mutation of bytes.

use crate::Rng;

/// Maximum size of an input after insertions.
const MAX_BYTES: usize = 1 << 16;
/// Maximum number of bytes copied by one insertion.
const MAX_PIECE: usize = 256;

pub(crate) fn mutate(rng: &mut Rng, input: &[u8], all: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = input.to_vec();
    let at = rng.below(bytes.len());
    let length = 1 + rng.below(8.min(bytes.len().saturating_sub(at)).max(1));
    let end = (at + length).min(bytes.len());
    match rng.below(9) {
        _ if bytes.is_empty() => bytes.push(rng.number() as u8),
        0 | 1 => bytes[at] ^= 1 << rng.below(8),
        2 => bytes[at] = *rng.pick(&[0, 1, 0x7f, 0x80, 0xff]),
        3 => {
            // a number in either byte order
            let number = rng.odd_number();
            let written = match rng.one_in(2) {
                true => number.to_le_bytes(),
                false => number.to_be_bytes(),
            };
            let from = 8 - (end - at).min(8);
            bytes[at..end].copy_from_slice(&written[from..from + (end - at)]);
        }
        4 => bytes.truncate(at),
        5 => drop(bytes.drain(at..end)),
        6 if bytes.len() < MAX_BYTES => {
            let piece: Vec<u8> = (at..end).map(|_| rng.number() as u8).collect();
            bytes.splice(at..at, piece);
        }
        7 if bytes.len() < MAX_BYTES => {
            let other = rng.pick(all);
            let from = rng.below(other.len());
            let until = (from + 1 + rng.below(MAX_PIECE)).min(other.len());
            bytes.splice(at..end, other[from..until].iter().copied());
        }
        _ => bytes[at] = rng.number() as u8,
    }
    bytes
}
