//! What the rows of the table of param 200 are made of.

use tycho_types::error::Error;
use tycho_types::prelude::*;

use super::Limits;

/// A field of param 200.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// Its name, which ends in the unit: in Rust and in JSON.
    pub name: &'static str,
    /// A few words for people.
    pub label: &'static str,
    /// What it means: the sentences of its documentation.
    pub doc: &'static str,
    /// Its unit.
    pub unit: Unit,
    /// Who decides its value.
    pub source: Source,
    /// Its width in the cell.
    pub bits: u16,
}

impl Field {
    /// Its name in `contracts/schema.tlb` and in network files: without the unit, which these imply.
    pub fn schema_name(&self) -> &'static str {
        let name = self.name;
        let name = name.strip_suffix("_nano").unwrap_or(name);
        name.strip_suffix("_s").unwrap_or(name)
    }

    /// Its name in the contracts, such as `minStake`.
    pub fn tolk_name(&self) -> String {
        let mut words = self.schema_name().split('_');
        let first = words.next().unwrap_or_default().to_owned();
        words.fold(first, |name, word| {
            let (initial, rest) = word.split_at(1);
            name + &initial.to_uppercase() + rest
        })
    }
}

/// The unit of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// How many there are.
    Count,
    /// Nano: 10^-9 coin.
    Nano,
    /// Seconds.
    Seconds,
    /// 1/10,000.
    BasisPoints,
    /// 0 or 1: no or yes.
    Flag,
}

impl Unit {
    /// Its sign; none for a count and a flag.
    pub fn sign(self) -> Option<&'static str> {
        match self {
            Self::Count | Self::Flag => None,
            Self::Nano => Some("nano"),
            Self::Seconds => Some("s"),
            Self::BasisPoints => Some("bp"),
        }
    }
}

/// A number as JSON has it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(untagged)]
pub enum ParamJson {
    /// A count, seconds or basis points.
    Number(u64),
    /// An amount in nano, in decimal digits.
    Text(String),
    /// Yes or no.
    Flag(bool),
}

impl Unit {
    /// A number of this unit.
    pub fn json(self, number: u64) -> ParamJson {
        match self {
            Self::Nano => ParamJson::Text(number.to_string()),
            Self::Flag => ParamJson::Flag(number != 0),
            Self::Count | Self::Seconds | Self::BasisPoints => ParamJson::Number(number),
        }
    }
}

/// Who decides a field's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// A network file may set it.
    Limit,
    /// It follows from prices and the number of chains.
    Price,
    /// It follows from the network's engine.
    Engine,
}

/// What must hold between limits, with its words.
pub(super) struct Rule(pub &'static str, pub fn(&Limits) -> bool);

/// A type of a field.
pub(super) trait ParamValue: Copy {
    const BITS: u16;
    fn number(self) -> u64;
    /// None if the number is too large.
    fn from_number(number: u64) -> Option<Self>;
}

macro_rules! param_values {
    ($($type:ident),*) => {
        $(impl ParamValue for $type {
            const BITS: u16 = $type::BITS as u16;
            fn number(self) -> u64 {
                u64::from(self)
            }
            fn from_number(number: u64) -> Option<Self> {
                number.try_into().ok()
            }
        })*
    };
}
param_values!(u8, u16, u32, u64);

impl ParamValue for bool {
    const BITS: u16 = 1;
    fn number(self) -> u64 {
        u64::from(self)
    }
    fn from_number(number: u64) -> Option<Self> {
        match number {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }
}

/// A number of 48 bits: so short that all parameters fit in one cell.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Uint48(u64);

impl Uint48 {
    const BITS: u16 = 48;
    const MAX: u64 = (1 << Self::BITS) - 1;

    /// The number, or the largest if that is less.
    pub fn new(number: u64) -> Self {
        Self(number.min(Self::MAX))
    }

    /// The number.
    pub fn get(self) -> u64 {
        self.0
    }
}

impl ParamValue for Uint48 {
    const BITS: u16 = Self::BITS;
    fn number(self) -> u64 {
        self.0
    }
    fn from_number(number: u64) -> Option<Self> {
        (number <= Self::MAX).then_some(Self(number))
    }
}

impl Store for Uint48 {
    fn store_into(&self, builder: &mut CellBuilder, _: &dyn CellContext) -> Result<(), Error> {
        builder.store_uint(self.0, Self::BITS)
    }
}

impl<'a> Load<'a> for Uint48 {
    fn load_from(slice: &mut CellSlice<'a>) -> Result<Self, Error> {
        slice.load_uint(Self::BITS).map(Self)
    }
}
