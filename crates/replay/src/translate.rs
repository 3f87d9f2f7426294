//! Translation between the model's chains, bases, contents and messages, and the contracts'.

use std::collections::BTreeMap;

use ddvs_contracts::messages::{
    self, Batch, BatchEntry, BatchVote, ContentId as Prefix, Message as _, PossessionProof,
};
use ddvs_contracts::signing;
use ddvs_model::{Base, Body, Chain, ContentId, Instance, MAIN, Message, Seqno};
use tycho_crypto::ed25519::{KeyPair, SecretKey};
use tycho_types::cell::{Cell, CellBuilder, CellSlice, HashBytes, Lazy};
use tycho_types::dict::Dict;
use tycho_types::num::Tokens;

use crate::copies::{Copies, UNIT_NANO};

/// A consensus key: number `key` of the model, for a Root on `chain`. Key 0 is the genesis one, and each chain's own; the
/// others are the same on all chains.
pub struct Key(KeyPair);

pub fn key_pair(chain: i8, key: u8) -> Key {
    let owner = if key == 0 { chain as u8 } else { 0xff };
    let mut secret = [0x5e; 32];
    secret[..2].copy_from_slice(&[owner, key]);
    Key(KeyPair::from(&SecretKey::from_bytes(secret)))
}

impl Key {
    pub fn public(&self) -> HashBytes {
        HashBytes(self.0.public_key.to_bytes())
    }

    pub fn prove(&self, copies: &Copies, chain: i8) -> PossessionProof {
        signing::prove_possession(&self.0, &copies.network.genesis, &copies.root(chain).0)
    }
}

/// Chain ids by the model's chains.
pub fn chain_id(instance: &Instance, chain: Chain) -> i8 {
    match instance.masterchain {
        Some(masterchain) if masterchain == chain => -1,
        _ => chain as i8,
    }
}

/// Returns the model's chain of an id; `None` for the masterchain of an instance without one.
pub fn chain_of(instance: &Instance, id: i8) -> Option<Chain> {
    if id == -1 {
        instance.masterchain
    } else {
        Some(id as Chain)
    }
}

/// A base as copies pack it: ascending by chain id.
pub fn pack(instance: &Instance, base: &Base) -> Cell {
    let mut builder = CellBuilder::new();
    let workchains = instance.chains() - usize::from(instance.masterchain.is_some());
    for id in -1..workchains as i8 {
        let seqno = chain_of(instance, id).map_or(0, |chain| base[chain as usize]);
        let stored = builder
            .store_u8(id as u8)
            .and_then(|()| builder.store_u32(seqno.into()));
        stored.expect("a base fits in a cell");
    }
    builder.build().expect("a base is a cell")
}

/// The model's base of a packed one.
pub fn unpack(instance: &Instance, cell: &Cell) -> Base {
    let mut base = Base::default();
    let mut slice = cell.as_slice().expect("a base is an ordinary cell");
    while !slice.is_data_empty() {
        let id = slice.load_u8().expect("a base has whole entries") as i8;
        let seqno = slice.load_u32().expect("a base has whole entries");
        if let Some(chain) = chain_of(instance, id) {
            base[chain as usize] = Seqno::try_from(seqno).expect("traces are short");
        }
    }
    base
}

/// The known batches of contents.
#[derive(Debug, Default)]
pub struct Contents {
    cells: BTreeMap<ContentId, Lazy<Batch>>,
    names: BTreeMap<Prefix, ContentId>,
}

impl Contents {
    /// Records a batch that an honest origin proposed.
    pub fn learn(&mut self, content: ContentId, batch: &Lazy<Batch>) {
        self.names
            .insert(Prefix::of(batch.inner().repr_hash()), content);
        self.cells.insert(content, batch.clone());
    }

    /// The number of a content's batch, if that is known.
    pub fn number(&self, content: ContentId) -> Option<u32> {
        let batch = self.cells.get(&content)?.load();
        batch.ok().map(|batch| batch.seqno)
    }

    /// The content of a hash.
    pub fn name(&self, prefix: &Prefix) -> Option<ContentId> {
        self.names.get(prefix).copied()
    }

    /// Returns the batch of a content; one of a captured origin, or a made-up one, is built on first use. `None` if
    /// an honest origin has not proposed it yet.
    pub fn batch(
        &mut self,
        copies: &Copies,
        instance: &Instance,
        content: ContentId,
    ) -> Option<Lazy<Batch>> {
        if let Some(batch) = self.cells.get(&content) {
            return Some(batch.clone());
        }
        // A batch forged for an honest origin is valid too, as far as its forger can know what comes before it.
        let sound = instance.batch(content).is_some()
            && (instance.is_captured(content.origin) || content.index == 0);
        if !instance.is_captured(content.origin) && content.branch == MAIN {
            return None;
        }
        let origin = chain_id(instance, content.origin);
        let previous = match instance.previous(content) {
            _ if !sound => HashBytes([0xfe; 32]),
            None => HashBytes::ZERO,
            Some(previous) => {
                let batch = self.batch(copies, instance, previous)?;
                *batch.inner().repr_hash()
            }
        };
        let (root, entry) = if sound {
            entry_of(copies, instance, content)
        } else {
            // Made up: its content does not matter, but each must have another hash.
            let root = HashBytes(
                [content.origin, content.index, content.branch].repeat(11)[..32]
                    .try_into()
                    .expect("32 bytes"),
            );
            (
                root,
                BatchEntry::SetStake {
                    stake: Tokens::new(1),
                    key: root,
                    since: 0,
                    proof: None,
                },
            )
        };
        let mut entries = Dict::new();
        entries.set(root, entry).expect("an entry can be encoded");
        let batch = Batch {
            origin,
            seqno: u32::from(content.index) + 1,
            previous,
            base: pack(instance, &instance.base_of(content)),
            entries,
        };
        let batch = Lazy::new(&batch).expect("a batch can be encoded");
        self.learn(content, &batch);
        Some(batch)
    }
}

/// The one change of a batch that a captured chain makes.
fn entry_of(copies: &Copies, instance: &Instance, content: ContentId) -> (HashBytes, BatchEntry) {
    let chain = chain_id(instance, content.origin);
    let (mut stake, mut key, mut proof) = (
        instance.stakes[content.origin as usize],
        key_pair(chain, 0),
        None,
    );
    let mut way = vec![content];
    while let Some(previous) = way.last().and_then(|content| instance.previous(*content)) {
        way.push(previous);
    }
    for content in way.into_iter().rev() {
        let batch = instance.batch(content).copied().unwrap_or_default();
        stake += batch.delta;
        proof = None;
        if batch.key != 0 {
            key = key_pair(chain, batch.key);
            proof = Some(Lazy::new(&key.prove(copies, chain)).expect("a proof can be encoded"));
        }
    }
    let invalid = instance.batch(content).is_some_and(|batch| batch.invalid);
    // More than any Root may have, where the batch fails the checks.
    let stake_nano = if invalid || stake < 0 {
        u128::from(u64::MAX)
    } else {
        stake as u128 * u128::from(UNIT_NANO)
    };
    let entry = BatchEntry::SetStake {
        stake: Tokens::new(stake_nano),
        key: key.public(),
        // The branches differ, even where they move the same.
        since: 1 + u32::from(content.branch),
        proof,
    };
    (copies.root(chain).0.address, entry)
}

/// Returns a message of the model in a copy's form. `None` if it names a batch that an honest origin has not proposed
/// yet.
pub fn encode(
    contents: &mut Contents,
    copies: &Copies,
    instance: &Instance,
    message: &Message,
) -> Option<Cell> {
    let Message {
        origin,
        seqno,
        content,
        body,
    } = *message;
    let batch = contents.batch(copies, instance, content)?;
    let hash = *batch.inner().repr_hash();
    let (origin, seqno, content) = (
        chain_id(instance, origin),
        u32::from(seqno),
        Prefix::of(&hash),
    );
    Some(match body {
        Body::Propose { .. } => Copies::body(&messages::Propose { batch }),
        Body::Vote => one_vote(BatchVote {
            origin,
            seqno,
            batch_hash: hash,
        }),
        Body::Claim { base } => Copies::body(&messages::Claim {
            origin,
            seqno,
            content,
            base: pack(instance, &base),
        }),
        Body::Want { lacks } => Copies::body(&messages::Want {
            origin,
            seqno,
            content,
            lacks,
        }),
        Body::Relay { .. } => Copies::body(&messages::Relay { batch }),
    })
}

fn one_vote(vote: BatchVote) -> Cell {
    Copies::body(&messages::Vote::one(vote))
}

/// Returns the votes of a message, each in a separate one; any other message is unchanged.
pub fn apart(body: &Cell) -> Vec<Cell> {
    match votes_in(body) {
        Some(votes) => votes.into_iter().map(one_vote).collect(),
        None => vec![body.clone()],
    }
}

/// One message with the votes of all, by number as copies send them: the model's votes are delivered together.
pub fn together(bodies: &[&Cell]) -> Cell {
    if let &[body] = bodies {
        return body.clone();
    }
    let votes = bodies
        .iter()
        .flat_map(|body| votes_in(body).expect("only votes come together"));
    let votes: Vec<_> = votes.collect();
    let mut votes = votes;
    votes.sort_by_key(|vote: &BatchVote| (vote.origin, vote.seqno));
    Copies::body(&messages::Vote::of(&votes).expect("votes can be encoded"))
}

fn votes_in(body: &Cell) -> Option<Vec<BatchVote>> {
    let op = body.as_slice().and_then(|slice| slice.get_u32(0)).ok()?;
    (op == messages::Vote::OP).then(|| {
        let votes = body
            .parse::<messages::Vote>()
            .and_then(|votes| votes.list());
        votes.expect("votes parse")
    })
}

/// Returns a message of a copy in the model's form. `None` if it has none, or names a batch that the model does not
/// know.
pub fn decode(contents: &Contents, instance: &Instance, body: &Cell) -> Option<Message> {
    let op = body
        .as_slice()
        .and_then(|mut slice: CellSlice<'_>| slice.load_u32())
        .ok()?;
    let about = |origin: i8, seqno: u32, prefix: Prefix, body: Body| {
        Some(Message {
            origin: chain_of(instance, origin)?,
            seqno: seqno.try_into().ok()?,
            content: contents.name(&prefix)?,
            body,
        })
    };
    let batch = |batch: &Lazy<Batch>, with: fn(Base) -> Body| {
        let prefix = Prefix::of(batch.inner().repr_hash());
        let batch = batch.load().ok()?;
        about(
            batch.origin,
            batch.seqno,
            prefix,
            with(unpack(instance, &batch.base)),
        )
    };
    match op {
        messages::Propose::OP => {
            let message: messages::Propose = body.parse().ok()?;
            batch(&message.batch, |base| Body::Propose { base })
        }
        messages::Relay::OP => {
            let message: messages::Relay = body.parse().ok()?;
            batch(&message.batch, |base| Body::Relay { base })
        }
        messages::Vote::OP => {
            let votes = body.parse::<messages::Vote>().ok()?.list().ok()?;
            let &[vote] = votes.as_slice() else {
                return None;
            };
            about(
                vote.origin,
                vote.seqno,
                Prefix::of(&vote.batch_hash),
                Body::Vote,
            )
        }
        messages::Claim::OP => {
            let message: messages::Claim = body.parse().ok()?;
            let base = unpack(instance, &message.base);
            about(
                message.origin,
                message.seqno,
                message.content,
                Body::Claim { base },
            )
        }
        messages::Want::OP => {
            let message: messages::Want = body.parse().ok()?;
            let lacks = message.lacks;
            about(
                message.origin,
                message.seqno,
                message.content,
                Body::Want { lacks },
            )
        }
        _ => None,
    }
}
