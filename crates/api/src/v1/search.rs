//! From what a person has at hand (an address, a hash, a key, a number) to what it names.

use axum::Json;
use axum::extract::State;
use ddvs_index::Reader;
use serde::{Deserialize, Serialize};
use tycho_types::cell::HashBytes;
use tycho_types::models::{StdAddr, StdAddrFormat};
use utoipa::{IntoParams, ToSchema};

use super::extract::Asked;
use crate::error::{ApiError, ErrorBody};
use crate::params::parse_hash;
use crate::state::ApiState;

/// Characters that a question may have.
const MAX_CHARS: usize = 200;

/// What was found, the most telling first; empty if nothing has this name.
#[derive(Debug, Serialize, ToSchema)]
pub struct SearchBody {
    /// At most a few for each chain.
    pub hits: Vec<HitBody>,
}

/// Something that has the name that was asked for.
#[derive(Debug, Serialize, ToSchema)]
pub struct HitBody {
    /// What it is.
    pub kind: HitKind,
    /// What its own path asks for: an address, a hash, a key, or `chain/number`.
    pub id: String,
    /// Its chain, where it is on one.
    pub chain: Option<i8>,
    /// The Root whose key it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub root: Option<String>,
}

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HitKind {
    /// An account that is none of the following, also one that was never seen.
    Account,
    /// A DePool Root.
    Pool,
    /// A DePool Wallet.
    Wallet,
    /// Who owns pools.
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
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct SearchAsked {
    /// An address in any form; a hash or key as 64 hexadecimal digits or base64; a number of a block, alone or as
    /// `chain/number`; a batch as `chain#number`.
    q: String,
}

/// What has a name: an address, a hash, a key, a block's or batch's number.
#[utoipa::path(get, path = "/api/v1/search", tag = "ledger", params(SearchAsked),
    responses((status = 200, body = SearchBody), (status = "default", body = ErrorBody)))]
pub(super) async fn search(
    State(state): State<ApiState>,
    Asked(asked): Asked<SearchAsked>,
) -> Result<Json<SearchBody>, ApiError> {
    if asked.q.chars().count() > MAX_CHARS {
        return Err(ApiError::bad_request(
            format!("q has more than {MAX_CHARS} characters"),
            "Ask for one address, hash, key or number.",
        ));
    }
    state
        .work(move |state| {
            let finder = Finder {
                state,
                reader: state.read()?,
            };
            Ok(Json(SearchBody {
                hits: finder.find(asked.q.trim())?,
            }))
        })
        .await
}

struct Finder<'a> {
    state: &'a ApiState,
    reader: Reader,
}

impl Finder<'_> {
    fn find(&self, text: &str) -> Result<Vec<HitBody>, ApiError> {
        let mut hits = Vec::new();
        if let Some((chain, number)) = pair(text, '#') {
            return self.batch(chain, number);
        }
        if let Some((chain, number)) = pair(text, '/').or_else(|| pair(text, ':')) {
            self.block(chain, number, &mut hits)?;
            return Ok(hits);
        }
        if let Ok(number) = text.trim_start_matches('#').parse() {
            for chain in self.state.chains() {
                self.block(chain, number, &mut hits)?;
            }
            return Ok(hits);
        }
        if let Ok(hash) = parse_hash("q", text) {
            self.hash(&hash, &mut hits)?;
        }
        if let Ok((address, _)) = StdAddr::from_str_ext(text, StdAddrFormat::any())
            && self.state.chain(address.workchain.into()).is_ok()
        {
            hits.push(self.account(&address)?);
        }
        Ok(hits)
    }

    fn block(&self, chain: i8, number: u32, hits: &mut Vec<HitBody>) -> Result<(), ApiError> {
        if self.reader.block(chain, number)?.is_some() {
            hits.push(hit(
                HitKind::Block,
                format!("{chain}/{number}"),
                Some(chain),
            ));
        }
        Ok(())
    }

    fn batch(&self, chain: i8, number: u32) -> Result<Vec<HitBody>, ApiError> {
        if self.reader.batch(chain, number)?.is_empty() {
            return Ok(Vec::new());
        }
        let id = format!("{chain}/{number}");
        Ok(vec![hit(HitKind::Batch, id, Some(chain))])
    }

    fn hash(&self, hash: &HashBytes, hits: &mut Vec<HitBody>) -> Result<(), ApiError> {
        if let Some(pool) = self.reader.pool_by_key(hash)? {
            let mut key = hit(HitKind::Key, hash.to_string(), Some(pool.address.workchain));
            key.root = Some(pool.address.to_string());
            hits.push(key);
        }
        if let Some(row) = self.reader.transaction_by_hash(hash)? {
            hits.push(hit(
                HitKind::Transaction,
                hash.to_string(),
                Some(row.at.chain),
            ));
        }
        if let Some(row) = self.reader.message(hash)? {
            let chain = row.destination.map(|to| to.workchain);
            hits.push(hit(HitKind::Message, hash.to_string(), chain));
        }
        if let Some(row) = self.reader.block_by_hash(hash)? {
            let id = format!("{}/{}", row.at.chain, row.at.seqno);
            hits.push(hit(HitKind::Block, id, Some(row.at.chain)));
        }
        // an address of which only the hash is known
        for chain in self.state.chains() {
            let address = StdAddr::new(chain, *hash);
            if self.reader.account(&address)?.is_some() {
                hits.push(self.account(&address)?);
            }
        }
        Ok(())
    }

    fn account(&self, address: &StdAddr) -> Result<HitBody, ApiError> {
        let kind = if self.reader.pool(address)?.is_some() {
            HitKind::Pool
        } else if self.reader.wallet(address)?.is_some() {
            HitKind::Wallet
        } else if !self.reader.pools_by_owner(address, None, 1)?.is_empty() {
            HitKind::Owner
        } else {
            HitKind::Account
        };
        Ok(hit(kind, address.to_string(), Some(address.workchain)))
    }
}

fn hit(kind: HitKind, id: String, chain: Option<i8>) -> HitBody {
    HitBody {
        kind,
        id,
        chain,
        root: None,
    }
}

/// A chain and a number with `sign` between them.
fn pair(text: &str, sign: char) -> Option<(i8, u32)> {
    let (chain, number) = text.split_once(sign)?;
    Some((chain.trim().parse().ok()?, number.trim().parse().ok()?))
}
