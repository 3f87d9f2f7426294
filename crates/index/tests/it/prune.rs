//! An index that is pruned while it grows equals an unpruned one, for the data that it keeps.

use std::collections::BTreeMap;
use std::sync::OnceLock;
use std::time::Duration;

use ddvs_client::ChainId;
use ddvs_index::rows::{Fate, TxKey};
use ddvs_index::{Identity, Index, Keep, Reader};

use crate::common::{seed, story};

/// The story again, in small lots, with a limited history.
fn pruned(keep: Keep, limit: usize) -> Index {
    let story = story();
    let index = Index::in_memory(Identity::read(&story.network).unwrap()).unwrap();
    // accounts as they were at the end do no harm here: they are no history
    seed(&story.network, &index);
    for lot in story.seen.chunks(7) {
        index.take(lot, false).unwrap();
        while index.prune(keep, limit).unwrap() {}
    }
    index
}

fn heads(reader: &Reader) -> BTreeMap<ChainId, u32> {
    let chains = [-1, 0, 1, 2].map(|chain| (chain, reader.head(chain).unwrap().unwrap().at.seqno));
    chains.into()
}

/// The story again, with the whole history.
fn whole() -> &'static Index {
    static WHOLE: OnceLock<Index> = OnceLock::new();
    WHOLE.get_or_init(|| pruned(Keep::All, 1))
}

/// All kept data are there, and nothing else is.
fn compare(index: &Index) {
    let (all, kept) = (whole().read().unwrap(), index.read().unwrap());
    let pruned = kept.pruned().unwrap();
    assert_eq!(heads(&all), heads(&kept));
    let is_kept = |tx: &TxKey| kept.transaction(tx).unwrap().is_some();
    let (mut gone, mut messages_gone, mut dropped) = (0, 0, 0);
    for observed in &story().seen {
        let block = &observed.block;
        let horizon = &pruned.chains[&block.chain];
        let is_here = block.seqno >= horizon.seqno;
        let row = kept.block(block.chain, block.seqno).unwrap();
        if is_here {
            // the blocks of other chains that a masterchain block names follow from the time of writing, as
            // everything else
            assert_eq!(row, all.block(block.chain, block.seqno).unwrap());
        } else {
            gone += 1;
            assert!(row.is_none_or(|row| row.is_key || row.at.seqno == 1));
        }
        let by_hash = kept.block_by_hash(&block.hash).unwrap();
        assert_eq!(by_hash.is_some(), is_here);
        let listed = kept
            .block_transactions(block.chain, block.seqno, None, 1_000)
            .unwrap();
        assert_eq!(
            listed.len(),
            if is_here { block.transactions.len() } else { 0 }
        );
        for record in &block.transactions {
            let row = kept.transaction_by_hash(&record.hash).unwrap();
            assert_eq!(row.is_some(), is_here);
            let key = all.transaction_by_hash(&record.hash).unwrap().unwrap().key;
            assert_eq!(is_kept(&key), is_here);
            assert_eq!(kept.transaction_boc(&key).unwrap().is_some(), is_here);
            let outgoing = record.out_messages.iter().map(|message| *message.hash());
            for hash in outgoing.chain([*record.in_message.hash()]) {
                let full = all.message(&hash).unwrap().unwrap();
                let ends = [&full.sent_by, &full.caused];
                let expected = ends.into_iter().flatten().any(is_kept)
                    || (full.caused.is_none() && full.fate == Fate::Waiting);
                let found = kept.message(&hash).unwrap();
                assert_eq!(found.is_some(), expected, "{full:?}");
                messages_gone += usize::from(!expected);
                if let Some(source) = full.source.filter(|_| full.created_lt > 0) {
                    let by_lt = kept.message_by_lt(&source, full.created_lt).unwrap();
                    assert_eq!(by_lt.is_some(), expected);
                }
            }
        }
        for ended in block.dropped.iter().map(|dropped| &dropped.hash) {
            let full = all.message(ended).unwrap().unwrap();
            let is_executed = full.fate == Fate::Executed;
            assert!(is_executed || kept.message(ended).unwrap().is_some() == is_here);
            dropped += usize::from(!is_executed);
        }
        // the set in force is known for each kept block
        if is_here {
            let then = |reader: &Reader| reader.set_at(block.chain, block.seqno).unwrap();
            assert_eq!(then(&kept), then(&all));
        }
    }
    assert!(gone > 100 && messages_gone > 100, "{gone} {messages_gone}");
    assert!(dropped > 0, "no message was dropped");
    for (chain, horizon) in &pruned.chains {
        let page = kept.blocks(*chain, None, 10_000).unwrap();
        assert_eq!(page.last().unwrap().at.seqno, horizon.seqno);
        assert_eq!(page.len() as u32, page[0].at.seqno + 1 - horizon.seqno);
        // the key block that the kept ones name can be queried
        let key = kept.block(*chain, page[page.len() - 1].key_seqno).unwrap();
        assert!(key.is_some());
        let evidence = kept.evidence(*chain, None, 1_000).unwrap();
        assert!(evidence.iter().all(|row| row.at.seqno >= horizon.seqno));
    }
    let events = kept.events_after(0, usize::MAX).unwrap();
    assert_eq!(events[0].id, pruned.first_event);
    let ids: Vec<_> = events.iter().map(|event| event.id).collect();
    assert!(ids.windows(2).all(|pair| pair[0] + 1 == pair[1]));
    // numbers and counts continue as if nothing was removed
    assert_eq!(kept.last_event().unwrap(), all.last_event().unwrap());
    assert_eq!(
        kept.count("transactions").unwrap(),
        all.count("transactions").unwrap()
    );
    // current state is kept
    assert_eq!(kept.copies().unwrap(), all.copies().unwrap());
    assert_eq!(
        kept.removed(None, 1_000).unwrap(),
        all.removed(None, 1_000).unwrap()
    );
    assert_eq!(
        kept.pools(None, 1_000).unwrap().len(),
        all.pools(None, 1_000).unwrap().len()
    );
}

#[test]
fn pruning_keeps_the_given_number_of_blocks_of_each_chain() {
    let index = pruned(Keep::Blocks(40), 10_000);
    let reader = index.read().unwrap();
    for (chain, head) in heads(&reader) {
        assert_eq!(reader.pruned().unwrap().chains[&chain].seqno, head - 39);
    }
    drop(reader);
    compare(&index);
}

#[test]
fn pruning_in_small_steps_has_the_same_result() {
    compare(&pruned(Keep::Blocks(40), 3));
}

#[test]
fn pruning_keeps_the_blocks_of_the_given_time() {
    let time = Duration::from_secs(20);
    let index = pruned(Keep::Time(time), 100);
    let reader = index.read().unwrap();
    let heads = heads(&reader).into_iter();
    let times = heads.map(|(chain, seqno)| reader.block(chain, seqno).unwrap().unwrap().at.time_ms);
    let now_ms = times.max().unwrap();
    for horizon in reader.pruned().unwrap().chains.values() {
        assert!(horizon.time_ms >= now_ms - 20_000, "{horizon:?} {now_ms}");
    }
    drop(reader);
    compare(&index);
}

#[test]
fn pruning_removes_nothing_within_the_limits() {
    for keep in [
        Keep::All,
        Keep::Blocks(1_000_000),
        Keep::Time(Duration::MAX),
    ] {
        let index = pruned(keep, 100);
        let (all, kept) = (whole().read().unwrap(), index.read().unwrap());
        assert_eq!(kept.pruned().unwrap(), ddvs_index::Pruned::default());
        let page = |reader: &Reader| reader.blocks(0, None, 10_000).unwrap();
        assert_eq!(page(&kept), page(&all));
        let events = |reader: &Reader| reader.events_after(0, usize::MAX).unwrap();
        assert!(events(&kept) == events(&all));
    }
}
