//! Requests that were signed and have no answer yet. An interrupted command that is repeated finds its request here and
//! goes on with it, so that nothing is done twice.

use std::path::PathBuf;

use anyhow::Result;
use ddvs_people::{Kind, Signed};
use serde::{Deserialize, Serialize};
use tycho_types::boc::Boc;
use tycho_types::models::StdAddr;

use super::home::{Home, read_json, remove, write_json};
use ddvs_people::Site;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    about: String,
    message: String,
    valid_until: u32,
    owner: StdAddr,
    target: StdAddr,
    count: usize,
    kind: Kind,
}

/// One command's place in the journal.
#[derive(Debug)]
pub struct Place {
    path: PathBuf,
}

impl Place {
    /// The place of a command: the same words of the same key give the same one.
    pub fn new(home: &Home, site: &Site, owner: &StdAddr, words: &str) -> Self {
        let name = Boc::file_hash(format!("{owner} {words}").as_bytes()).to_string();
        let dir = home.network(&site.network.genesis).join("requests");
        Self {
            path: dir.join(format!("{}.json", &name[..24])),
        }
    }

    /// The request of an earlier run that has no answer yet.
    ///
    /// Fails when the file is there but cannot be understood.
    pub fn find(&self) -> Result<Option<(String, Signed)>> {
        let Some(entry) = read_json::<Entry>(&self.path)? else {
            return Ok(None);
        };
        let signed = Signed {
            message: Boc::decode_base64(&entry.message)?,
            valid_until: entry.valid_until,
            owner: entry.owner,
            target: entry.target,
            count: entry.count,
            kind: entry.kind,
        };
        Ok(Some((entry.about, signed)))
    }

    /// Notes a request before it is sent.
    pub fn put(&self, about: &str, signed: &Signed) -> Result<()> {
        let entry = Entry {
            about: about.to_owned(),
            message: Boc::encode_base64(&signed.message),
            valid_until: signed.valid_until,
            owner: signed.owner.clone(),
            target: signed.target.clone(),
            count: signed.count,
            kind: signed.kind,
        };
        write_json(&self.path, &entry)
    }

    /// Forgets it, once its answer was told.
    pub fn clear(&self) -> Result<()> {
        remove(&self.path)
    }
}
