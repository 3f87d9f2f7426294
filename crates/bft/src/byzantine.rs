//! Validators that sign twice, for tests.

use std::sync::Arc;

use malachitebft_app_channel::{ByzantineContext, NetworkIdentity};
use malachitebft_engine_byzantine::{ByzantineConfig, Trigger};
use tycho_types::cell::HashBytes;

use crate::codec::WireCodec;
use crate::context::{Context, Value};
use crate::guard::NoGuard;
use crate::signer::VoteSigner;

/// How often an engine signs a second value at one height and round. Its sign guard is not asked about that one.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Misbehavior {
    /// Probability that a vote for a block is followed by one for nil, from 0 to 1.
    pub double_votes: f64,
    /// Probability that a proposal is followed by one of another id, from 0 to 1.
    pub double_proposals: f64,
    /// Seed of the choice.
    pub seed: u64,
}

/// The network of such an engine.
pub(crate) fn network(
    misbehavior: &Misbehavior,
    identity: NetworkIdentity,
    codec: WireCodec,
    signer: &VoteSigner,
) -> ByzantineContext<Context, WireCodec> {
    let random = |probability| Trigger::Random { probability };
    ByzantineContext {
        identity,
        codec,
        config: ByzantineConfig {
            equivocate_votes: random(misbehavior.double_votes),
            equivocate_proposals: random(misbehavior.double_proposals),
            seed: Some(misbehavior.seed),
            ..ByzantineConfig::default()
        },
        signer: Box::new(signer.guarded_by(Arc::new(NoGuard))),
        address: signer.public_key(),
        conflicting_value_fn: Some(Box::new(other_value)),
        conflicting_vote_value_fn: None,
    }
}

fn other_value(value: &Value) -> Value {
    let HashBytes(mut id) = value.id;
    id[31] ^= 1;
    Value::of_id(HashBytes(id))
}
