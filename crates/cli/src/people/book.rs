//! Names of pools, stored on this machine for each network: a validator that is created here gets the name of its
//! key, all others get `pool-1`, `pool-2` and so on in the order in which they are first seen. A name never changes.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Result, bail};
use ddvs_client::Backend;
use ddvs_people::{NetworkContext, pools};
use serde::{Deserialize, Serialize};
use tycho_types::models::StdAddr;

use super::home::{Home, read_json, write_json};
use ddvs_terminal::Stop;

/// Minimum number of hexadecimal digits of an address prefix.
const MIN_DIGITS: usize = 4;

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Names {
    pools: BTreeMap<String, StdAddr>,
}

/// The names of one network's pools.
#[derive(Debug)]
pub struct Book {
    path: PathBuf,
    names: Names,
    by_address: BTreeMap<StdAddr, String>,
    last: usize,
}

impl Book {
    /// Reads the names of a network.
    pub fn open(home: &Home, context: &NetworkContext) -> Result<Self> {
        let path = home.network(&context.network.genesis).join("pools.json");
        let names = read_json::<Names>(&path)?.unwrap_or_default();
        let mut book = Self {
            path,
            names: Names::default(),
            by_address: BTreeMap::new(),
            last: 0,
        };
        for (name, address) in names.pools {
            book.insert(name, address);
        }
        Ok(book)
    }

    fn insert(&mut self, name: String, address: StdAddr) {
        let number = name
            .strip_prefix("pool-")
            .and_then(|number| number.parse().ok());
        self.last = self.last.max(number.unwrap_or(0));
        // a validator's own name takes precedence over an earlier number
        if number.is_none() || !self.by_address.contains_key(&address) {
            self.by_address.insert(address.clone(), name.clone());
        }
        self.names.pools.insert(name, address);
    }

    /// Names pools that have no name.
    pub fn learn(&mut self, pools: &[pools::Registered]) -> Result<()> {
        let unknown: Vec<_> = pools
            .iter()
            .filter(|pool| !self.by_address.contains_key(&pool.address))
            .map(|pool| pool.address.clone())
            .collect();
        if unknown.is_empty() {
            return Ok(());
        }
        for address in unknown {
            let name = format!("pool-{}", self.last + 1);
            self.insert(name, address);
        }
        write_json(&self.path, &self.names)
    }

    /// Names a pool after its owner's key; with a number if another pool has that name.
    pub fn name_own(&mut self, key: &str, address: &StdAddr) -> Result<String> {
        let known = |book: &Self, name: &str| book.names.pools.get(name).cloned();
        let mut name = key.to_owned();
        let mut number = 2;
        while let Some(other) = known(self, &name) {
            if other == *address {
                return Ok(name);
            }
            name = format!("{key}-{number}");
            number += 1;
        }
        self.insert(name.clone(), address.clone());
        write_json(&self.path, &self.names)?;
        Ok(name)
    }

    /// Returns the pools that were created here with a key, the latest last.
    pub fn own(&self, key: &str) -> Vec<StdAddr> {
        let numbered = |name: &str| {
            let rest = name.strip_prefix(key)?;
            match rest.strip_prefix('-') {
                Some(number) => number.parse::<u32>().ok(),
                None if rest.is_empty() => Some(1),
                None => None,
            }
        };
        let mut found: Vec<_> = self
            .names
            .pools
            .iter()
            .filter_map(|(name, address)| Some((numbered(name)?, address.clone())))
            .collect();
        found.sort();
        found.into_iter().map(|(_, address)| address).collect()
    }

    /// Its name, if it has one.
    pub fn name(&self, address: &StdAddr) -> Option<&str> {
        self.by_address.get(address).map(String::as_str)
    }

    /// Returns its name, or a prefix of its address.
    pub fn show(&self, address: &StdAddr) -> String {
        match self.name(address) {
            Some(name) => name.to_owned(),
            None => super::output::short(address),
        }
    }

    /// Returns the pool of a name, an address, or an address prefix.
    ///
    /// Fails when there is none, or when a prefix matches more than one.
    pub fn find(
        &mut self,
        backend: &dyn Backend,
        context: &NetworkContext,
        text: &str,
    ) -> Result<StdAddr> {
        if let Some(address) = self.names.pools.get(text) {
            return Ok(address.clone());
        }
        if let Some(address) = super::connect::address(text) {
            return Ok(address);
        }
        let registered = pools::registered(backend, context)?;
        self.learn(&registered)?;
        if let Some(address) = self.names.pools.get(text) {
            return Ok(address.clone());
        }
        let text = text.trim_end_matches('…');
        let digits = text.split_once(':').map_or("", |(_, digits)| digits);
        let is_beginning =
            digits.len() >= MIN_DIGITS && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        let fits: Vec<_> = registered
            .iter()
            .map(|pool| &pool.address)
            .filter(|address| is_beginning && address.to_string().starts_with(&text.to_lowercase()))
            .collect();
        match fits.as_slice() {
            [one] => Ok((*one).clone()),
            [] => Err(Stop::Refused(format!(
                "there is no pool {text}: give a name of `ddvs query pools`, an address, or at least {MIN_DIGITS} digits of one, such as 0:1a2b"
            ))
            .into()),
            several => bail!("{} pools begin with {text}: give more digits", several.len()),
        }
    }
}
