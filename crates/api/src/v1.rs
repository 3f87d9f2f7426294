//! Our own API, `/api/v1`: chains, sets, pools, wallets, batches, messages, events.
//!
//! Addresses are `chain:hex`, hashes and keys 64 hexadecimal digits, amounts decimal strings in nano (they may exceed
//! what a JSON number can hold), times ms since 1970 where the name says so and otherwise Unix seconds. A page has
//! `items` and, if there are more, the path of the `next` page.

mod accounts;
mod batches;
mod chains;
mod config;
mod events;
mod evidence;
mod extract;
mod history;
mod messages;
mod names;
mod network;
mod page;
mod pools;
mod removed;
mod search;
mod sets;
mod stakers;
mod transaction;
mod validators;
mod wallets;
mod words;

use axum::Router;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use utoipa_swagger_ui::{Config, SwaggerUi};

use crate::state::ApiState;

pub(crate) use page::Place;

/// Description of the whole API.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "ddvs",
        description = "A ddvs network: its chains, validator sets, pools, stakes and agreement. \
            Addresses are `chain:hex`, amounts are decimal text in nano, lists come in pages.",
        license(name = "MIT OR Apache-2.0")
    ),
    tags(
        (name = "network", description = "Which network it is, and its coins"),
        (name = "chains", description = "Chains, blocks, validator sets"),
        (name = "stakes", description = "Pools, wallets, positions"),
        (name = "agreement", description = "Batches, votes, removals, evidence"),
        (name = "ledger", description = "Accounts, transactions, messages"),
        (name = "events", description = "What happens, as it happens")
    )
)]
struct Document;

fn described() -> OpenApiRouter<ApiState> {
    OpenApiRouter::with_openapi(Document::openapi())
        .routes(routes!(network::network))
        .routes(routes!(names::names))
        .routes(routes!(network::supply))
        .routes(routes!(network::params))
        .routes(routes!(config::config))
        .routes(routes!(chains::chains))
        .routes(routes!(chains::chain))
        .routes(routes!(chains::blocks))
        .routes(routes!(chains::block))
        .routes(routes!(chains::block_transactions))
        .routes(routes!(validators::set))
        .routes(routes!(validators::changes))
        .routes(routes!(history::stake))
        .routes(routes!(history::history))
        .routes(routes!(pools::pools))
        .routes(routes!(pools::pool))
        .routes(routes!(stakers::stakers))
        .routes(routes!(wallets::wallets))
        .routes(routes!(wallets::wallet))
        .routes(routes!(batches::batches))
        .routes(routes!(batches::batch))
        .routes(routes!(removed::removed))
        .routes(routes!(evidence::evidence))
        .routes(routes!(accounts::accounts))
        .routes(routes!(accounts::account))
        .routes(routes!(accounts::transactions))
        .routes(routes!(accounts::transaction))
        .routes(routes!(messages::message))
        .routes(routes!(messages::tree))
        .routes(routes!(search::search))
        .routes(routes!(events::events))
        .routes(routes!(events::stream))
}

/// The OpenAPI document.
pub fn openapi() -> utoipa::openapi::OpenApi {
    described().into_openapi()
}

/// All routes, the document, and a page to try it.
pub(crate) fn routes() -> Router<ApiState> {
    let (router, document) = described().split_for_parts();
    // the page must not query a validator on the internet
    let config = Config::default().validator_url("none");
    router.merge(
        SwaggerUi::new("/api/v1/docs")
            .url("/api/v1/openapi.json", document)
            .config(config),
    )
}
