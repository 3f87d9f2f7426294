//! The table of param 200: its fields, in the order of the cell, each defined here and nowhere else in Rust.
//!
//! A row is
//!
//! ```text
//! /// Meaning.
//! name: source type unit, "label", default, [rules];
//! ```
//!
//! - `name` ends in the unit: `_nano`, `_s` (seconds) or `_bp` (1/10,000). It is the field of [`DdvsParams`], and its name in JSON. The schema, the
//!   contracts and network files leave `_nano` and `_s` out.
//! - `source` says who decides: a `Limit` is a field of [`Limits`], which a network file may set; a `Price` follows from prices and the number of
//!   chains; `Engine` from the network's engine.
//! - `label` names it in a few words for people.
//! - `default` is that of a network file, of a limit only.
//! - `rules` are what must hold in a network file, each with its words.

use ddvs_types::COIN_U64;
use tycho_types::prelude::*;

use super::field::{Field, ParamValue, Rule, Source, Uint48, Unit};

const DAY_S: u32 = 86_400;

/// Longest period of a Root's terms that a network may allow, in seconds: ten years. Sums of times then stay far from 2^32.
const LONGEST_PERIOD_S: u32 = 3_652 * DAY_S;

/// Makes the types from the rows. The rows of limits are taken out of all rows first.
macro_rules! params {
    // the next row is a limit
    (@limits [$($all:tt)*] [$($limits:tt)*]
        $(#[doc = $doc:literal])* $name:ident: Limit $type:ident $unit:ident, $label:literal, $default:expr, $rules:expr; $($rest:tt)*) => {
        params!(@limits [$($all)*] [$($limits)* $(#[doc = $doc])* $name: $type $unit, $default, $rules;] $($rest)*);
    };
    // the next row is something else
    (@limits [$($all:tt)*] [$($limits:tt)*]
        $(#[doc = $doc:literal])* $name:ident: $source:ident $type:ident $unit:ident, $label:literal; $($rest:tt)*) => {
        params!(@limits [$($all)*] [$($limits)*] $($rest)*);
    };
    (@limits
        [$($(#[doc = $doc:literal])* $name:ident: $source:ident $type:ident $unit:ident, $label:literal $(, $default:expr, $rules:expr)?;)*]
        [$($(#[doc = $own_doc:literal])* $own:ident: $own_type:ident $own_unit:ident, $own_default:expr, $own_rules:expr;)*]
    ) => {
        /// Param 200: limits and prices of the network on this chain. Amounts are in nano.
        #[derive(Debug, Clone, Default, PartialEq, Eq, Store, Load)]
        #[tlb(tag = "#ddf5")]
        pub struct DdvsParams {
            $($(#[doc = $doc])* pub $name: $type,)*
        }

        impl DdvsParams {
            /// What is known of each field, in the order of the cell.
            pub const FIELDS: &[Field] = &[
                $(Field {
                    name: stringify!($name),
                    label: $label,
                    doc: concat!($($doc),*),
                    unit: Unit::$unit,
                    source: Source::$source,
                    bits: <$type as ParamValue>::BITS,
                },)*
            ];

            /// The value of each field, in the order of [`DdvsParams::FIELDS`].
            pub fn values(&self) -> Vec<u64> {
                vec![$(ParamValue::number(self.$name),)*]
            }
        }

        /// The fields of param 200 that a network file may set.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct Limits {
            $($(#[doc = $own_doc])* pub $own: $own_type,)*
        }

        impl Default for Limits {
            fn default() -> Self {
                Self { $($own: $own_default,)* }
            }
        }

        impl Limits {
            /// What must hold, with its words.
            pub(super) const RULES: &[&[Rule]] = &[$($own_rules,)*];

            /// The name and the value of each limit, in the order of the cell.
            pub(super) fn numbers(&self) -> Vec<(&'static str, u64)> {
                vec![$((stringify!($own), ParamValue::number(self.$own)),)*]
            }

            /// Sets the limit that has this name in [`DdvsParams::FIELDS`]. Returns whether there is one for which the number is not too large.
            pub(super) fn put(&mut self, name: &str, number: u64) -> bool {
                match name {
                    $(stringify!($own) => match ParamValue::from_number(number) {
                        Some(value) => { self.$own = value; true }
                        None => false,
                    },)*
                    _ => false,
                }
            }
        }

        impl From<&Limits> for DdvsParams {
            /// These limits; all prices are zero.
            fn from(limits: &Limits) -> Self {
                Self { $($own: limits.$own,)* ..Self::default() }
            }
        }

        impl From<&DdvsParams> for Limits {
            fn from(params: &DdvsParams) -> Self {
                Self { $($own: params.$own,)* }
            }
        }
    };
    ($($all:tt)*) => {
        params!(@limits [$($all)*] [] $($all)*);
    };
}

params! {
    /// Minimum size of a set.
    min_validators: Limit u16 Count, "fewest validators", 3, &[
        Rule("min_validators is at least 1", |limits| limits.min_validators >= 1),
    ];
    /// Maximum size of a workchain's set.
    max_validators: Limit u16 Count, "most validators of a workchain", 400, &[
        Rule("max_validators is at least min_validators", |limits| limits.max_validators >= limits.min_validators),
    ];
    /// Maximum size of the masterchain's set.
    main_validators: Limit u16 Count, "most validators of the masterchain", 100, &[
        Rule("main_validators is at least min_validators", |limits| limits.main_validators >= limits.min_validators),
    ];
    /// Maximum number of entries in a batch: closing, checking and applying it take one transaction each.
    max_batch: Limit u8 Count, "most changes in a batch", 8, &[
        Rule("max_batch is 1 to 8, or a batch may run out of gas", |limits| (1..=8).contains(&limits.max_batch)),
    ];
    /// Maximum number of Roots in one chain's registry; a network of many chains has room for fewer.
    max_roots: Limit u32 Count, "most Roots of a chain", 20_000, &[];
    /// Maximum number of changes that wait for a batch.
    max_queue: Limit u32 Count, "most changes that wait", 4_096, &[];
    /// Smallest stake of a validator.
    min_stake_nano: Limit u64 Nano, "smallest stake of a validator", 10_000 * COIN_U64, &[
        Rule("min_stake is at least one coin", |limits| limits.min_stake_nano >= COIN_U64),
    ];
    /// Largest stake that counts for one Root.
    max_stake_nano: Limit u64 Nano, "largest stake of a validator", 100_000_000 * COIN_U64, &[
        Rule("max_stake is at least min_stake", |limits| limits.max_stake_nano >= limits.min_stake_nano),
    ];
    /// Share of the registered stake that a batch may move.
    churn_bp: Limit u16 BasisPoints, "share of the stake that a batch may move", 3_333, &[
        Rule("churn_bp is 1 to 10,000", |limits| (1..=10_000).contains(&limits.churn_bp)),
    ];
    /// Share of a pool's coins that an offence costs.
    slash_bp: Limit u16 BasisPoints, "share of a pool that an offence costs", 1_000, &[
        Rule("slash_bp is at most 10,000", |limits| limits.slash_bp <= 10_000),
    ];
    /// How long a key that left can be held accountable.
    evidence_window_s: Limit u32 Seconds, "time in which a key that left can be blamed", DAY_S, &[];
    /// Shortest unlock period of a Root; longer than the evidence window.
    min_unlock_period_s: Limit u32 Seconds, "shortest unlock period of a Root", 2 * DAY_S, &[
        Rule("min_unlock_period is longer than evidence_window, or evidence could come too late",
            |limits| limits.min_unlock_period_s > limits.evidence_window_s),
    ];
    /// Minimum time between two sets in param 34; 0 writes each change immediately.
    set_interval_s: Limit u32 Seconds, "least time between two sets", 0, &[];
    /// Pays for a message from a wallet to a Root and the answer.
    op_value_nano: Price u64 Nano, "value of a message to a Root and back";
    /// Pays for a batch on all chains, without its entries.
    batch_value_nano: Price u64 Nano, "value of a batch";
    /// Pays for one change of a batch on all chains.
    item_value_nano: Price u64 Nano, "value of a change in a batch";
    /// Minimum value attached to an answer, and to a message of a D'Elector to itself.
    answer_value_nano: Price u64 Nano, "value of an answer";
    /// Attached to a proposal: pays the receiver for applying it, and for its votes.
    peer_value_nano: Price u64 Nano, "value of a proposal";
    /// Minimum balance of a D'Elector for its storage.
    reserve_nano: Price u64 Nano, "reserve of a D'Elector";
    /// Minimum number of members in param 34: some engines stop with fewer. Until enough validate, the last set stays.
    least_set: Limit u16 Count, "fewest members that are published", 1, &[
        Rule("least_set is at most max_validators and main_validators, or no set could ever be written",
            |limits| limits.least_set <= limits.max_validators.min(limits.main_validators)),
    ];
    /// Whether a new set comes with a change of param 29, which makes Tycho's nodes switch to it immediately.
    restarts_consensus: Engine bool Flag, "whether a new set restarts consensus";
    /// Longest lock period of a Root.
    max_lock_period_s: Limit u32 Seconds, "longest lock period of a Root", 365 * DAY_S, &[];
    /// Longest unlock period of a Root.
    max_unlock_period_s: Limit u32 Seconds, "longest unlock period of a Root", 180 * DAY_S, &[
        Rule("max_unlock_period is at least min_unlock_period",
            |limits| limits.max_unlock_period_s >= limits.min_unlock_period_s),
        Rule("max_lock_period and max_unlock_period are at most ten years",
            |limits| limits.max_lock_period_s.max(limits.max_unlock_period_s) <= LONGEST_PERIOD_S),
    ];
    /// Attached to each vote: pays the receiver for booking it.
    vote_value_nano: Price Uint48 Nano, "value of a vote";
    /// Attached to a proposal for each of its entries.
    entry_value_nano: Price Uint48 Nano, "value of an entry in a proposal";
    /// Price of a new key: ten years of storage for it and its Root on all chains, and checking it.
    place_value_nano: Price Uint48 Nano, "value of a new key";
}
