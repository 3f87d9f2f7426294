//! Blocks of the embedded network in the form that nodes give out, as far as a client reads them.

use std::collections::BTreeMap;
use std::sync::Arc;

use ddvs_client::{Block, ChainId, MASTERCHAIN};
use tycho_types::cell::{Cell, CellBuilder, CellFamily, HashBytes, Lazy, Store};
use tycho_types::dict::{AugDict, Dict};
use tycho_types::models::{
    AccountBlock, AccountBlocks, BlockId, BlockRef, CurrencyCollection, HashUpdate, ShardIdent,
};

/// Block `seqno` of a chain, in Tycho's form, and its id.
pub fn encode(blocks: &[Arc<Block>], chain: ChainId, seqno: u32) -> (BlockId, Cell) {
    let mut heads: BTreeMap<ChainId, (BlockRef, Cell)> = BTreeMap::new();
    for block in blocks {
        let previous = heads.get(&block.chain).map(|head| head.0.clone());
        let cell = encode_one(block, previous, &heads);
        let head = BlockRef {
            end_lt: block.end_lt,
            seqno: block.seqno,
            root_hash: *cell.repr_hash(),
            file_hash: *cell.repr_hash(),
        };
        if (block.chain, block.seqno) == (chain, seqno) {
            return (head.as_block_id(ShardIdent::new_full(chain.into())), cell);
        }
        heads.insert(block.chain, (head, cell));
    }
    panic!("there is no block {chain}:{seqno}");
}

fn encode_one(
    block: &Block,
    previous: Option<BlockRef>,
    heads: &BTreeMap<ChainId, (BlockRef, Cell)>,
) -> Cell {
    let context = Cell::empty_context();
    let is_main = block.chain == MASTERCHAIN;
    let mut info = CellBuilder::new();
    info.store_u32(0x9bc7_a988).unwrap();
    info.store_u32(0).unwrap();
    info.store_u16(if is_main { 0 } else { 0x8000 }).unwrap();
    info.store_u32(block.seqno).unwrap();
    info.store_u32(0).unwrap();
    ShardIdent::new_full(block.chain.into())
        .store_into(&mut info, context)
        .unwrap();
    info.store_u32((block.gen_time_ms / 1_000) as u32).unwrap();
    info.store_u16((block.gen_time_ms % 1_000) as u16).unwrap();
    info.store_u64(block.start_lt).unwrap();
    info.store_u64(block.end_lt).unwrap();
    for _ in 0..4 {
        info.store_u32(0).unwrap();
    }
    if !is_main {
        info.store_reference(Cell::default()).unwrap();
    }
    let previous = previous.unwrap_or(BlockRef {
        end_lt: 0,
        seqno: 0,
        root_hash: HashBytes::ZERO,
        file_hash: HashBytes::ZERO,
    });
    info.store_reference(CellBuilder::build_from(previous).unwrap())
        .unwrap();

    let mut extra = CellBuilder::new();
    extra.store_u32(0x4a33_f6fc).unwrap();
    extra.store_reference(Cell::default()).unwrap();
    extra.store_reference(Cell::default()).unwrap();
    extra
        .store_reference(CellBuilder::build_from(accounts(block)).unwrap())
        .unwrap();
    extra.store_u256(&HashBytes::ZERO).unwrap();
    extra.store_u256(&HashBytes::ZERO).unwrap();
    extra.store_bit(is_main).unwrap();
    if is_main {
        extra.store_reference(master_extra(heads)).unwrap();
    }

    let mut whole = CellBuilder::new();
    whole.store_u32(0x11ef_55bb).unwrap();
    whole.store_u32(super::GLOBAL_ID as u32).unwrap();
    whole.store_reference(info.build().unwrap()).unwrap();
    whole.store_reference(Cell::default()).unwrap();
    whole.store_reference(Cell::default()).unwrap();
    whole.store_reference(extra.build().unwrap()).unwrap();
    whole.build().unwrap()
}

fn accounts(block: &Block) -> AccountBlocks {
    let mut by_account: BTreeMap<HashBytes, Vec<_>> = BTreeMap::new();
    for transaction in &block.transactions {
        let account = transaction.account.address;
        by_account.entry(account).or_default().push(transaction);
    }
    let mut accounts = AccountBlocks::new();
    for (account, list) in by_account {
        let mut transactions = AugDict::new();
        for t in list {
            let fees = CurrencyCollection::new(t.total_fees_nano);
            transactions.set(t.lt, fees, t.cell.clone()).unwrap();
        }
        let update = HashUpdate {
            old: HashBytes::ZERO,
            new: HashBytes::ZERO,
        };
        let entry = AccountBlock {
            account,
            transactions,
            state_update: Lazy::new(&update).unwrap(),
        };
        accounts
            .set(account, CurrencyCollection::ZERO, entry)
            .unwrap();
    }
    accounts
}

fn master_extra(heads: &BTreeMap<ChainId, (BlockRef, Cell)>) -> Cell {
    let mut shards = Dict::<i32, Cell>::new();
    for (chain, (head, _)) in heads.iter().filter(|head| *head.0 != MASTERCHAIN) {
        let mut leaf = CellBuilder::new();
        leaf.store_bit_zero().unwrap();
        leaf.store_small_uint(0xa, 4).unwrap();
        leaf.store_u32(head.seqno).unwrap();
        leaf.store_u32(0).unwrap();
        leaf.store_u64(0).unwrap();
        leaf.store_u64(head.end_lt).unwrap();
        leaf.store_u256(&head.root_hash).unwrap();
        leaf.store_u256(&head.file_hash).unwrap();
        shards
            .set(i32::from(*chain), leaf.build().unwrap())
            .unwrap();
    }
    let mut custom = CellBuilder::new();
    custom.store_u16(0xcca5).unwrap();
    custom.store_bit_zero().unwrap();
    shards
        .store_into(&mut custom, Cell::empty_context())
        .unwrap();
    custom.build().unwrap()
}
