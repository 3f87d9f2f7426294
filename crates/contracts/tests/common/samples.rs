//! One fixed value of every type that a contract reads or writes, with all optional parts present.

use ddvs_contracts::messages::{self, *};
use ddvs_contracts::params::*;
use ddvs_contracts::storage::*;
use ddvs_contracts::{DElectorStatic, Network, RootTerms, Signature};
use tycho_types::cell::Lazy;
use tycho_types::num::Tokens;
use tycho_types::prelude::*;

use super::{addr, hash};

const QUERY: u64 = 0x0102_0304_0506_0708;
const NUMBER: BatchNumber = BatchNumber {
    origin: -1,
    seqno: 12,
};

fn cell(value: impl Store) -> Cell {
    CellBuilder::build_from(value).unwrap()
}

/// An amount that is different in every use, with the given number of bytes.
fn nano(bytes: u32, low: u128) -> Tokens {
    Tokens::new((1 << (8 * bytes - 3)) + low)
}

pub fn network() -> Network {
    Network {
        genesis: hash(0x11),
        delector_code_hash: hash(0x12),
        delector_code_depth: 7,
        root_code_hash: hash(0x13),
        root_code_depth: 9,
    }
}

pub fn terms() -> RootTerms {
    RootTerms {
        owner: addr(1, 0x21),
        lock_period: 86_400,
        unlock_period: 172_800,
        min_stake: nano(6, 1),
        nonce: 42,
    }
}

pub fn proof() -> PossessionProof {
    PossessionProof {
        signature: Signature([0x31; 64]),
    }
}

pub fn evidence() -> Evidence {
    let vote = |byte| SignedVote {
        value_hash: hash(byte),
        signature: Signature([byte; 64]),
    };
    Evidence {
        key: hash(0x41),
        chain: -1,
        height: 1_000_000,
        round: 3,
        vote_type: 2,
        first: Lazy::new(&vote(0x42)).unwrap(),
        second: Lazy::new(&vote(0x43)).unwrap(),
    }
}

fn price() -> Price {
    Price {
        numerator: nano(7, 2),
        denominator: nano(8, 3),
    }
}

fn entries() -> [BatchEntry; 3] {
    [
        BatchEntry::SetStake {
            stake: nano(8, 4),
            key: hash(0x51),
            since: 1_700_000_000,
            proof: Some(Lazy::new(&proof()).unwrap()),
        },
        BatchEntry::RemoveKey {
            evidence: Lazy::new(&evidence()).unwrap(),
        },
        BatchEntry::ForgetKey { key: hash(0x52) },
    ]
}

fn batch() -> Batch {
    let mut dict = Dict::new();
    for (i, entry) in entries().into_iter().enumerate() {
        dict.set(hash(0x60 + i as u8), entry).unwrap();
    }
    Batch {
        origin: 2,
        seqno: 5,
        previous: hash(0x53),
        base: cell(0xff00_0000_0500_0000_u64),
        entries: dict,
    }
}

fn times(time: u32, amount: Tokens) -> Dict<u32, Tokens> {
    let mut times = Dict::new();
    times.set(time, amount).unwrap();
    times
}

fn position() -> Position {
    let mut unlocking = Dict::new();
    unlocking.set(1_700_000_100, nano(5, 5)).unwrap();
    unlocking.set(1_700_000_200, nano(6, 6)).unwrap();
    Position {
        pending: nano(4, 7),
        releasing: nano(2, 10),
        unstaking: true,
        settling: false,
        settled: true,
        locks: times(1_700_000_300, nano(8, 8)),
        leaving: times(1_700_000_400, nano(3, 9)),
        unlocking,
    }
}

fn wallet_storage() -> WalletStorage {
    let mut positions = Dict::new();
    positions.set(addr(0, 0x71), position()).unwrap();
    positions.set(addr(1, 0x72), position()).unwrap();
    WalletStorage {
        owner: addr(1, 0x73),
        chain: 3,
        network: Lazy::new(&network()).unwrap(),
        held: nano(8, 11),
        count: 2,
        positions,
    }
}

fn root_key() -> RootKey {
    RootKey {
        key: hash(0x81),
        proof: Lazy::new(&proof()).unwrap(),
    }
}

fn flight() -> Flight {
    Flight {
        total: nano(8, 12),
        new_key: Some(root_key()),
        query_id: QUERY,
        payer: addr(0, 0x82),
        next: Some(Lazy::new(&payment()).unwrap()),
    }
}

fn payment() -> Payment {
    Payment {
        funds: nano(5, 13),
        query_id: QUERY + 1,
        payer: addr(-1, 0x83),
    }
}

fn root_keys() -> RootKeys {
    RootKeys {
        applied: Some(root_key()),
        next: Some(root_key()),
    }
}

fn prices() -> Prices {
    Prices {
        owner: price(),
        users: Price {
            numerator: nano(6, 14),
            denominator: nano(7, 15),
        },
    }
}

fn root_state() -> RootState {
    RootState {
        owner_active: nano(8, 16),
        owner_unlocking: nano(7, 17),
        users_active: nano(9, 18),
        users_unlocking: nano(6, 19),
        counted: nano(8, 20),
        seq: 77,
        closed: true,
        overcounted: true,
        key_refused: false,
        last_reason: Some(6),
        fate: Fate::Standing {
            floors: times(1_700_000_500, nano(8, 22)),
        },
        chains: chains(nano(7, 23)),
        keys: Some(Lazy::new(&root_keys()).unwrap()),
        flight: Some(Lazy::new(&flight()).unwrap()),
    }
}

fn chain_totals(each: Tokens) -> ChainTotals {
    ChainTotals {
        owner_active: each,
        owner_unlocking: nano(2, 24),
        users_active: each,
        users_unlocking: each,
        scaled: true,
    }
}

fn chains(each: Tokens) -> Dict<i8, ChainTotals> {
    let mut chains = Dict::new();
    for chain in [0, 1, 30] {
        chains.set(chain, chain_totals(each)).unwrap();
    }
    chains
}

/// State of a removed validator.
fn root_state_removed() -> RootState {
    RootState {
        fate: Fate::Removed {
            prices: Lazy::new(&prices()).unwrap(),
        },
        ..root_state()
    }
}

/// The largest possible state: it must fit in its cells.
fn root_state_full() -> RootState {
    let all = Tokens::new((1 << 120) - 1);
    let full = Flight {
        total: all,
        ..flight()
    };
    RootState {
        owner_active: all,
        owner_unlocking: all,
        users_active: all,
        users_unlocking: all,
        counted: all,
        flight: Some(Lazy::new(&full).unwrap()),
        chains: chains(all),
        ..root_state()
    }
}

fn params() -> DdvsParams {
    DdvsParams {
        min_validators: 3,
        max_validators: 100,
        main_validators: 21,
        max_batch: 20,
        max_roots: 10_000,
        max_queue: 1_000,
        min_stake_nano: 10_000_000_000_000,
        max_stake_nano: 10_000_000_000_000_000,
        churn_bp: 3_333,
        slash_bp: 1_000,
        evidence_window_s: 86_400,
        min_unlock_period_s: 90_000,
        set_interval_s: 10,
        op_value_nano: 100_000_000,
        batch_value_nano: 200_000_000,
        item_value_nano: 50_000_000,
        answer_value_nano: 20_000_000,
        peer_value_nano: 30_000_000,
        reserve_nano: 1_000_000_000,
        least_set: 3,
        restarts_consensus: true,
        max_lock_period_s: 31_536_000,
        max_unlock_period_s: 15_552_000,
        vote_value_nano: Uint48::new(10_000_000),
        entry_value_nano: Uint48::new(25_000_000),
        place_value_nano: Uint48::new(48_000_000),
    }
}

fn accepted_root() -> AcceptedRoot {
    AcceptedRoot {
        code_depth: 9,
        network: Lazy::new(&network()).unwrap(),
        wallet_code: cell(0x1234_u16),
    }
}

/// Values of a message: with all optional parts, and without them if it has any. They are put together here field by
/// field, by the names of the fields' types.
fn of_message(info: &MessageInfo) -> Vec<(String, Cell)> {
    let bare = format!("{}-bare", info.name);
    let mut samples = vec![(info.name.to_owned(), encoded(info, true))];
    if info.fields.iter().any(|(_, ty)| ty.starts_with("Option")) {
        samples.push((bare, encoded(info, false)));
    }
    samples
}

fn encoded(info: &MessageInfo, is_full: bool) -> Cell {
    let mut builder = CellBuilder::new();
    builder.store_u32(info.op).unwrap();
    for (place, (_, ty)) in info.fields.iter().enumerate() {
        put(&mut builder, &ty.replace(' ', ""), place as u8, is_full);
    }
    builder.build().unwrap()
}

/// Appends a value of a type, another one at each place in a message.
fn put(builder: &mut CellBuilder, ty: &str, place: u8, is_full: bool) {
    if let Some(inner) = ty
        .strip_prefix("Option<")
        .and_then(|ty| ty.strip_suffix('>'))
    {
        builder.store_bit(is_full).unwrap();
        if is_full {
            put(builder, inner, place, true);
        }
        return;
    }
    let mut store = |value: &dyn Store| value.store_into(builder, Cell::empty_context()).unwrap();
    match ty {
        "u8" => store(&(30 + place)),
        "u16" => store(&(1_000 + u16::from(place))),
        "u32" => store(&(1_700_000_000 + u32::from(place))),
        "u64" => store(&QUERY),
        "i8" => store(&-1_i8),
        "bool" => store(&true),
        "Tokens" => store(&nano(8, place.into())),
        "StdAddr" => store(&addr(i8::try_from(place).unwrap() - 1, 0xa1)),
        "HashBytes" => store(&hash(0xa4 + place)),
        "Price" => store(&price()),
        "ContentId" => store(&ContentId([0xb0 + place; 27])),
        "BatchNumber" => store(&NUMBER),
        "Dict<BatchNumber,HashBytes>" => {
            let mut more = Dict::<BatchNumber, HashBytes>::new();
            more.set(
                BatchNumber {
                    seqno: 13,
                    ..NUMBER
                },
                hash(0xc0),
            )
            .unwrap();
            store(&more);
        }
        "Cell" => store(&cell(0xff00_0000_0500_0000_u64)),
        "Lazy<RootTerms>" => store(&cell(terms())),
        "Lazy<PossessionProof>" => store(&cell(proof())),
        "Lazy<Evidence>" => store(&cell(evidence())),
        "Lazy<Batch>" => store(&cell(batch())),
        other => panic!("no value of type {other} is known here"),
    }
}

/// Name and encoding of a value of every type. The name is that of the Tolk struct, followed by a dash and its
/// variant.
pub fn all() -> Vec<(String, Cell)> {
    let mut codes = Dict::new();
    codes.set(hash(0x91), accepted_root()).unwrap();
    let others = vec![
        ("Price", cell(price())),
        ("PossessionProof", cell(proof())),
        (
            "SignedVote",
            cell(SignedVote {
                value_hash: hash(0xab),
                signature: Signature([0xac; 64]),
            }),
        ),
        ("Evidence", cell(evidence())),
        ("Network", cell(network())),
        ("RootTerms", cell(terms())),
        (
            "DElectorStatic",
            cell(DElectorStatic {
                genesis: hash(0xad),
                chain: -1,
            }),
        ),
        (
            "RootStorage",
            cell(RootStorage {
                delector: addr(1, 0xae),
                terms: Lazy::new(&terms()).unwrap(),
                network: Lazy::new(&network()).unwrap(),
                wallet_code: cell(0x5678_u16),
                state: Some(Lazy::new(&root_state()).unwrap()),
            }),
        ),
        ("WalletStorage", cell(wallet_storage())),
        ("RootState", cell(root_state())),
        ("RootState-full", cell(root_state_full())),
        ("RootState-new", cell(RootState::default())),
        ("RootState-removed", cell(root_state_removed())),
        ("ChainTotals", cell(chain_totals(nano(7, 23)))),
        ("RootKey", cell(root_key())),
        ("RootKeys", cell(root_keys())),
        ("RootKeys-none", cell(RootKeys::default())),
        ("Payment", cell(payment())),
        ("Flight", cell(flight())),
        (
            "Flight-alone",
            cell(Flight {
                new_key: None,
                next: None,
                ..flight()
            }),
        ),
        ("Prices", cell(prices())),
        ("DdvsParams", cell(params())),
        ("AcceptedRoot", cell(accepted_root())),
        ("Batch", cell(batch())),
        ("Position", cell(position())),
        ("positions", cell(wallet_storage())),
        ("AcceptedRoots", cell(AcceptedRoots { codes })),
    ];
    let others = others
        .into_iter()
        .map(|(name, cell): (&str, Cell)| (name.to_owned(), cell));
    messages::all().flat_map(of_message).chain(others).collect()
}
