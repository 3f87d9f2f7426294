//! Config parameters that ddvs adds to those of a stock network.

use tycho_types::error::Error;
use tycho_types::prelude::*;

use crate::network::Network;

/// Number of the parameter that holds [`DdvsParams`].
pub const PARAM_DDVS: u32 = 200;
/// Number of the parameter that holds [`AcceptedRoots`].
pub const PARAM_ROOT_CODES: u32 = 201;

/// Param 200: limits and prices of the network on this chain. Amounts are in nano.
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
#[tlb(tag = "#ddf5")]
pub struct DdvsParams {
    /// Minimum size of a set.
    pub min_validators: u16,
    /// Maximum size of a workchain's set.
    pub max_validators: u16,
    /// Maximum size of the masterchain's set.
    pub main_validators: u16,
    /// Maximum number of entries in a batch.
    pub max_batch: u8,
    /// Maximum number of Roots in one chain's registry.
    pub max_roots: u32,
    /// Maximum number of changes that wait for a batch.
    pub max_queue: u32,
    /// Smallest stake of a validator, in nano.
    pub min_stake_nano: u64,
    /// Largest stake of a validator, in nano.
    pub max_stake_nano: u64,
    /// Share of the registered stake that a batch may move, in 1/10,000.
    pub churn_bp: u16,
    /// Share of all slashable coins that an offence costs, in 1/10,000.
    pub slash_bp: u16,
    /// How long a key that left can be held accountable, in seconds.
    pub evidence_window: u32,
    /// Shortest unlock period of a Root, in seconds; longer than the evidence window.
    pub min_unlock_period: u32,
    /// Minimum time between two sets in param 34, in seconds; 0 writes each change immediately.
    pub set_interval: u32,
    /// Pays for a message from a wallet to a Root and the answer, in nano.
    pub op_value_nano: u64,
    /// Pays for a batch, its proposals and votes on all chains, in nano.
    pub batch_value_nano: u64,
    /// Pays for one change of a batch at its origin, in nano.
    pub item_value_nano: u64,
    /// Minimum value attached to an answer, in nano.
    pub answer_value_nano: u64,
    /// Attached to a proposal: pays the receiver for applying it, and for its votes, in nano.
    pub peer_value_nano: u64,
    /// Minimum balance of a D'Elector for its storage, in nano.
    pub reserve_nano: u64,
    /// Minimum number of members in param 34: some engines stop with fewer.
    pub least_set: u16,
    /// Whether a new set comes with a change of param 29, which makes Tycho's nodes switch to it immediately.
    pub restarts_consensus: bool,
    /// Longest lock period of a Root, in seconds.
    pub max_lock_period: u32,
    /// Longest unlock period of a Root, in seconds.
    pub max_unlock_period: u32,
    /// Attached to each vote: pays the receiver for booking it, in nano.
    pub vote_value_nano: Uint48,
    /// Attached to a proposal for each of its entries, in nano.
    pub entry_value_nano: Uint48,
    /// Price of a new key: ten years of storage for it and its Root on all chains, in nano.
    pub place_value_nano: Uint48,
}

/// A number of 48 bits, short enough for all parameters to fit in one cell.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Uint48(u64);

impl Uint48 {
    /// Returns the number, or the largest possible one if that is less.
    pub fn new(number: u64) -> Self {
        Self(number.min((1 << 48) - 1))
    }

    /// Returns the number.
    pub fn get(self) -> u64 {
        self.0
    }
}

impl Store for Uint48 {
    fn store_into(&self, builder: &mut CellBuilder, _: &dyn CellContext) -> Result<(), Error> {
        builder.store_uint(self.0, 48)
    }
}

impl<'a> Load<'a> for Uint48 {
    fn load_from(slice: &mut CellSlice<'a>) -> Result<Self, Error> {
        slice.load_uint(48).map(Self)
    }
}

impl DdvsParams {
    /// Whether a Root may have these terms: otherwise the network accepts nothing from it.
    pub fn allows(&self, terms: &crate::RootTerms) -> bool {
        terms.lock_period <= self.max_lock_period
            && (self.min_unlock_period..=self.max_unlock_period).contains(&terms.unlock_period)
            && terms.min_stake.into_inner() <= u128::from(self.max_stake_nano)
    }

    /// Returns the value that an update of a stake needs at the D'Elector, in nano.
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
        self.relay_value_nano(self.max_batch)
            .saturating_add(self.answer_value_nano.saturating_mul(4))
    }

    /// Returns the value that an owner attaches to a stake or an unstake, in nano. The unused part comes back.
    pub fn change_value_nano(&self) -> u64 {
        self.op_value_nano.saturating_add(self.update_value_nano())
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
