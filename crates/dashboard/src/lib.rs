//! Web pages that show a ddvs network.
//!
//! They are static files in `assets/`: HTML, CSS and JavaScript modules that browsers load directly, without a build step and
//! without anything loaded from elsewhere. They are embedded in the binary, query `/api/v1` of the server that serves them, and
//! listen to its events. They make no decisions and store nothing.

mod assets;
mod missing;
mod serve;

use axum::Router;
use axum::routing::get;

pub use assets::{Asset, all, find};
pub use missing::with_missing_page;

/// Paths of pages. Each is the same document; its script selects the page by the path.
pub const PAGES: &[&str] = &[
    "/",
    "/chains",
    "/chain/{chain}",
    "/block/{chain}/{block}",
    "/tx/{hash}",
    "/message/{hash}",
    "/account/{address}",
    "/validators",
    "/validator/{address}",
    "/pools",
    "/pool/{address}",
    "/batches",
    "/batch/{origin}/{number}",
    "/evidence",
    "/events",
    "/params",
    "/params/{chain}",
    "/search",
];

/// The routes: all of [`PAGES`], and the files that they need under `/assets/`. There is no fallback, and only `GET`
/// and `HEAD` are answered, so that a server can add other routes.
pub fn router() -> Router {
    let pages = PAGES.iter().fold(Router::new(), |router, path| {
        router.route(path, get(serve::page))
    });
    pages.route("/assets/{*name}", get(serve::asset))
}
