//! The embedded files.

use std::borrow::Cow;
use std::io::Write;
use std::sync::OnceLock;

use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

/// A file.
#[derive(Debug)]
pub struct Asset {
    /// Its path below `assets/`.
    pub name: &'static str,
    embedded: &'static [u8],
    made: OnceLock<Made>,
}

/// Properties of a file that are computed once.
#[derive(Debug)]
struct Made {
    etag: String,
    gzip: Vec<u8>,
}

/// A file as it is sent.
#[derive(Debug)]
pub(crate) struct Sent {
    pub bytes: Cow<'static, [u8]>,
    pub gzip: Option<Cow<'static, [u8]>>,
    pub etag: Cow<'static, str>,
}

macro_rules! assets {
    ($($name:literal,)*) => {
        static ASSETS: [Asset; [$($name,)*].len()] = [$(Asset {
            name: $name,
            embedded: include_bytes!(concat!("../assets/", $name)),
            made: OnceLock::new(),
        },)*];
    };
}

// A test compares this list with the directory.
assets! {
    "icon.svg",
    "index.html",
    "style.css",
    "theme.js",
    "js/api.js",
    "js/bits.js",
    "js/chart.js",
    "js/commands.js",
    "js/dom.js",
    "js/events.js",
    "js/format.js",
    "js/live.js",
    "js/main.js",
    "js/names.js",
    "js/page.js",
    "js/search.js",
    "js/tree.js",
    "js/words.js",
    "js/pages/account.js",
    "js/pages/batch.js",
    "js/pages/batches.js",
    "js/pages/block.js",
    "js/pages/chain.js",
    "js/pages/chains.js",
    "js/pages/events.js",
    "js/pages/evidence.js",
    "js/pages/message.js",
    "js/pages/none.js",
    "js/pages/overview.js",
    "js/pages/params.js",
    "js/pages/pool.js",
    "js/pages/pools.js",
    "js/pages/search.js",
    "js/pages/tx.js",
    "js/pages/validator.js",
    "js/pages/validators.js",
}

/// All files.
pub fn all() -> &'static [Asset] {
    &ASSETS
}

/// Returns the file of this name.
pub fn find(name: &str) -> Option<&'static Asset> {
    ASSETS.iter().find(|asset| asset.name == name)
}

impl Asset {
    /// Returns its bytes at compile time.
    pub fn bytes(&self) -> &'static [u8] {
        self.embedded
    }

    /// Returns its media type; `None` for an unknown kind of file.
    pub fn media_type(&self) -> Option<&'static str> {
        Some(match self.name.rsplit_once('.')?.1 {
            "html" => "text/html; charset=utf-8",
            "css" => "text/css; charset=utf-8",
            "js" => "text/javascript; charset=utf-8",
            "svg" => "image/svg+xml",
            _ => return None,
        })
    }

    pub(crate) fn sent(&'static self) -> Sent {
        if let Some(bytes) = self.on_disk() {
            return Sent {
                etag: etag(&bytes).into(),
                bytes: bytes.into(),
                gzip: None,
            };
        }
        let made = self.made.get_or_init(|| Made {
            etag: etag(self.embedded),
            gzip: gzip(self.embedded),
        });
        // a file that could not be compressed has no bytes
        let is_smaller = !made.gzip.is_empty() && made.gzip.len() < self.embedded.len();
        Sent {
            bytes: self.embedded.into(),
            gzip: is_smaller.then(|| made.gzip.as_slice().into()),
            etag: made.etag.as_str().into(),
        }
    }

    /// In a debug build, returns the file as it is in the source tree now: after a change it is enough to reload the
    /// page.
    fn on_disk(&self) -> Option<Vec<u8>> {
        if cfg!(debug_assertions) {
            let path = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/");
            std::fs::read(format!("{path}{}", self.name)).ok()
        } else {
            None
        }
    }
}

fn etag(bytes: &[u8]) -> String {
    let hash = hex::encode(Sha256::digest(bytes));
    format!("\"{}\"", &hash[..32])
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    // writing to memory does not fail
    let packed = encoder.write_all(bytes).and_then(|()| encoder.finish());
    packed.unwrap_or_default()
}
