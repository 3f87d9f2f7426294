//! After the test kit's story the index agrees with the network.

use std::collections::{BTreeMap, BTreeSet};

use ddvs_client::{Backend, Live, MessageStatus};
use ddvs_contracts::storage::DElectorStorage;
use ddvs_index::rows::{EntryRow, EventKind, Fate, PoolRow, TxKey};
use ddvs_index::{Identity, Index, IndexError, Observed};
use tycho_types::boc::Boc;
use tycho_types::cell::Cell;
use tycho_types::models::{AccountState, StdAddr};

use crate::common::{seed, story};

#[test]
fn blocks_and_transactions_are_those_of_the_network() {
    let story = story();
    let reader = story.index.read().unwrap();
    let blocks = story.network.blocks_since(0, usize::MAX).unwrap();
    let count: usize = blocks.iter().map(|block| block.transactions.len()).sum();
    assert!(count > 200, "{count} transactions");
    assert_eq!(reader.count("transactions").unwrap(), count as u64);
    assert_eq!(reader.count("blocks").unwrap(), blocks.len() as u64);
    assert_eq!(
        reader.cursor().unwrap(),
        Some(story.network.cursor().unwrap())
    );
    for block in &blocks {
        let row = reader.block(block.chain, block.seqno).unwrap().unwrap();
        assert_eq!(
            (row.hash, row.previous_hash),
            (block.hash, block.previous_hash)
        );
        assert_eq!(reader.block_by_hash(&block.hash).unwrap().unwrap(), row);
        let by_lt = reader.block_by_lt(block.chain, block.start_lt).unwrap();
        assert_eq!(by_lt.unwrap().at, row.at);
        let by_time = reader
            .block_by_time(block.chain, block.gen_time_ms)
            .unwrap();
        assert_eq!(by_time.unwrap().at, row.at);
        let listed = reader
            .block_transactions(block.chain, block.seqno, None, 1_000)
            .unwrap();
        let hashes: Vec<_> = listed.iter().map(|row| row.hash).collect();
        let expected: Vec<_> = block.transactions.iter().map(|t| t.hash).collect();
        assert_eq!(hashes, expected);
        for (row, record) in listed.iter().zip(&block.transactions) {
            assert_eq!(row.succeeded(), record.succeeded());
            assert_eq!(row.balance_nano, record.balance_nano);
            let boc = reader.transaction_boc(&row.key).unwrap().unwrap();
            assert_eq!(*Boc::decode(boc).unwrap().repr_hash(), record.hash);
        }
    }
}

#[test]
fn transactions_of_an_account_come_in_pages() {
    let story = story();
    let reader = story.index.read().unwrap();
    let delector = &story.index.identity().delectors[&0];
    let all = story.network.transactions(delector, 0, usize::MAX).unwrap();
    let mut found = Vec::new();
    let mut newest = None;
    loop {
        let page = reader.transactions(delector, newest, 7).unwrap();
        let Some(last) = page.last() else { break };
        newest = Some(last.key.lt - 1);
        found.extend(page.iter().map(|row| row.hash));
    }
    found.reverse();
    assert_eq!(found, all.iter().map(|t| t.hash).collect::<Vec<_>>());
    let middle = &all[all.len() / 2];
    let key = TxKey {
        account: delector.clone(),
        lt: middle.lt,
    };
    assert_eq!(reader.transaction(&key).unwrap().unwrap().hash, middle.hash);
    let by_hash = reader.transaction_by_hash(&middle.hash).unwrap().unwrap();
    assert_eq!(by_hash.key, key);
}

#[test]
fn messages_are_tied_to_both_of_their_ends() {
    let story = story();
    let reader = story.index.read().unwrap();
    let mut crossed = 0;
    for block in story.network.blocks_since(0, usize::MAX).unwrap() {
        for record in &block.transactions {
            let located = reader.locate(record.in_message.hash()).unwrap().unwrap();
            assert_eq!(located.message.fate, Fate::Executed);
            assert_eq!(located.message.destination.as_ref(), Some(&record.account));
            assert_eq!(located.caused.unwrap().hash, record.hash);
            if let (Some(sent_by), Some(source)) = (&located.sent_by, &record.in_message.source) {
                assert_eq!(sent_by.key.account, *source);
                let lt = located.message.created_lt;
                let by_lt = reader.message_by_lt(source, lt).unwrap();
                assert_eq!(by_lt, Some(located.message.hash));
                crossed += usize::from(source.workchain != record.account.workchain);
            }
            for message in &record.out_messages {
                let located = reader.locate(message.hash()).unwrap().unwrap();
                assert_eq!(located.sent_by.unwrap().hash, record.hash);
                let status = story.network.message_status(message.hash()).unwrap();
                let is_executed = matches!(status, MessageStatus::Executed(_));
                assert_eq!(located.message.fate == Fate::Executed, is_executed);
            }
        }
    }
    assert!(crossed > 50, "{crossed} messages between chains");
}

#[test]
fn validator_sets_are_known_at_every_height() {
    let story = story();
    let reader = story.index.read().unwrap();
    let mut sets = BTreeMap::new();
    for block in story.network.blocks_since(0, usize::MAX).unwrap() {
        let set = reader.set_at(block.chain, block.seqno).unwrap().unwrap();
        assert_eq!(set.hash, block.validator_set.hash);
        assert_eq!(set.total_weight, block.validator_set.set.total_weight);
        assert_eq!(set.members.len(), block.validator_set.set.list.len());
        assert!(set.at.seqno <= block.seqno);
        sets.entry(block.chain)
            .or_insert_with(BTreeSet::new)
            .insert(set.at.seqno);
    }
    let changed = sets.values().filter(|firsts| firsts.len() > 1).count();
    assert!(changed >= 2, "the sets of {changed} chains changed");
    for (chain, firsts) in sets {
        let listed = reader.sets(chain, None, 100).unwrap();
        let listed: Vec<_> = listed.iter().rev().map(|set| set.at.seqno).collect();
        assert_eq!(listed, firsts.into_iter().collect::<Vec<_>>());
    }
}

#[test]
fn batches_have_their_votes_and_every_copy_that_applied_them() {
    let story = story();
    let reader = story.index.read().unwrap();
    let mut seen = 0;
    for (&copy, delector) in &story.index.identity().delectors {
        let account = story.network.account(delector).unwrap();
        let storage: DElectorStorage = account.data().unwrap().parse().unwrap();
        for entry in storage.registries.iter() {
            let (origin, registry) = entry.unwrap();
            let copies = reader.copies().unwrap();
            let row = copies
                .iter()
                .find(|row| (row.copy, row.origin) == (copy, origin));
            let row = row.unwrap();
            assert_eq!(
                (row.seqno, row.last_hash),
                (registry.seqno, registry.last_hash)
            );
            assert_eq!(row.total_nano, registry.total.into_inner());
            for seqno in 1..=registry.seqno {
                let contents = reader.batch(origin, seqno).unwrap();
                let applied: Vec<_> = contents
                    .iter()
                    .flat_map(|batch| batch.applied.iter().map(move |a| (batch, a)))
                    .filter(|(_, applied)| applied.at.chain == copy)
                    .collect();
                assert_eq!(applied.len(), 1, "batch {origin}:{seqno} at copy {copy}");
                let (batch, applied) = applied[0];
                assert!(!batch.entries.is_empty());
                assert!(batch.proposed.is_some());
                assert!(!batch.base.is_empty());
                assert!(2 * applied.yes_nano > applied.all_nano, "{applied:?}");
                seen += 1;
            }
            if registry.seqno > 0 {
                let last = reader.batches(origin, None, 1).unwrap();
                assert!(last[0].seqno >= registry.seqno);
            }
        }
    }
    assert!(seen > 20, "{seen} applied batches");
}

#[test]
fn pools_wallets_and_positions_are_those_of_the_contracts() {
    let story = story();
    let reader = story.index.read().unwrap();
    let pools = reader.pools(None, 1_000).unwrap();
    assert_eq!(reader.count("pools").unwrap(), pools.len() as u64);
    assert!(
        pools
            .windows(2)
            .all(|pair| pair[0].counted_nano >= pair[1].counted_nano)
    );
    let mut paged = Vec::new();
    loop {
        let after = paged
            .last()
            .map(|p: &PoolRow| (p.counted_nano, p.address.clone()));
        let page = reader
            .pools(after.as_ref().map(|(nano, root)| (*nano, root)), 3)
            .unwrap();
        if page.is_empty() {
            break;
        }
        paged.extend(page);
    }
    assert_eq!(paged, pools);
    let removed = reader.removed(None, 100).unwrap();
    assert!(!removed.is_empty());
    for row in &removed {
        assert!(reader.pool(&row.root).unwrap().unwrap().is_removed);
        let batch = reader.batch(row.root.workchain, row.seqno).unwrap();
        let names =
            |entry: &EntryRow| matches!(entry, EntryRow::RemoveKey { key, .. } if *key == row.key);
        assert!(batch.iter().any(|batch| batch.entries.iter().any(names)));
    }
    let mut positions = 0;
    for pool in &pools {
        let own = reader.pools_by_owner(&pool.owner, None, 100).unwrap();
        assert!(own.contains(pool));
        let mut active = 0;
        for (wallet, position) in reader.positions(&pool.address, None, 1_000).unwrap() {
            let row = reader.wallet(&wallet).unwrap().unwrap();
            assert!(row.positions.contains(&position));
            assert!(
                reader
                    .wallets_by_owner(&row.owner, None, 100)
                    .unwrap()
                    .contains(&row)
            );
            active += position.staked_nano() + position.leaving_nano;
            positions += 1;
        }
        // nothing is in flight any more, so both sides agree; after a slash, wallets that have not settled hold more
        if !pool.is_removed {
            assert_eq!(active, pool.owner_active_nano + pool.users_active_nano);
        }
    }
    assert!(positions >= pools.len());
    let has_users = |pool: &PoolRow| !pool.is_removed && pool.users_active_nano > 0;
    assert!(pools.iter().any(has_users));
}

#[test]
fn events_are_numbered_without_gaps_and_tell_the_story() {
    let story = story();
    let reader = story.index.read().unwrap();
    let events = reader.events_after(0, usize::MAX).unwrap();
    let last = reader.last_event().unwrap();
    assert!(events.iter().map(|event| event.id).eq(1..=last));
    let kinds: BTreeSet<_> = events.iter().map(|event| event.kind.name()).collect();
    for name in [
        "stake",
        "lock",
        "unstake",
        "unlock",
        "release",
        "withdraw",
        "key_registered",
        "update",
        "counted",
        "proposed",
        "voted",
        "applied",
        "set_changed",
        "evidence",
        "removed",
        "slashed",
        "refused",
        "pool_opened",
        "wallet_opened",
    ] {
        assert!(kinds.contains(name), "{name} did not happen");
        let kind = EventKind::from_name(name).unwrap();
        assert_eq!(EventKind::try_from(u32::from(kind)).unwrap().name(), name);
    }
    let back = reader.events_before(last, 10).unwrap();
    assert!(
        back.iter()
            .map(|event| event.id)
            .eq((last - 10..last).rev())
    );
    let evidence: Vec<_> = story
        .index
        .identity()
        .delectors
        .keys()
        .flat_map(|&chain| reader.evidence(chain, None, 100).unwrap())
        .collect();
    assert!(evidence.iter().any(|row| row.exit_code == Some(0)));
    assert!(
        evidence
            .iter()
            .any(|row| row.exit_code.is_some_and(|code| code > 1))
    );
}

#[test]
fn the_same_blocks_again_change_nothing() {
    let story = story();
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("index.redb");
    let identity = story.index.identity().clone();
    let index = Index::open(&path, identity.clone()).unwrap();
    let events = |index: &Index| index.read().unwrap().events_after(0, usize::MAX).unwrap();
    let half = story.seen.len() / 2;
    seed(&story.genesis, &index);
    index.take(&story.seen[..half], true).unwrap();
    drop(index);

    let index = Index::open(&path, identity.clone()).unwrap();
    let cursor = index.read().unwrap().cursor().unwrap().unwrap();
    assert_eq!(cursor, story.seen[half - 1].cursor);
    // continues a little before where it ended
    index.take(&story.seen[half - 20..], true).unwrap();
    assert_eq!(events(&index), events(&story.index));
    let reader = index.read().unwrap();
    assert_eq!(
        reader.count("transactions").unwrap(),
        story.index.read().unwrap().count("transactions").unwrap()
    );
    drop((reader, index));

    let mut other = identity.clone();
    other.network.genesis.0[0] ^= 1;
    let refused = Index::open(&path, other.clone());
    assert!(matches!(refused, Err(IndexError::OtherNetwork { .. })));
    let anew = Index::rebuild(&path, other).unwrap();
    assert_eq!(anew.read().unwrap().cursor().unwrap(), None);
}

/// Nodes show accounts as they are now, however old the block is that is read.
#[test]
fn states_that_are_newer_than_their_block_tell_the_same_story() {
    let story = story();
    let index = Index::in_memory(story.index.identity().clone()).unwrap();
    for observed in &story.seen {
        let touched: BTreeSet<_> = observed
            .block
            .transactions
            .iter()
            .map(|transaction| &transaction.account)
            .collect();
        let views = touched
            .into_iter()
            .map(|account| story.network.account(account).unwrap());
        let newer = Observed {
            accounts: views.collect(),
            ..observed.clone()
        };
        index.take(&[newer], false).unwrap();
    }
    let (told, real) = (index.read().unwrap(), story.index.read().unwrap());

    // an account that is gone by the end cannot be recognised any more, and causes no events
    let gone = |account: &StdAddr| story.network.account(account).unwrap().data().is_none();
    let events = |reader: &ddvs_index::Reader| -> BTreeSet<_> {
        let events = reader.events_after(0, usize::MAX).unwrap();
        events
            .into_iter()
            .filter(|event| !event.account.as_ref().is_some_and(gone))
            .filter_map(|event| Some((event.transaction?, event.kind.name(), event.amount_nano)))
            .collect()
    };
    let expected = events(&real);
    assert!(expected.len() > 40, "{} events", expected.len());
    assert_eq!(events(&told), expected);

    let mut seen = 0;
    for &origin in story.index.identity().delectors.keys() {
        let applied = |reader: &ddvs_index::Reader| -> BTreeSet<_> {
            let batches = reader.batches(origin, None, usize::MAX).unwrap();
            let rows = batches.iter().flat_map(|batch| {
                let copies = batch.applied.iter().map(|applied| applied.at.chain);
                copies.map(|copy| (batch.seqno, batch.hash, copy))
            });
            rows.collect()
        };
        assert_eq!(applied(&told), applied(&real), "batches of chain {origin}");
        seen += applied(&told).len();
    }
    assert!(seen > 20, "{seen} applied batches");
    let removed = |reader: &ddvs_index::Reader| -> Vec<_> {
        let rows = reader.removed(None, 100).unwrap();
        rows.into_iter().map(|row| (row.key, row.seqno)).collect()
    };
    assert!(!removed(&real).is_empty());
    assert_eq!(removed(&told), removed(&real));
}

/// Accounts that no block reported are written immediately, and do not sort before those that blocks reported.
#[test]
fn accounts_since_genesis_are_added_to_those_of_blocks() {
    let story = story();
    let index = Index::in_memory(story.index.identity().clone()).unwrap();
    let last = &story.seen.last().unwrap().block;
    let (chain, set) = (last.chain, &last.validator_set);
    index.seed_set(chain, 1, set).unwrap();
    let first = index.read().unwrap().set_at(chain, 0).unwrap().unwrap();
    assert_eq!((first.hash, first.at.seqno), (set.hash, 0));

    index.take(&story.seen, false).unwrap();
    let sets = |index: &Index| index.read().unwrap().sets(chain, None, 1_000).unwrap();
    let told = sets(&index);
    index
        .seed_set(chain, 1, &story.seen[0].block.validator_set)
        .unwrap();
    assert_eq!(sets(&index), told);
    let before = index.read().unwrap().copies().unwrap();
    let accounts = index.read().unwrap().count("accounts").unwrap();
    seed(&story.genesis, &index);
    assert_eq!(index.read().unwrap().copies().unwrap(), before);
    assert!(index.read().unwrap().count("accounts").unwrap() >= accounts);
}

#[test]
fn an_index_knows_its_network() {
    let story = story();
    let identity = Identity::read(&story.network).unwrap();
    assert_eq!(&identity, story.index.identity());
    assert!(identity.is_delector(&identity.delectors[&-1]));
}

/// A captured chain's state may be anything; the other chains are none the less read.
#[test]
fn a_delector_that_cannot_be_read_tells_nothing_and_stops_nothing() {
    let story = story();
    let index = Index::in_memory(story.index.identity().clone()).unwrap();
    let delector = story.index.identity().delectors[&0].clone();
    let mut broken = 0;
    for observed in &story.seen {
        let mut observed = observed.clone();
        for view in &mut observed.accounts {
            let account = view.account.as_mut();
            if let Some(AccountState::Active(state)) = account.map(|account| &mut account.state)
                && view.address == delector
            {
                state.data = Some(Cell::default());
                broken += 1;
            }
        }
        index.take(&[observed], false).unwrap();
    }
    assert!(broken > 3, "{broken} states");
    let copies = index.read().unwrap().copies().unwrap();
    let told: BTreeSet<_> = copies.iter().map(|row| row.copy).collect();
    assert_eq!(told, BTreeSet::from([-1, 1, 2]));
}
