//! Registries and rankings before the first batch.

use std::collections::BTreeMap;

use ddvs_contracts::storage::{
    ChainRegistry, KEY_MAGIC, KeyEntry, Ranking, RecentTotals, RootEntry, ValidatorDescr,
};
use ddvs_types::COIN_U64;
use tycho_types::cell::{Cell, CellBuilder, HashBytes};
use tycho_types::dict::{Dict, RawDict};
use tycho_types::error::Error;
use tycho_types::num::Tokens;

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
                retired: 0,
                is_removed: false,
            },
        );
        keys.insert(member.key, KeyEntry::InUse { root: member.root });
    }
    let total: u128 = members
        .iter()
        .map(|member| u128::from(member.stake_nano))
        .sum();
    Ok(ChainRegistry {
        seqno: 0,
        total: Tokens::new(total),
        count: members.len() as u32,
        removed: 0,
        eligible: members
            .iter()
            .filter(|member| member.stake_nano >= min_stake_nano)
            .count() as u32,
        last_hash: HashBytes::ZERO,
        recent: RecentTotals::default(),
        roots: Dict::try_from_btree(&roots)?,
        keys: Dict::try_from_btree(&keys)?,
        history: Dict::new(),
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

/// Returns the largest `limit` members in slots, and the rest as candidates.
pub(crate) fn ranking(members: &[&Member], limit: u16) -> Result<Ranking, Error> {
    let mut ranked: Vec<_> = members
        .iter()
        .map(|member| (rank(member), *member))
        .collect();
    ranked.sort_by_key(|(rank, _)| std::cmp::Reverse(*rank));
    let beyond = ranked.split_off(ranked.len().min(usize::from(limit)));
    let mut ranking = Ranking::default();
    let (mut list, mut active) = (BTreeMap::new(), BTreeMap::new());
    for (slot, (rank, member)) in (0u16..).zip(ranked) {
        let weight = (member.stake_nano / COIN_U64).max(1);
        ranking.count += 1;
        ranking.total_weight += weight;
        let descr = ValidatorDescr {
            key_magic: KEY_MAGIC,
            key: member.key,
            weight,
        };
        list.insert(slot, descr);
        active.insert(rank, slot);
    }
    let beyond = beyond.iter().map(|(rank, member)| (*rank, member.key));
    ranking.list = Dict::try_from_btree(&list)?;
    ranking.active = Dict::try_from_btree(&active)?;
    ranking.candidates = Dict::try_from_btree(&beyond.collect::<BTreeMap<_, _>>())?;
    Ok(ranking)
}

/// Returns `validators_ext#12`, as the D'Elector writes it.
pub(crate) fn validator_set(ranking: &Ranking, since: u32) -> Result<Cell, Error> {
    CellBuilder::build_from((
        (0x12u8, since, u32::MAX, ranking.count),
        (ranking.count, ranking.total_weight, ranking.list.clone()),
    ))
}
