//! Pages to look at a ddvs network with.
//!
//! They are static files in `assets/`: HTML, CSS and JavaScript modules as a browser takes them, without a build step and
//! without anything from elsewhere. They are inside the binary, ask `/api/v1` of the server that serves them, and
//! listen to its events. Nothing is decided and nothing is kept here.

mod assets;
mod missing;
mod serve;

use axum::Router;
use axum::routing::get;

pub use assets::{Asset, all, find};
pub use missing::with_missing_page;

/// Paths of pages. Each is the same document; its script looks at the path and shows the page.
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

/// The routes: all of [`PAGES`], and the files that they need under `/assets/`. It has no fallback and answers `GET` and
/// `HEAD` only, so that a server can add whatever else it has.
pub fn router() -> Router {
    let pages = PAGES.iter().fold(Router::new(), |router, path| {
        router.route(path, get(serve::page))
    });
    pages.route("/assets/{*name}", get(serve::asset))
}
