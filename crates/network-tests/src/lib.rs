//! What tests of the contracts on the embedded network have in common.
//!
//! Users who deviate from the protocol ([`captured`], [`forge`], [`registries`]), random runs ([`random_walk`]), the
//! invariants that must hold after each block ([`invariants`]), and contracts with a check removed ([`mutants`]). It is for
//! tests only, so its functions panic where a test could not continue.

pub mod captured;
pub mod check;
pub mod crowd;
pub mod forge;
pub mod invariants;
pub mod mutants;
pub mod random_walk;
pub mod registries;

// What nearly every test here needs.
pub use ddvs_client::seeded::{ConsensusKey, Person};
pub use ddvs_test_kit::{Shape, Stakes, Validator, World, world};
pub use ddvs_types::COIN;
