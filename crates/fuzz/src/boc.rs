//! Mutation of a bag of cells: changes one cell on a path from its root, and rebuilds the cells above it.

use tycho_types::boc::Boc;
use tycho_types::cell::{Cell, CellBuilder, CellFamily};

use crate::Rng;

/// Maximum length of a path.
const MAX_WAY: usize = 64;
/// Depths of chains of cells that replace a cell: near the limit of a message, or above it.
const CHAIN_DEPTHS: [usize; 3] = [200, 510, 1_000];
const MAX_BITS: usize = 1_023;

/// Returns `None` if it is not a bag of cells, or the changed cell cannot be built.
pub(crate) fn mutate(rng: &mut Rng, input: &[u8], all: &[Vec<u8>]) -> Option<Vec<u8>> {
    let root = Boc::decode(input).ok()?;
    Some(Boc::encode(change(rng, &root, all, 0)?))
}

fn change(rng: &mut Rng, cell: &Cell, all: &[Vec<u8>], depth: usize) -> Option<Cell> {
    let count = usize::from(cell.reference_count());
    if count > 0 && depth < MAX_WAY && !rng.one_in(3) {
        let at = rng.below(count);
        let mut parts = Parts::of(cell);
        parts.refs[at] = change(rng, &parts.refs[at].clone(), all, depth + 1)?;
        return parts.build();
    }
    let mut parts = Parts::of(cell);
    let bits = parts.bits.len();
    let at = rng.below(bits.max(1));
    match rng.below(12) {
        0 | 1 if bits > 0 => parts.bits[at] ^= true,
        2 if bits > 0 => {
            // a field of a usual width
            let width = *rng.pick(&[1, 2, 4, 8, 16, 32, 64, 120, 256]);
            let number = rng.odd_number();
            let end = (at + width).min(bits);
            for place in at..end {
                let from_end = end - 1 - place;
                parts.bits[place] = match from_end {
                    0..64 => number >> from_end & 1 == 1,
                    _ => number >> 63 == 1,
                };
            }
        }
        3 => parts.bits.truncate(at),
        4 => {
            let more = 1 + rng.below(MAX_BITS - bits.min(MAX_BITS - 1));
            parts.bits.extend((0..more).map(|_| rng.one_in(2)));
        }
        5 if bits > 0 => {
            let end = (at + 1 + rng.below(64)).min(bits);
            drop(parts.bits.drain(at..end));
        }
        6 if count > 0 => drop(parts.refs.remove(rng.below(count))),
        7 if count < 4 => parts.refs.insert(rng.below(count + 1), donor(rng, all)),
        8 if count > 0 => parts.refs[rng.below(count)] = donor(rng, all),
        9 if count > 1 => parts.refs.swap(0, count - 1),
        10 if rng.one_in(8) => parts.refs = vec![chain(*rng.pick(&CHAIN_DEPTHS))?],
        10 if count > 0 => {
            let twin = parts.refs[rng.below(count)].clone();
            parts.refs[rng.below(count)] = twin;
        }
        11 if rng.one_in(4) => parts.is_exotic ^= true,
        11 => return Some(donor(rng, all)),
        _ => {
            parts.bits.truncate(MAX_BITS - 8);
            let number = rng.number();
            parts.bits.extend((0..8).map(|bit| number >> bit & 1 == 1));
        }
    }
    parts.bits.truncate(MAX_BITS);
    parts.build()
}

/// Returns a cell of any sample.
fn donor(rng: &mut Rng, all: &[Vec<u8>]) -> Cell {
    let Ok(mut cell) = Boc::decode(rng.pick(all)) else {
        return Cell::default();
    };
    for _ in 0..MAX_WAY {
        let count = usize::from(cell.reference_count());
        if count == 0 || rng.one_in(3) {
            break;
        }
        match cell.reference_cloned(rng.below(count) as u8) {
            Some(child) => cell = child,
            None => break,
        }
    }
    cell
}

fn chain(depth: usize) -> Option<Cell> {
    let mut cell = Cell::default();
    for _ in 0..depth {
        let mut builder = CellBuilder::new();
        builder.store_reference(cell).ok()?;
        cell = builder.build().ok()?;
    }
    Some(cell)
}

/// A cell under mutation.
struct Parts {
    bits: Vec<bool>,
    refs: Vec<Cell>,
    is_exotic: bool,
}

impl Parts {
    fn of(cell: &Cell) -> Self {
        let data = cell.data();
        let bit = |at: usize| data[at / 8] >> (7 - at % 8) & 1 == 1;
        Self {
            bits: (0..usize::from(cell.bit_len())).map(bit).collect(),
            refs: cell.references().cloned().collect(),
            is_exotic: cell.is_exotic(),
        }
    }

    fn build(self) -> Option<Cell> {
        let mut builder = CellBuilder::new();
        builder.set_exotic(self.is_exotic);
        for bit in self.bits {
            builder.store_bit(bit).ok()?;
        }
        for child in self.refs {
            builder.store_reference(child).ok()?;
        }
        builder.build_ext(Cell::empty_context()).ok()
    }
}
