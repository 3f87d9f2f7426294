//! Removed data are reported as such, and not as if they had never existed.

use axum::http::StatusCode;
use ddvs_client::ChainId;
use ddvs_index::{Horizon, Reader};

use crate::error::ApiError;
use crate::v1::Place;

impl ApiError {
    /// It existed, and was removed because of its age.
    pub fn pruned(what: impl Into<String>, advice: impl Into<String>) -> Self {
        Self {
            status: StatusCode::GONE,
            code: "pruned",
            message: what.into(),
            advice: advice.into(),
            exit_code: None,
        }
    }

    /// Returns the error with a note that the requested hash may have existed, if anything was removed.
    pub fn or_pruned(mut self, reader: &Reader) -> Result<Self, ApiError> {
        let pruned = reader.pruned()?;
        if let Some((chain, horizon)) = pruned.chains.first_key_value() {
            self.message.push_str(&format!(
                " here: it never was, or is older than what this server keeps, on chain {chain} from block {} on",
                horizon.seqno
            ));
        }
        Ok(self)
    }
}

fn horizon(reader: &Reader, chain: ChainId) -> Result<Option<Horizon>, ApiError> {
    Ok(reader.pruned()?.chains.get(&chain).copied())
}

/// Returns the first kept block of a chain, if older ones were removed.
pub(crate) fn first(reader: &Reader, chain: ChainId) -> Result<Option<Place>, ApiError> {
    let first = horizon(reader, chain)?;
    Ok(first.map(|first| Place {
        chain,
        block: first.seqno,
        time_ms: first.time_ms,
    }))
}

/// Fails with `pruned` when a block is older than the kept ones.
pub(crate) fn check_block(reader: &Reader, chain: ChainId, seqno: u32) -> Result<(), ApiError> {
    match horizon(reader, chain)? {
        Some(first) if (1..first.seqno).contains(&seqno) => Err(ApiError::pruned(
            format!("block {seqno} of chain {chain} is not kept any more"),
            format!("The first that is kept is {}.", first.seqno),
        )),
        _ => Ok(()),
    }
}

/// Fails with `pruned` when a batch is older than the kept ones.
pub(crate) fn check_batch(reader: &Reader, origin: ChainId, number: u32) -> Result<(), ApiError> {
    match reader.first_batch(origin)? {
        Some(first) if horizon(reader, origin)?.is_some() && (1..first).contains(&number) => {
            Err(ApiError::pruned(
                format!("batch {number} of chain {origin} is not kept any more"),
                format!("The first that is kept is {first}."),
            ))
        }
        _ => Ok(()),
    }
}

/// Fails with `pruned` when a logical time of a chain is before the kept history.
pub(crate) fn check_lt(reader: &Reader, chain: ChainId, lt: u64) -> Result<(), ApiError> {
    match horizon(reader, chain)? {
        Some(first) if lt < first.lt => Err(ApiError::pruned(
            format!("what happened on chain {chain} at logical time {lt} is not kept any more"),
            format!(
                "Logical times from {} on are kept, which is block {}.",
                first.lt, first.seqno
            ),
        )),
        _ => Ok(()),
    }
}

/// Fails with `pruned` when a time of a chain, in ms, is before the kept history.
pub(crate) fn check_time(reader: &Reader, chain: ChainId, time_ms: u64) -> Result<(), ApiError> {
    match horizon(reader, chain)? {
        Some(first) if time_ms < first.time_ms => Err(ApiError::pruned(
            format!("blocks of chain {chain} of that time are not kept any more"),
            format!("The first that is kept is {}.", first.seqno),
        )),
        _ => Ok(()),
    }
}

/// Fails with `pruned` when events after `id` are not all kept; 0 asks for all that exist.
pub(crate) fn check_event(reader: &Reader, id: u64) -> Result<(), ApiError> {
    let first = reader.pruned()?.first_event;
    if id == 0 || id.saturating_add(1) >= first {
        return Ok(());
    }
    Err(ApiError::pruned(
        format!("events up to {} are not kept any more", first - 1),
        format!(
            "Continue after event {}, or start over with after=0.",
            first - 1
        ),
    ))
}
