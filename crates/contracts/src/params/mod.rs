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
    /// No set falls below this.
    pub min_validators: u16,
    /// Largest set of a workchain.
    pub max_validators: u16,
    /// Largest set of the masterchain.
    pub main_validators: u16,
    /// Most entries of a batch.
    pub max_batch: u8,
    /// Most Roots in one chain's registry.
    pub max_roots: u32,
    /// Most changes that wait for a batch.
    pub max_queue: u32,
    /// Smallest stake of a validator, in nano.
    pub min_stake_nano: u64,
    /// Largest stake of a validator, in nano.
    pub max_stake_nano: u64,
    /// Share of the registered stake that a batch may move, in 1/10,000.
    pub churn_bp: u16,
    /// Share of all slashable coins that an offence costs, in 1/10,000.
    pub slash_bp: u16,
    /// Seconds for which a key that left can be blamed.
    pub evidence_window: u32,
    /// Shortest unlock period of a Root, in seconds; longer than the evidence window.
    pub min_unlock_period: u32,
    /// Least seconds between two sets in param 34; 0: each change at once.
    pub set_interval: u32,
    /// Pays a message from a wallet to a Root and back, in nano.
    pub op_value_nano: u64,
    /// Pays a batch: its proposals and votes on all chains, in nano.
    pub batch_value_nano: u64,
    /// Pays one change of a batch at its origin, in nano.
    pub item_value_nano: u64,
    /// Sent with an answer, at least, in nano.
    pub answer_value_nano: u64,
    /// Sent with a proposal: pays the receiver for applying it, and its votes, in nano.
    pub peer_value_nano: u64,
    /// What a D'Elector keeps for its storage, in nano.
    pub reserve_nano: u64,
    /// Param 34 never names fewer members: some engines stop then.
    pub least_set: u16,
    /// Whether a new set comes with a change of param 29, which makes Tycho's nodes take it over at once.
    pub restarts_consensus: bool,
    /// Longest lock period of a Root, in seconds.
    pub max_lock_period: u32,
    /// Longest unlock period of a Root, in seconds.
    pub max_unlock_period: u32,
    /// Sent with each vote: pays the receiver for booking it, in nano.
    pub vote_value_nano: Uint48,
    /// Sent with a proposal for each of its entries, in nano.
    pub entry_value_nano: Uint48,
    /// What a new key costs: ten years of storage for it and its Root on all chains, in nano.
    pub place_value_nano: Uint48,
}

/// A number of 48 bits: so short that all parameters fit in one cell.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Uint48(u64);

impl Uint48 {
    /// The number, or the largest if that is less.
    pub fn new(number: u64) -> Self {
        Self(number.min((1 << 48) - 1))
    }

    /// The number.
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
    /// Whether a Root may have these terms: a network that does not allow them takes nothing from it.
    pub fn allows(&self, terms: &crate::RootTerms) -> bool {
        terms.lock_period <= self.max_lock_period
            && (self.min_unlock_period..=self.max_unlock_period).contains(&terms.unlock_period)
            && terms.min_stake.into_inner() <= u128::from(self.max_stake_nano)
    }

    /// Value that an update of a stake needs at the D'Elector, in nano.
    pub fn update_value_nano(&self) -> u64 {
        self.batch_value_nano
            .saturating_add(self.item_value_nano)
            .saturating_add(self.place_value_nano.get())
            .saturating_add(self.answer_value_nano)
    }

    /// Value that a batch of so many entries, none of which brings a key, must bring that comes unasked and not from its origin, in nano.
    pub fn relay_value_nano(&self, entries: u8) -> u64 {
        self.peer_value_nano.saturating_mul(3).saturating_add(
            self.entry_value_nano
                .get()
                .saturating_mul(u64::from(entries)),
        )
    }

    /// Value that a question of another copy brings, in nano: its handling, and the answer, which is a batch that it lacks or a base.
    pub fn want_value_nano(&self, lacks: bool) -> u64 {
        let answer = match lacks {
            true => self.answer_value_nano,
            false => self.peer_value_nano,
        };
        self.answer_value_nano.saturating_add(answer)
    }

    /// Value that a poke of a D'Elector needs, in nano: the question with its answer, what may come of it, and its own handling. What is
    /// not used comes back.
    pub fn poke_value_nano(&self) -> u64 {
        self.relay_value_nano(self.max_batch)
            .saturating_add(self.answer_value_nano.saturating_mul(4))
    }

    /// Value that an owner attaches to a stake or an unstake, in nano. What is not used comes back.
    pub fn change_value_nano(&self) -> u64 {
        self.op_value_nano.saturating_add(self.update_value_nano())
    }
}

/// Param 201: the Root codes that the D'Elector accepts.
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
pub struct AcceptedRoots {
    /// By code hash.
    pub codes: Dict<HashBytes, AcceptedRoot>,
}

/// What the address of a Root with an accepted code follows from.
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
pub struct AcceptedRoot {
    /// Depth of the code, in cells.
    pub code_depth: u16,
    /// The network that such Roots name.
    pub network: tycho_types::cell::Lazy<Network>,
    /// Code of the wallets that such Roots accept.
    pub wallet_code: Cell,
}
