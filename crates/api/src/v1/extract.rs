//! Arguments of a path or query, with the API's own errors.

use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{FromRequestParts, Path, Query};
use tycho_types::cell::HashBytes;
use tycho_types::models::StdAddr;

use crate::error::ApiError;
use crate::state::ApiState;
use crate::{address, params};

/// Arguments of a query.
#[derive(Debug, FromRequestParts)]
#[from_request(via(Query), rejection(ApiError))]
pub(super) struct Asked<T>(pub T);

/// Arguments of a path.
#[derive(Debug, FromRequestParts)]
#[from_request(via(Path), rejection(ApiError))]
pub(super) struct Named<T>(pub T);

impl From<QueryRejection> for ApiError {
    fn from(rejection: QueryRejection) -> Self {
        Self::bad_request(
            rejection.body_text(),
            "`/api/v1/docs` lists the arguments of this path.",
        )
    }
}

impl From<PathRejection> for ApiError {
    fn from(rejection: PathRejection) -> Self {
        Self::bad_request(rejection.body_text(), "`/api/v1/docs` describes this path.")
    }
}

/// Parses an address in any format.
pub(super) fn addr(name: &str, text: &str) -> Result<StdAddr, ApiError> {
    address::parse(name, text)
}

/// Like [`addr`], for an optional address.
pub(super) fn maybe_addr(name: &str, text: Option<&String>) -> Result<Option<StdAddr>, ApiError> {
    text.map(|text| address::parse(name, text)).transpose()
}

/// Parses a hash in hex or base64.
pub(super) fn hash(name: &str, text: &str) -> Result<HashBytes, ApiError> {
    params::parse_hash(name, text)
}

/// Returns the length of a page.
pub(super) fn limit(state: &ApiState, asked: Option<usize>) -> Result<usize, ApiError> {
    const DEFAULT: usize = 50;
    let most = state.settings().max_page;
    match asked {
        None => Ok(DEFAULT.min(most)),
        Some(limit) if (1..=most).contains(&limit) => Ok(limit),
        Some(limit) => Err(ApiError::page("limit", limit, most)),
    }
}
