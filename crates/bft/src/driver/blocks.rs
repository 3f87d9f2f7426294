//! The proposed blocks of a height: those in parts, those that wait to be checked, and those that are known.

use std::collections::BTreeMap;

use bytes::Bytes;
use malachitebft_app_channel::app::engine::util::streaming::StreamContent;
use malachitebft_app_channel::app::types::ProposedValue;
use malachitebft_app_channel::app::types::streaming::{StreamId, StreamMessage};
use malachitebft_core_types::{Round, ValidatorSet as _};
use tycho_types::cell::HashBytes;

use super::to_engine;
use crate::context::{Context, Height, Key, Validators, Value};
use crate::message::Part;
use crate::parts::{Assembly, Proposed, split};
use crate::request::{Block, StoredProposal, Verdict};
use crate::signer::{VoteSigner, VoteVerifier};

/// How far above the running height blocks are collected: others may be a height ahead.
const HEIGHTS_AHEAD: u64 = 2;

/// Most complete blocks that wait to be checked; a further one replaces the oldest.
const MAX_WAITING: usize = 8;

/// Most blocks of a sender that are checked at a height, plus as many for each round.
const MAX_CHECKS: u64 = 4;

/// Blocks of the running height and those after it.
pub(super) struct Blocks {
    assembly: Assembly,
    waiting: Vec<Proposed>,
    /// By round and id. A block that is proposed again in another round is there again, and shares its bytes.
    proposals: BTreeMap<(u32, HashBytes), StoredProposal>,
    height: Height,
    /// Whether the engine has begun the height's first round. Until then it is busy with the last height.
    is_started: bool,
    round: u32,
    /// Blocks that each sender made us check at this height.
    checks: BTreeMap<Key, u64>,
}

/// Signs the parts of a block and wraps them for the network.
pub(super) fn messages<'a>(
    proposed: &'a Proposed,
    stream: u64,
    signer: &'a VoteSigner,
) -> impl Iterator<Item = StreamMessage<Part>> + 'a {
    // receivers go by the signed number in the part
    let id = StreamId::new(Bytes::copy_from_slice(&stream.to_be_bytes()));
    split(proposed, stream).map(move |mut part| {
        signer.sign_part(&mut part);
        StreamMessage::new(id.clone(), part.index.into(), StreamContent::Data(part))
    })
}

/// Whether a validator sent the block as one of the round's proposer.
fn is_expected(proposed: &Proposed, validators: &Validators) -> bool {
    let Some(round) = proposed.round.as_u32() else {
        return false;
    };
    validators.get_by_address(&proposed.sender).is_some()
        && validators.proposer(proposed.height.0, round).key == proposed.proposer
}

impl Blocks {
    pub(super) fn new(max_block_bytes: usize) -> Self {
        Self {
            assembly: Assembly::new(max_block_bytes),
            waiting: Vec::new(),
            proposals: BTreeMap::new(),
            height: Height(0),
            is_started: false,
            round: 0,
            checks: BTreeMap::new(),
        }
    }

    /// Forgets the last height.
    pub(super) fn begin(&mut self, height: Height) {
        self.assembly.forget_below(height);
        self.waiting.retain(|proposed| proposed.height >= height);
        self.proposals.clear();
        self.height = height;
        self.is_started = false;
        self.round = 0;
        self.checks.clear();
    }

    /// Takes what the node stored before a crash.
    pub(super) fn load(&mut self, stored: Vec<StoredProposal>) {
        let height = self.height.0;
        let stored = stored.into_iter().filter(|stored| stored.height == height);
        self.proposals
            .extend(stored.map(|stored| ((stored.round, stored.block.id), stored)));
    }

    /// A round of the height has begun.
    pub(super) fn started(&mut self, round: u32) {
        self.is_started = true;
        self.round = round;
    }

    /// Takes a part. Returns a block that is to be checked now.
    pub(super) fn insert(
        &mut self,
        part: Part,
        me: &Key,
        validators: &Validators,
        verifier: &VoteVerifier,
    ) -> Option<Proposed> {
        let ahead = part.height.0.checked_sub(self.height.0)?;
        // Nobody tells this validator what it proposes.
        if ahead > HEIGHTS_AHEAD || part.proposer == *me {
            return None;
        }
        // The sets of heights ahead are not known yet: most of their members are members now.
        validators.get_by_address(&part.sender)?;
        if !verifier.is_part_signed(&part) {
            return None;
        }
        let proposed = self.assembly.insert(part)?;
        if ahead == 0 && self.is_started {
            let is_wanted = is_expected(&proposed, validators) && self.may_check(&proposed);
            is_wanted.then_some(proposed)
        } else {
            self.wait(proposed);
            None
        }
    }

    /// Whether the sender has not used up its checks. A block that is known costs nothing.
    fn may_check(&mut self, proposed: &Proposed) -> bool {
        if self.known(&proposed.bytes).is_some() {
            return true;
        }
        let most = MAX_CHECKS.saturating_mul(u64::from(self.round) + 1);
        let used = self.checks.entry(proposed.sender).or_default();
        *used += 1;
        *used <= most
    }

    /// Keeps a block for later.
    pub(super) fn wait(&mut self, proposed: Proposed) {
        if self.waiting.len() >= MAX_WAITING {
            let mine = |other: &Proposed| other.sender == proposed.sender;
            let oldest = self.waiting.iter().position(mine).unwrap_or(0);
            self.waiting.remove(oldest);
        }
        self.waiting.push(proposed);
    }

    /// Takes the blocks of a height that can be checked now. Its set was not known when they came.
    pub(super) fn take_waiting(
        &mut self,
        height: Height,
        validators: &Validators,
    ) -> Vec<Proposed> {
        let waiting = std::mem::take(&mut self.waiting);
        let (mut now, later): (Vec<_>, _) = waiting
            .into_iter()
            .partition(|proposed| proposed.height == height);
        self.waiting = later;
        now.retain(|proposed| is_expected(proposed, validators) && self.may_check(proposed));
        now
    }

    /// Keeps a checked proposal. Returns it if it is new.
    pub(super) fn keep(&mut self, value: &ProposedValue<Context>) -> Option<StoredProposal> {
        let round = value.round.as_u32().unwrap_or_default();
        let stored = StoredProposal {
            height: value.height.0,
            round,
            valid_round: value.valid_round.as_u32(),
            proposer: value.proposer.0,
            block: Block {
                id: value.value.id,
                bytes: value.value.bytes.clone(),
            },
            is_valid: value.validity.is_valid(),
        };
        let old = (self.proposals).insert((round, value.value.id), stored.clone());
        (old.as_ref() != Some(&stored)).then_some(stored)
    }

    /// What the node found of the same bytes.
    pub(super) fn known(&self, bytes: &Bytes) -> Option<Verdict> {
        let same = |stored: &&StoredProposal| stored.block.bytes == *bytes;
        let stored = self.proposals.values().find(same)?;
        Some(if stored.is_valid {
            Verdict::Valid(stored.block.id)
        } else {
            Verdict::Invalid(stored.block.id)
        })
    }

    /// The block with an id. Of two encodings the valid one.
    pub(super) fn block(&self, height: Height, id: &HashBytes) -> Option<&Block> {
        let same = |stored: &&StoredProposal| stored.height == height.0 && stored.block.id == *id;
        let found = self.proposals.values().filter(same);
        found
            .max_by_key(|stored| stored.is_valid)
            .map(|stored| &stored.block)
    }

    /// What a validator proposed in a round.
    pub(super) fn proposed_by(&self, key: &Key, round: Round) -> Option<Value> {
        let mut of_round = self.of_round(round).into_iter();
        of_round
            .find(|value| value.proposer == *key && value.validity.is_valid())
            .map(|value| value.value)
    }

    /// The proposals of a round.
    pub(super) fn of_round(&self, round: Round) -> Vec<ProposedValue<Context>> {
        let Some(round) = round.as_u32() else {
            return Vec::new();
        };
        let first = (round, HashBytes::ZERO);
        let last = (round, HashBytes([0xff; 32]));
        let of_round = self.proposals.range(first..=last);
        of_round
            .map(|(_, stored)| to_engine(stored.clone()))
            .collect()
    }
}

#[cfg(test)]
#[path = "blocks_tests.rs"]
mod tests;
