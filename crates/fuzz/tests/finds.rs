//! Planted faults are found: decoders with a fault of each kind, and the printed line repeats the input.
#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

use std::panic::{AssertUnwindSafe, catch_unwind};

use ddvs_fuzz::{Rng, Shape, fuzz};
use tycho_types::boc::Boc;
use tycho_types::cell::{Cell, CellBuilder};

/// Long enough for each of these.
const SECONDS: u64 = 20;

/// Whether a fault of the check is found.
fn is_found(name: &str, shape: Shape, sample: Vec<u8>, check: impl Fn(&[u8]) -> bool) -> bool {
    assert!(check(&sample), "{name}: the sample is refused");
    let run = || fuzz(name, SECONDS, shape, &[sample], |input| check(input));
    catch_unwind(AssertUnwindSafe(run)).is_err()
}

fn boc(number: u64, child: Option<Cell>) -> Vec<u8> {
    let mut builder = CellBuilder::new();
    builder.store_u64(number).unwrap();
    if let Some(child) = child {
        builder.store_reference(child).unwrap();
    }
    Boc::encode(builder.build().unwrap())
}

#[test]
fn decoder_that_trusts_a_length_is_found() {
    let check = |input: &[u8]| {
        let Some((length, rest)) = input.split_first() else {
            return false;
        };
        rest[..usize::from(*length)].len() < 256
    };
    assert!(is_found(
        "planted-bytes",
        Shape::Bytes,
        vec![2, 7, 7],
        check
    ));
}

#[test]
fn decoder_that_trusts_a_cell_reference_is_found() {
    let child = Boc::decode(boc(7, None)).unwrap();
    // the decoder wrongly trusts that a reference with 64 bits or more follows the number
    let check = |input: &[u8]| {
        let Ok(cell) = Boc::decode(input) else {
            return false;
        };
        let mut slice = cell.as_slice_allow_exotic();
        slice.load_u64().is_ok()
            && slice
                .load_reference_as_slice()
                .is_ok_and(|mut slice| slice.load_u64().unwrap() < u64::MAX)
    };
    assert!(is_found(
        "planted-boc",
        Shape::Boc,
        boc(1, Some(child)),
        check
    ));
}

#[test]
fn a_missing_field_and_a_cell_in_text_are_found() {
    let sample = |boc: Vec<u8>| {
        use base64::prelude::*;
        let text = serde_json::json!({"id": 1, "result": {"boc": BASE64_STANDARD.encode(boc)}});
        text.to_string().into_bytes()
    };
    let parse = |input: &[u8]| serde_json::from_slice::<serde_json::Value>(input).ok();
    let missing = move |input: &[u8]| {
        parse(input).is_some_and(|value| value.get("result").unwrap().is_object())
    };
    assert!(is_found(
        "planted-json",
        Shape::Json,
        sample(boc(1, None)),
        missing
    ));
    let narrow = move |input: &[u8]| {
        let cell = parse(input)
            .and_then(|value| value["result"]["boc"].as_str().map(ToOwned::to_owned))
            .and_then(|text| Boc::decode_base64(text).ok());
        cell.is_some_and(|cell| cell.as_slice_allow_exotic().load_u64().unwrap() < u64::MAX)
    };
    assert!(is_found(
        "planted-text",
        Shape::Json,
        sample(boc(1, None)),
        narrow
    ));
}

#[test]
fn the_same_seed_gives_the_same_inputs() {
    let samples = [boc(1, None), boc(2, None)];
    for shape in [Shape::Bytes, Shape::Boc, Shape::Json] {
        let inputs = |seed| {
            let mut rng = Rng::new(seed);
            let one = |_| shape.mutate(&mut rng, &samples[0], &samples);
            (0..200).map(one).collect::<Vec<_>>()
        };
        assert_eq!(inputs(1), inputs(1));
        assert_ne!(inputs(1), inputs(2));
    }
}
