//! Registries and rankings as they stand before the first batch.

use std::collections::BTreeMap;

use ddvs_contracts::storage::{
    Candidate, ChainRegistry, HistoryPage, HistoryRecord, KEY_ACTIVE, KEY_MAGIC, KeyEntry, Ranking,
    RootEntry, Slot, ValidatorDescr,
};
use tycho_types::cell::{Cell, CellBuilder, HashBytes};
use tycho_types::dict::{Dict, RawDict};
use tycho_types::error::Error;
use tycho_types::num::Tokens;

use crate::COIN;

/// A genesis validator with its Root's account id.
#[derive(Debug, Clone)]
pub(crate) struct Member {
    pub chain: i8,
    pub root: HashBytes,
    pub key: HashBytes,
    pub stake_nano: u64,
}

pub(crate) fn registry(
    members: &[&Member],
    min_stake_nano: u64,
    since: u32,
) -> Result<ChainRegistry, Error> {
    let (mut roots, mut keys) = (BTreeMap::new(), BTreeMap::new());
    for member in members {
        let stake = Tokens::new(member.stake_nano.into());
        roots.insert(
            member.root,
            RootEntry {
                stake,
                key: member.key,
                since,
            },
        );
        keys.insert(
            member.key,
            KeyEntry {
                root: member.root,
                retired_at: KEY_ACTIVE,
            },
        );
    }
    let total: u128 = members
        .iter()
        .map(|member| u128::from(member.stake_nano))
        .sum();
    let mut records = [HistoryRecord::default(); 4];
    records[0].total = total;
    let mut history = Dict::new();
    history.set(0, HistoryPage(records))?;
    Ok(ChainRegistry {
        seqno: 0,
        total: Tokens::new(total),
        frozen: false,
        count: members.len() as u32,
        eligible: members
            .iter()
            .filter(|member| member.stake_nano >= min_stake_nano)
            .count() as u32,
        last_hash: HashBytes::ZERO,
        roots: Dict::try_from_btree(&roots)?,
        keys: Dict::try_from_btree(&keys)?,
        history,
        undo: RawDict::new(),
    })
}

/// Orders by stake; at equal stake the lower chain, then the lower address, is higher
/// (`contracts/delector/ranking.tolk`).
fn rank(member: &Member) -> HashBytes {
    let mut rank = HashBytes::ZERO;
    rank.0[3..11].copy_from_slice(&member.stake_nano.to_be_bytes());
    rank.0[11] = (127 - i16::from(member.chain)) as u8;
    for (place, byte) in rank.0[12..].iter_mut().zip(member.root.0) {
        *place = !byte;
    }
    rank
}

/// The largest `limit` members in slots, the rest as candidates.
pub(crate) fn ranking(members: &[&Member], limit: u16) -> Result<Ranking, Error> {
    let mut slots: Vec<_> = members
        .iter()
        .map(|member| {
            (
                Slot {
                    rank: rank(member),
                    root: member.root,
                    key: member.key,
                },
                member.stake_nano,
            )
        })
        .collect();
    slots.sort_by(|a, b| b.0.rank.cmp(&a.0.rank));
    let mut ranking = Ranking::default();
    for (index, (slot, stake_nano)) in slots.into_iter().enumerate() {
        if index >= usize::from(limit) {
            let (root, key) = (slot.root, slot.key);
            ranking.candidates.set(slot.rank, Candidate { root, key })?;
            continue;
        }
        let weight = (stake_nano / COIN).max(1);
        ranking.count += 1;
        ranking.total_weight += weight;
        let index = index as u16;
        ranking.list.set(
            index,
            ValidatorDescr {
                key_magic: KEY_MAGIC,
                key: slot.key,
                weight,
            },
        )?;
        ranking.active.set(slot.rank, index)?;
        ranking.slots.set(index, &slot)?;
    }
    Ok(ranking)
}

/// `validators_ext#12`, as the D'Elector writes it.
pub(crate) fn validator_set(ranking: &Ranking, since: u32) -> Result<Cell, Error> {
    CellBuilder::build_from((
        (0x12u8, since, u32::MAX, ranking.count),
        (ranking.count, ranking.total_weight, ranking.list.clone()),
    ))
}
