//! Heights of all chains on a node of this machine, from its last masterchain block.
//!
//! The RPC provides only the number of that block; with its whole id the block itself can be fetched, which contains the last
//! block of each workchain. The id is in the node's log. The block comes from the node, through its control socket, and its
//! hash is compared: the log only provides candidates.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tycho_types::boc::Boc;
use tycho_types::models::{Block, BlockId, ShardIdent};

use crate::TychoError;
use crate::layout::Layout;

/// Number of bytes read from the end of a log.
const TAIL_BYTES: u64 = 256 << 10;
/// Number of blocks that are tried: the node may not have stored the newest one yet.
const TRIES: usize = 3;
/// Maximum size of a block.
const MAX_BLOCK_BYTES: u64 = 64 << 20;
const POLL_TIME: Duration = Duration::from_millis(2);

/// Returns the number of the last block of each chain, from node `index`. `binary` is the engine's; the whole call takes at
/// most `patience`.
///
/// Fails only when the node's log names no block, or the node does not return it in time.
pub fn heights(
    layout: &Layout,
    index: u16,
    binary: &Path,
    patience: Duration,
) -> Result<BTreeMap<i8, u32>, TychoError> {
    let failed = |reason: String| TychoError::Node {
        index,
        reason,
        log: layout.log(index),
    };
    let tail = tail(&layout.log(index)).map_err(TychoError::file(layout.log(index)))?;
    let ids = masterchain_ids(&tail);
    if ids.is_empty() {
        return Err(failed("its log names no masterchain block yet".into()));
    }
    let end = Instant::now() + patience;
    let socket = layout.node(index).join("control.sock");
    let mut why = String::new();
    for id in ids.iter().rev().take(TRIES) {
        match dump(binary, &socket, id, end).and_then(|bytes| read(id, &bytes)) {
            Ok(heights) => return Ok(heights),
            Err(cause) => why = format!("{cause:#}"),
        }
    }
    Err(failed(format!(
        "it does not give out its last block: {why}"
    )))
}

fn tail(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut file = File::open(path)?;
    let len = file.metadata()?.len();
    file.seek(SeekFrom::Start(len.saturating_sub(TAIL_BYTES)))?;
    let mut bytes = Vec::new();
    file.take(TAIL_BYTES).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Returns the whole ids of masterchain blocks in a text, ascending.
fn masterchain_ids(text: &[u8]) -> Vec<BlockId> {
    let text = String::from_utf8_lossy(text);
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == ':' || c == '-'));
    let mut ids: Vec<BlockId> = words
        .filter(|word| word.starts_with("-1:"))
        .filter_map(|word| word.parse().ok())
        .filter(|id: &BlockId| id.shard == ShardIdent::MASTERCHAIN)
        .collect();
    ids.sort_by_key(|id| id.seqno);
    ids.dedup();
    ids
}

/// Returns the bytes of a block stored by the node.
fn dump(
    binary: &Path,
    socket: &Path,
    id: &BlockId,
    end: Instant,
) -> Result<Vec<u8>, anyhow::Error> {
    let mut child = Command::new(binary)
        .args(["node", "dump-block", "--control-socket"])
        .arg(socket)
        .arg(format!("--block-id={id}"))
        // the engine writes to files only; its messages go to stdout
        .arg("/dev/stderr")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()?;
    let pipe = child.stderr.take();
    let reader = std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let read = pipe.map(|pipe| pipe.take(MAX_BLOCK_BYTES).read_to_end(&mut bytes));
        read.transpose().map(|_| bytes)
    });
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if Instant::now() >= end {
            child.kill()?;
            child.wait()?;
            anyhow::bail!("its control socket gave no answer in time");
        }
        std::thread::sleep(POLL_TIME);
    };
    let bytes = reader
        .join()
        .map_err(|_| anyhow::anyhow!("the reader of the block ended early"))??;
    if !status.success() {
        let words = String::from_utf8_lossy(&bytes);
        anyhow::bail!("{}", words.lines().next().unwrap_or("no reason given"));
    }
    Ok(bytes)
}

/// Reads the heights of all chains from a masterchain block.
fn read(id: &BlockId, bytes: &[u8]) -> Result<BTreeMap<i8, u32>, anyhow::Error> {
    let root = Boc::decode(bytes)?;
    anyhow::ensure!(*root.repr_hash() == id.root_hash, "it gave another block");
    let extra = root.parse::<Block>()?.load_extra()?;
    let custom = extra.load_custom()?;
    let custom = custom.ok_or_else(|| anyhow::anyhow!("the block names no workchains"))?;
    let mut heights = BTreeMap::from([(-1, id.seqno)]);
    for shard in custom.shards.latest_blocks() {
        let shard = shard?;
        let chain = i8::try_from(shard.shard.workchain())?;
        let height = heights.entry(chain).or_insert(shard.seqno);
        *height = shard.seqno.max(*height);
    }
    Ok(heights)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_found_in_the_words_of_a_log() {
        let (a, b) = ("ab".repeat(32), "cd".repeat(32));
        let log = format!(
            "INFO handling block mc_block_id=-1:8000000000000000:25 id=-1:8000000000000000:25:{a}:{b}\n\
             INFO shard id=0:8000000000000000:30:{a}:{b} \n\
             INFO collated block_id=\"-1:8000000000000000:26:{b}:{a}\", again -1:8000000000000000:25:{a}:{b}\n\
             cut off -1:8000000000000000:27:{b}:c"
        );
        let found = masterchain_ids(log.as_bytes());
        let numbers: Vec<_> = found.iter().map(|id| id.seqno).collect();
        assert_eq!(numbers, [25, 26]);
        assert_eq!(found[1].root_hash.to_string(), b);
    }
}
