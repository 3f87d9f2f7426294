//! The encoding of a replica's state, for disks and newcomers.

use ddvs_chain::ChainState;
use ddvs_light::Member;
use ddvs_types::{ChainId, ChainSupply, Lane};
use serde::{Deserialize, Serialize};
use tycho_types::boc::Boc;
use tycho_types::cell::{Cell, HashBytes};
use tycho_types::models::StdAddr;

use crate::{BlockRefusal, ReplicaState};

type Bytes = Vec<u8>;
type Key = [u8; 32];
/// Keys with weights.
type Members = Vec<(Key, u64)>;

#[derive(Serialize, Deserialize)]
struct Encoded {
    header: Bytes,
    next_set: Members,
    cursors: Vec<(Bytes, Option<Members>)>,
    past: Vec<(u32, Option<Bytes>, Option<Bytes>)>,
    id: ChainId,
    delector: (ChainId, Key),
    seqno: u32,
    last_hash: Key,
    lt: u64,
    supply: [u128; 8],
    accounts: Bytes,
    config: Bytes,
    leftover: Vec<Bytes>,
    sent: Vec<(ChainId, u64, Key, u128)>,
    received: Vec<(ChainId, u64, Key, u128)>,
}

fn members(members: &[Member]) -> Members {
    let members = members.iter();
    members
        .map(|member| (member.key.0, member.weight))
        .collect()
}

fn read_members(members: Members) -> Vec<Member> {
    let member = |(key, weight)| Member {
        key: HashBytes(key),
        weight,
    };
    members.into_iter().map(member).collect()
}

fn lanes(lanes: &[(ChainId, Lane)]) -> Vec<(ChainId, u64, Key, u128)> {
    let lanes = lanes.iter();
    lanes
        .map(|(chain, lane)| (*chain, lane.count, lane.hash.0, lane.value_nano))
        .collect()
}

fn read_lanes(lanes: Vec<(ChainId, u64, Key, u128)>) -> Vec<(ChainId, Lane)> {
    let lane = |(chain, count, hash, value_nano)| {
        let lane = Lane {
            count,
            hash: HashBytes(hash),
            value_nano,
        };
        (chain, lane)
    };
    lanes.into_iter().map(lane).collect()
}

fn cell(bytes: &[u8]) -> Result<Cell, BlockRefusal> {
    Boc::decode(bytes).map_err(|error| BlockRefusal::Encoding(error.to_string()))
}

impl ReplicaState {
    /// Returns the encoded state.
    ///
    /// Fails only when there is no memory for it.
    pub fn encode(&self) -> Result<Vec<u8>, BlockRefusal> {
        let ChainState {
            id,
            delector,
            seqno,
            last_hash,
            lt,
            supply,
            accounts,
            config,
            leftover,
            sent,
            received,
        } = &self.chain;
        let cursors = self.cursors.iter();
        let encoded = Encoded {
            header: Boc::encode(&self.header),
            next_set: members(&self.next_set),
            cursors: cursors
                .map(|(header, set)| (Boc::encode(header), set.as_deref().map(members)))
                .collect(),
            past: (self.past.iter())
                .map(|(seqno, roots, keys)| {
                    let bytes = |cell: &Option<Cell>| cell.as_ref().map(Boc::encode);
                    (*seqno, bytes(roots), bytes(keys))
                })
                .collect(),
            id: *id,
            delector: (delector.workchain, delector.address.0),
            seqno: *seqno,
            last_hash: last_hash.0,
            lt: *lt,
            supply: [
                supply.accounts_nano,
                supply.fees_nano,
                supply.burnt_nano,
                supply.waiting_nano,
                supply.issued_nano,
                supply.minted_nano,
                supply.received_nano,
                supply.sent_nano,
            ],
            accounts: Boc::encode(accounts),
            config: Boc::encode(config),
            leftover: leftover.iter().map(Boc::encode).collect(),
            sent: lanes(sent),
            received: lanes(received),
        };
        postcard::to_stdvec(&encoded).map_err(|error| BlockRefusal::Encoding(error.to_string()))
    }

    /// Decodes a state.
    ///
    /// Fails only when the bytes are not one. [`crate::Replica::restore`] checks its content.
    pub fn decode(bytes: &[u8]) -> Result<Self, BlockRefusal> {
        let encoded: Encoded = postcard::from_bytes(bytes)
            .map_err(|error| BlockRefusal::Encoding(error.to_string()))?;
        let [
            accounts_nano,
            fees_nano,
            burnt_nano,
            waiting_nano,
            issued_nano,
            minted_nano,
            received_nano,
            sent_nano,
        ] = encoded.supply;
        let cursors = encoded.cursors.into_iter();
        let cursors = cursors.map(|(header, set)| Ok((cell(&header)?, set.map(read_members))));
        let leftover = encoded.leftover.iter();
        let optional = |bytes: Option<Bytes>| bytes.map(|bytes| cell(&bytes)).transpose();
        let past = encoded.past.into_iter();
        let past = past.map(|(seqno, roots, keys)| Ok((seqno, optional(roots)?, optional(keys)?)));
        Ok(Self {
            header: cell(&encoded.header)?,
            next_set: read_members(encoded.next_set),
            cursors: cursors.collect::<Result<_, BlockRefusal>>()?,
            past: past.collect::<Result<_, BlockRefusal>>()?,
            chain: ChainState {
                id: encoded.id,
                delector: StdAddr::new(encoded.delector.0, HashBytes(encoded.delector.1)),
                seqno: encoded.seqno,
                last_hash: HashBytes(encoded.last_hash),
                lt: encoded.lt,
                supply: ChainSupply {
                    accounts_nano,
                    fees_nano,
                    burnt_nano,
                    waiting_nano,
                    issued_nano,
                    minted_nano,
                    received_nano,
                    sent_nano,
                },
                accounts: cell(&encoded.accounts)?,
                config: cell(&encoded.config)?,
                leftover: leftover
                    .map(|bytes| cell(bytes))
                    .collect::<Result<_, _>>()?,
                sent: read_lanes(encoded.sent),
                received: read_lanes(encoded.received),
            },
        })
    }
}
