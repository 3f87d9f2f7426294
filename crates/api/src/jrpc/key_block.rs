//! The last key block in the nodes' format, for clients that read the config from it.

use ddvs_index::rows::BlockRow;
use tycho_types::cell::{Cell, CellBuilder, HashBytes, Lazy, LazyExotic};
use tycho_types::error::Error;
use tycho_types::merkle::MerkleUpdate;
use tycho_types::models::{
    Block, BlockExtra, BlockInfo, BlockRef, BlockchainConfig, McBlockExtra, OutMsgQueueUpdates,
    ShardIdent, ValueFlow,
};

/// Builds header and config of a masterchain block. It contains no transactions and no change of state, so its hash is not
/// the block's.
///
/// Fails only when a part does not fit into its cell.
pub(super) fn build(
    global_id: i32,
    row: &BlockRow,
    config: &BlockchainConfig,
) -> Result<Cell, Error> {
    let previous = BlockRef {
        end_lt: row.start_lt,
        seqno: row.at.seqno.saturating_sub(1),
        root_hash: row.previous_hash,
        file_hash: row.previous_hash,
    };
    let HashBytes([a, b, c, d, ..]) = row.set_hash;
    let info = BlockInfo {
        key_block: true,
        seqno: row.at.seqno,
        shard: ShardIdent::MASTERCHAIN,
        gen_utime: u32::try_from(row.at.time_ms / 1_000).unwrap_or(u32::MAX),
        start_lt: row.start_lt,
        end_lt: row.end_lt,
        gen_validator_list_hash_short: u32::from_be_bytes([a, b, c, d]),
        prev_ref: CellBuilder::build_from(previous)?,
        ..BlockInfo::default()
    };
    let extra = BlockExtra {
        custom: Some(Lazy::new(&McBlockExtra {
            config: Some(config.clone()),
            ..McBlockExtra::default()
        })?),
        ..BlockExtra::default()
    };
    CellBuilder::build_from(Block {
        global_id,
        info: Lazy::new(&info)?,
        value_flow: Lazy::new(&ValueFlow::default())?,
        state_update: LazyExotic::new(&MerkleUpdate::default())?,
        out_msg_queue_updates: OutMsgQueueUpdates {
            diff_hash: HashBytes::ZERO,
            tail_len: 0,
        },
        extra: Lazy::new(&extra)?,
    })
}
