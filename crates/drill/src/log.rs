//! Errors in the nodes' logs.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Seek, SeekFrom};

use anyhow::{Context, Result};
use ddvs_tycho::Layout;
use serde::Serialize;

/// Patterns in a line, and their meaning.
const SIGNS: [(&str, &str); 5] = [
    ("signature is invalid", "disagreement"),
    ("panicked at", "panic"),
    ("validator session already exists", "session-exists"),
    ("too short mempool epoch", "short-epoch"),
    ("block mismatch", "mismatch"),
];

/// Number of errors of each kind.
pub type Complaints = BTreeMap<&'static str, u64>;

/// A position in every node's log.
#[derive(Debug, Clone, Default, Serialize)]
pub struct LogMark(BTreeMap<u16, u64>);

impl LogMark {
    /// Returns the current ends.
    pub fn now(layout: &Layout, nodes: &[u16]) -> Self {
        let end = |node| std::fs::metadata(layout.log(node)).map_or(0, |meta| meta.len());
        Self(nodes.iter().map(|&node| (node, end(node))).collect())
    }

    /// Returns the errors since the last call, and moves to the ends.
    ///
    /// Fails only when a log cannot be read.
    pub fn advance(&mut self, layout: &Layout) -> Result<Complaints> {
        let mut found = Complaints::new();
        for (&node, place) in &mut self.0 {
            let path = layout.log(node);
            let context = || format!("reading {}", path.display());
            let mut file = File::open(&path).with_context(context)?;
            file.seek(SeekFrom::Start(*place)).with_context(context)?;
            let mut lines = BufReader::new(file);
            let mut line = Vec::new();
            loop {
                line.clear();
                let read = lines.read_until(b'\n', &mut line).with_context(context)?;
                if read == 0 {
                    break;
                }
                *place += read as u64;
                let text = String::from_utf8_lossy(&line);
                for (words, kind) in SIGNS {
                    if text.contains(words) {
                        *found.entry(kind).or_default() += 1;
                    }
                }
            }
        }
        Ok(found)
    }
}
