//! Texts that go with coins: a body with op code 0, then UTF-8, continued in the first reference where a cell is full.

use tycho_types::cell::{Cell, CellBuilder};
use tycho_types::error::Error;

/// Maximum length of a comment in bytes.
pub const MAX_COMMENT_BYTES: usize = 960;

/// Op code of a comment.
const COMMENT: u32 = 0;
/// Bytes that fit in the first cell, after the op code.
const FIRST_BYTES: usize = 123;
/// Bytes that fit in each further cell.
const NEXT_BYTES: usize = 127;

/// Returns the text of a comment as a cell, without the op code.
///
/// Fails only when it is longer than [`MAX_COMMENT_BYTES`].
pub fn comment_cell(text: &str) -> Result<Cell, Error> {
    let bytes = text.as_bytes();
    if bytes.len() > MAX_COMMENT_BYTES {
        return Err(Error::CellOverflow);
    }
    let (first, rest) = bytes.split_at(bytes.len().min(FIRST_BYTES));
    let mut next = None;
    for part in rest.chunks(NEXT_BYTES).rev() {
        next = Some(part_cell(part, next)?);
    }
    part_cell(first, next)
}

/// Returns the body of a transfer with a comment: op code 0, then the text.
///
/// Fails only when the text is longer than [`MAX_COMMENT_BYTES`].
pub fn comment_body(text: &str) -> Result<Cell, Error> {
    let mut builder = CellBuilder::new();
    builder.store_u32(COMMENT)?;
    builder.store_slice(comment_cell(text)?.as_slice()?)?;
    builder.build()
}

fn part_cell(bytes: &[u8], next: Option<Cell>) -> Result<Cell, Error> {
    let mut builder = CellBuilder::new();
    builder.store_raw(bytes, (bytes.len() * 8) as u16)?;
    if let Some(next) = next {
        builder.store_reference(next)?;
    }
    builder.build()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text in a chain of cells.
    fn text_of(mut cell: Cell) -> String {
        let mut bytes = Vec::new();
        loop {
            let bits = cell.bit_len();
            let mut part = vec![0; usize::from(bits / 8)];
            cell.as_slice().unwrap().load_raw(&mut part, bits).unwrap();
            bytes.extend(part);
            match cell.reference_cloned(0) {
                Some(next) => cell = next,
                None => return String::from_utf8(bytes).unwrap(),
            }
        }
    }

    #[test]
    fn texts_of_any_length_come_back() {
        for length in [0, 1, 122, 123, 124, 250, 251, MAX_COMMENT_BYTES] {
            let text = "x".repeat(length);
            assert_eq!(text_of(comment_cell(&text).unwrap()), text);
        }
        assert_eq!(
            text_of(comment_cell(&"é".repeat(200)).unwrap()),
            "é".repeat(200)
        );
        assert!(comment_cell(&"x".repeat(MAX_COMMENT_BYTES + 1)).is_err());
    }

    #[test]
    fn a_body_is_op_code_zero_and_the_text() {
        for length in [0, 3, 123, 124, MAX_COMMENT_BYTES] {
            let text = "x".repeat(length);
            let body = comment_body(&text).unwrap();
            let mut slice = body.as_slice().unwrap();
            assert_eq!(slice.load_u32().unwrap(), 0);
            let rest = CellBuilder::build_from(slice).unwrap();
            assert_eq!(text_of(rest), text);
        }
        assert!(comment_body(&"x".repeat(MAX_COMMENT_BYTES + 1)).is_err());
    }
}
