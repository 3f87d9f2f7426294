//! Config parameters that ddvs adds to those of a stock network.

use tycho_types::prelude::*;

use crate::network::Network;

mod field;
mod limits;
mod table;

pub use field::{Field, ParamJson, Source, Uint48, Unit};
pub use limits::LimitError;
pub use table::{DdvsParams, Limits};

/// Number of the parameter that holds [`DdvsParams`].
pub const PARAM_DDVS: u32 = 200;
/// Number of the parameter that holds [`AcceptedRoots`].
pub const PARAM_ROOT_CODES: u32 = 201;

impl DdvsParams {
    /// Value that an update of a stake needs at the D'Elector, in nano.
    pub fn update_value_nano(&self) -> u64 {
        self.batch_value_nano
            .saturating_add(self.item_value_nano)
            .saturating_add(self.place_value_nano.get())
            .saturating_add(self.answer_value_nano)
    }

    /// Returns the value that an unasked relay of a batch with `entries` entries, none of which adds a key, must carry,
    /// in nano.
    pub fn relay_value_nano(&self, entries: u8) -> u64 {
        self.peer_value_nano.saturating_mul(3).saturating_add(
            self.entry_value_nano
                .get()
                .saturating_mul(u64::from(entries)),
        )
    }

    /// Returns the value of a question to another copy, in nano: it pays for handling it, and for the answer, a
    /// missing batch or a base.
    pub fn want_value_nano(&self, lacks: bool) -> u64 {
        let answer = match lacks {
            true => self.answer_value_nano,
            false => self.peer_value_nano,
        };
        self.answer_value_nano.saturating_add(answer)
    }

    /// Returns the value that a poke of a D'Elector needs, in nano: for the question with its answer, for the
    /// consequences, and for handling the poke itself. The unused part comes back.
    pub fn poke_value_nano(&self) -> u64 {
        // each copy's share of the price of a place is less than all of it
        let places = self.place_value_nano.get();
        self.relay_value_nano(self.max_batch)
            .saturating_add(places.saturating_mul(u64::from(self.max_batch)))
            .saturating_add(self.answer_value_nano.saturating_mul(4))
    }

    /// Returns the value that an owner attaches to a stake or an unstake, in nano. The unused part comes back.
    pub fn change_value_nano(&self) -> u64 {
        self.op_value_nano.saturating_add(self.update_value_nano())
    }
}

/// A value that follows from those of param 200: what a sender attaches to a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DerivedValue {
    /// Its name in JSON.
    pub name: &'static str,
    /// A few words for people.
    pub label: &'static str,
    /// The value.
    pub nano: u64,
}

impl DdvsParams {
    /// Whether a Root may have these terms: a network that does not allow them takes nothing from it.
    pub fn allows(&self, terms: &crate::RootTerms) -> bool {
        Limits::from(self).allow(terms)
    }

    /// The values that senders attach.
    pub fn derived(&self) -> [DerivedValue; 3] {
        let value = |name, label, nano| DerivedValue { name, label, nano };
        [
            value(
                "change_value_nano",
                "value of a stake or an unstake",
                self.change_value_nano(),
            ),
            value(
                "update_value_nano",
                "value of an update at the D'Elector, and of evidence",
                self.update_value_nano(),
            ),
            value("poke_value_nano", "value of a poke", self.poke_value_nano()),
        ]
    }

    /// Each field with its value: a number, true or false, or text if it is in nano, which readers of JSON that take all numbers for
    /// floating-point ones would round.
    pub fn to_json(&self) -> impl Iterator<Item = (&'static str, ParamJson)> {
        let own = Self::FIELDS.iter().zip(self.values());
        own.map(|(field, number)| (field.name, field.unit.json(number)))
    }
}

/// Param 201: the Root codes that the D'Elector accepts.
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
pub struct AcceptedRoots {
    /// Accepted codes by hash.
    pub codes: Dict<HashBytes, AcceptedRoot>,
}

/// Data from which the address of a Root with an accepted code follows.
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
pub struct AcceptedRoot {
    /// Depth of the code, in cells.
    pub code_depth: u16,
    /// The network in the data of such Roots.
    pub network: tycho_types::cell::Lazy<Network>,
    /// Code of the wallets that such Roots accept.
    pub wallet_code: Cell,
}
