use proptest::prelude::*;
use tycho_types::cell::HashBytes;

use super::*;

const MAX: usize = 5 * PART_BYTES - 7;

fn key(byte: u8) -> Key {
    Key(HashBytes([byte; 32]))
}

fn proposed(sender: u8, length: usize) -> Proposed {
    Proposed {
        height: Height(4),
        round: Round::new(1),
        valid_round: Round::Nil,
        proposer: key(1),
        sender: key(sender),
        bytes: (0..length).map(|index| (index % 251) as u8).collect(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_block_is_put_together_from_parts_in_any_order(
        length in prop_oneof![Just(0), Just(1), Just(PART_BYTES), Just(MAX), 0..=MAX],
        seed in any::<u64>(),
    ) {
        let proposed = proposed(1, length);
        let mut parts: Vec<_> = split(&proposed, 9).collect();
        parts.sort_by_key(|part| u64::from(part.index).wrapping_add(1).wrapping_mul(seed | 1));
        let mut assembly = Assembly::new(MAX);
        let last = parts.pop().unwrap();
        for part in parts {
            prop_assert_eq!(assembly.insert(part.clone()), None);
            prop_assert_eq!(assembly.insert(part), None, "the same again");
        }
        prop_assert_eq!(assembly.insert(last), Some(proposed));
        prop_assert!(assembly.streams.is_empty());
    }
}

#[test]
fn a_block_that_is_too_large_is_not_collected() {
    let mut assembly = Assembly::new(MAX);
    for length in [MAX + 1, MAX + PART_BYTES, 20 * PART_BYTES] {
        let complete: Vec<_> = split(&proposed(1, length), 9)
            .filter_map(|part| assembly.insert(part))
            .collect();
        assert_eq!(complete, [], "{length}");
    }
    let mut part = split(&proposed(1, MAX), 9).next().unwrap();
    part.count = u32::MAX;
    assert_eq!(assembly.insert(part.clone()), None);
    part.index = u32::MAX;
    assert_eq!(assembly.insert(part.clone()), None);
    part.index = 0;
    part.count = 0;
    assert_eq!(assembly.insert(part), None);
}

#[test]
fn parts_of_different_streams_are_not_mixed() {
    let mut assembly = Assembly::new(MAX);
    let proposed = proposed(1, 2 * PART_BYTES);
    let first = split(&proposed, 1).next().unwrap();
    let second = split(&proposed, 2).nth(1).unwrap();
    assert_eq!(assembly.insert(first), None);
    assert_eq!(assembly.insert(second), None);
}

#[test]
fn a_sender_with_many_streams_replaces_its_own() {
    let mut assembly = Assembly::new(MAX);
    let honest = proposed(2, 2 * PART_BYTES);
    let mut parts = split(&honest, 0);
    assert_eq!(assembly.insert(parts.next().unwrap()), None);
    let many = proposed(3, 2 * PART_BYTES);
    for stream in 0..1_000 {
        let part = split(&many, stream).next().unwrap();
        assert_eq!(assembly.insert(part), None);
        assert!(assembly.streams.len() <= 1 + MAX_STREAMS_OF_SENDER);
    }
    assert_eq!(assembly.insert(parts.next().unwrap()), Some(honest.clone()));
}

#[test]
fn there_are_never_more_streams_than_the_limit() {
    let mut assembly = Assembly::new(MAX);
    for sender in 0..=255 {
        let proposed = proposed(sender, 2 * PART_BYTES);
        let part = split(&proposed, 0).next().unwrap();
        assert_eq!(assembly.insert(part), None);
        assert!(assembly.streams.len() <= MAX_STREAMS);
    }
    assembly.forget_below(Height(5));
    assert!(assembly.streams.is_empty());
}
