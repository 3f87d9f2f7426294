//! Blocks, transactions, messages, validator sets.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use redb::ReadableTable;
use tycho_types::cell::HashBytes;
use tycho_types::models::StdAddr;

use super::{Writer, get, last, put};
use crate::rows::{
    BlockRow, EventKind, EventRow, Fate, MAX_CHANGES, MessageRow, PoolRow, SetChangeRow, SetRow,
};
use crate::{Facts, IndexError, key};

impl Writer<'_> {
    /// Writes the header. On a network of nodes a block may come again with more transactions.
    pub(super) fn header(&mut self, facts: &Facts) -> Result<(), IndexError> {
        let mut row = facts.block.clone();
        let at = row.at;
        let own = key::block(at.chain, at.seqno);
        let head: Option<BlockRow> = last(&self.blocks, &key::chain(at.chain))?;
        if let Some(known) = get::<BlockRow>(&self.blocks, &own)? {
            row.transactions = row.transactions.max(known.transactions);
            (row.is_key, row.key_seqno) = (known.is_key, known.key_seqno);
            row.shards = known.shards;
        } else {
            let before = head.as_ref().filter(|head| head.at.seqno < at.seqno);
            row.is_key = before.is_none_or(|before| {
                (before.config_hash, before.set_hash) != (row.config_hash, row.set_hash)
            });
            row.key_seqno = match before {
                Some(before) if !row.is_key => before.key_seqno,
                _ => at.seqno,
            };
            if at.chain == ddvs_client::MASTERCHAIN {
                row.shards = self.shards()?;
            }
            self.count("blocks")?;
        }
        put(&mut self.blocks, &own, &row)?;
        if row.hash != HashBytes::ZERO {
            self.block_by_hash
                .insert(row.hash.as_slice(), own.as_slice())?;
        }
        if row.start_lt > 0 {
            let lt = key::moment(at.chain, row.start_lt);
            self.block_by_lt.insert(lt.as_slice(), own.as_slice())?;
        }
        let time = key::moment(at.chain, at.time_ms);
        self.block_by_time.insert(time.as_slice(), own.as_slice())?;
        Ok(())
    }

    fn shards(&self) -> Result<Vec<(i8, u32)>, IndexError> {
        let chains = self.index.identity.delectors.keys();
        let mut shards = Vec::new();
        for &chain in chains.filter(|chain| **chain != ddvs_client::MASTERCHAIN) {
            let head: Option<BlockRow> = last(&self.blocks, &key::chain(chain))?;
            shards.extend(head.map(|head| (chain, head.at.seqno)));
        }
        Ok(shards)
    }

    /// Writes the transactions; returns the hashes of those that are new.
    pub(super) fn transactions(
        &mut self,
        facts: &Facts,
    ) -> Result<BTreeSet<HashBytes>, IndexError> {
        let mut fresh = BTreeSet::new();
        for (row, boc) in &facts.transactions {
            if self.transaction_by_hash.get(row.hash.as_slice())?.is_some() {
                continue;
            }
            let own = key::transaction(&row.key.account, row.key.lt);
            put(&mut self.transactions, &own, row)?;
            self.transaction_bocs
                .insert(own.as_slice(), boc.as_slice())?;
            self.transaction_by_hash
                .insert(row.hash.as_slice(), own.as_slice())?;
            let at = row.at;
            let place = key::in_block(at.chain, at.seqno, row.key.lt, &row.key.account.address);
            self.block_transactions
                .insert(place.as_slice(), own.as_slice())?;
            self.count("transactions")?;
            fresh.insert(row.hash);
        }
        Ok(fresh)
    }

    /// Writes messages; earlier and new facts about one are merged.
    pub(super) fn messages(&mut self, messages: &[MessageRow]) -> Result<(), IndexError> {
        for message in messages {
            let own = message.hash.as_slice();
            let row = match get::<MessageRow>(&self.messages, own)? {
                Some(known) => merged(known, message),
                None => message.clone(),
            };
            put(&mut self.messages, own, &row)?;
            if let Some(source) = &row.source
                && row.created_lt > 0
            {
                let sent = key::transaction(source, row.created_lt);
                self.message_by_lt.insert(sent.as_slice(), own)?;
            }
        }
        Ok(())
    }

    /// Records which messages ended in a block without a transaction, so that they are removed with it.
    pub(super) fn ended(&mut self, facts: &Facts) -> Result<(), IndexError> {
        let at = facts.block.at;
        for message in &facts.messages {
            if matches!(message.fate, Fate::Dropped { .. } | Fate::Returned { .. }) {
                let place = key::batch(at.chain, at.seqno, &message.hash);
                self.ended.insert(place.as_slice(), [].as_slice())?;
            }
        }
        Ok(())
    }

    /// Writes the validator set, if it differs from the previous one.
    pub(super) fn set(&mut self, set: &SetRow) -> Result<(), IndexError> {
        let before: Option<SetRow> = last(&self.sets, &key::chain(set.at.chain))?;
        if let Some(before) = &before
            && (before.hash == set.hash || before.at.seqno >= set.at.seqno)
        {
            return Ok(());
        }
        put(&mut self.sets, &key::block(set.at.chain, set.at.seqno), set)?;
        let Some(before) = before else {
            return Ok(());
        };
        let event = self.set_changed(&before, set)?;
        self.event(event)
    }
}

impl Writer<'_> {
    /// Returns the differences between two sets.
    fn set_changed(&self, before: &SetRow, set: &SetRow) -> Result<EventRow, IndexError> {
        let weights = |set: &SetRow| -> BTreeMap<_, _> {
            let members = set.members.iter();
            members.map(|member| (member.key, member.weight)).collect()
        };
        let (old, new) = (weights(before), weights(set));
        let mut changes = Vec::new();
        for key in old
            .keys()
            .chain(new.keys().filter(|key| !old.contains_key(*key)))
        {
            let (from, to) = (old.get(key), new.get(key));
            if from != to {
                changes.push((from.copied(), to.copied(), *key));
            }
        }
        let count = |count: usize| u32::try_from(count).ok();
        let mut event = EventRow::new(EventKind::SET_CHANGED, set.at);
        event.members = count(new.len());
        event.joined = count(changes.iter().filter(|(from, ..)| from.is_none()).count());
        event.left = count(changes.iter().filter(|(_, to, _)| to.is_none()).count());
        let both = |(from, to, _): &&(Option<u64>, Option<u64>, _)| from.is_some() && to.is_some();
        event.changed = count(changes.iter().filter(both).count());
        // joins and leaves first, then the largest differences
        changes.sort_by_key(|(from, to, key)| {
            let difference = from.unwrap_or(0).abs_diff(to.unwrap_or(0));
            (from.is_some() && to.is_some(), Reverse(difference), *key)
        });
        for (from, to, key) in changes.into_iter().take(MAX_CHANGES) {
            event.changes.push(SetChangeRow {
                key,
                root: self.root_of(&key)?,
                from: from.unwrap_or(0),
                to: to.unwrap_or(0),
            });
        }
        Ok(event)
    }

    /// The Root that last had a consensus key.
    fn root_of(&self, consensus_key: &HashBytes) -> Result<Option<StdAddr>, IndexError> {
        let Some(own) = self.pool_by_key.get(consensus_key.as_slice())? else {
            return Ok(None);
        };
        let pool: Option<PoolRow> = get(&self.pools, own.value())?;
        Ok(pool.map(|pool| pool.address))
    }

    /// Writes the first set of a chain, if none is known.
    pub(super) fn first_set(&mut self, set: &SetRow) -> Result<(), IndexError> {
        let known: Option<SetRow> = last(&self.sets, &key::chain(set.at.chain))?;
        match known {
            Some(_) => Ok(()),
            None => put(&mut self.sets, &key::block(set.at.chain, set.at.seqno), set),
        }
    }
}

fn merged(mut known: MessageRow, new: &MessageRow) -> MessageRow {
    known.source = known.source.or_else(|| new.source.clone());
    known.destination = known.destination.or_else(|| new.destination.clone());
    known.value_nano = known.value_nano.max(new.value_nano);
    known.created_lt = known.created_lt.max(new.created_lt);
    known.op = known.op.or(new.op);
    known.is_bounced |= new.is_bounced;
    known.sent_by = known.sent_by.or_else(|| new.sent_by.clone());
    // one external message may cause several transactions: the last one counts
    known.caused = new.caused.clone().or(known.caused);
    known.fate = match (known.fate, new.fate) {
        (Fate::Executed, _) | (_, Fate::Waiting) => known.fate,
        (_, new) => new,
    };
    known.note = match known.fate {
        Fate::Dropped { .. } | Fate::Returned { .. } => known.note.or_else(|| new.note.clone()),
        Fate::Waiting | Fate::Executed | Fate::Left => None,
    };
    known
}
