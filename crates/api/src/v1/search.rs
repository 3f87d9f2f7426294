//! Search by an address, a hash, a key, a number or a name; whole, or as a page displays it. `question` parses the
//! text, `find` searches.

mod find;
mod question;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use self::find::Finder;
use self::question::Question;
use super::extract::Asked;
use crate::error::{ApiError, ErrorBody};
use crate::state::ApiState;

/// Maximum length of a query.
const MAX_CHARS: usize = 200;

/// Results, the most specific first; empty if there are none.
#[derive(Debug, Serialize, ToSchema)]
pub struct SearchBody {
    /// At most a few for each chain.
    pub hits: Vec<HitBody>,
}

/// A result.
#[derive(Debug, Serialize, ToSchema)]
pub struct HitBody {
    /// Its kind.
    pub kind: HitKind,
    /// Id for the object's own path: an address, a hash, a key, `chain/number`, a chain, or a kind of event.
    pub id: String,
    /// Its chain, where it is on one.
    pub chain: Option<i8>,
    /// The Root of the key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub root: Option<String>,
    /// Its name, where the network knows one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// Kind of a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HitKind {
    /// An account that is none of the following, possibly one that was never seen.
    Account,
    /// A DePool Root.
    Pool,
    /// A DePool Wallet.
    Wallet,
    /// An owner of pools.
    Owner,
    /// A consensus key.
    Key,
    /// A block.
    Block,
    /// A transaction.
    Transaction,
    /// A message.
    Message,
    /// A batch.
    Batch,
    /// A chain.
    Chain,
    /// A kind of event.
    Event,
    /// The network itself: its genesis, or the code of its contracts.
    Network,
    /// A chain's config, by the hash of a parameter.
    Param,
    /// A validator set, by the first block in which it was in force.
    Set,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct SearchAsked {
    /// An address in any format; a hash or key as 64 hexadecimal digits or base64; a prefix of one, four digits or
    /// more, also as `1a2b3c…4d5e`; a number of a block or batch, alone, after `block` or `batch`, or with its chain,
    /// as `0/12`, `0#12` or `0.12`; a chain, a name, a kind of event.
    q: String,
}

/// Finds an object by an address, a hash, a key, or a prefix of one; a block's or batch's number; a chain, a pool.
#[utoipa::path(get, path = "/api/v1/search", tag = "ledger", params(SearchAsked),
    responses((status = 200, body = SearchBody), (status = "default", body = ErrorBody)))]
pub(super) async fn search(
    State(state): State<ApiState>,
    Asked(asked): Asked<SearchAsked>,
) -> Result<Json<SearchBody>, ApiError> {
    if asked.q.chars().count() > MAX_CHARS {
        return Err(ApiError::bad_request(
            format!("q has more than {MAX_CHARS} characters"),
            "Ask for one address, hash, key, number or name.",
        ));
    }
    state
        .work(move |state| {
            let hits = Finder::new(state)?.find(&Question::of(&asked.q))?;
            Ok(Json(SearchBody { hits }))
        })
        .await
}
