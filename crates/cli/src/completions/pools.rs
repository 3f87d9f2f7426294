//! Names of pools: those known on this machine for a network, and those from the network itself.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::Path;
use std::time::Duration;

use clap_complete::engine::CompletionCandidate;
use serde::Deserialize;
use serde_json::Value;
use tycho_types::cell::HashBytes;
use ureq::Agent;

use super::beginning;
use crate::people::{Home, read_json};
use crate::roots::roots;

/// How long a shell waits for a network at a key press.
const PATIENCE: Duration = Duration::from_millis(700);
/// Maximum number of pools queried from the network.
const MAX_POOLS: usize = 200;
/// Maximum size of an answer in bytes: this many pools take a fifth of it.
const MAX_BYTES: u64 = 1 << 20;
/// Maximum number of networks whose names are read, where none answers.
const MAX_NETWORKS: usize = 16;
/// The default of `--rpc`.
const DEFAULT_RPC: &str = "http://127.0.0.1:8080";

/// Stored data about a network's pools: `pools.json`.
#[derive(Debug, Default, Deserialize)]
struct Names {
    pools: BTreeMap<String, String>,
}

/// Returns names of pools with a prefix; addresses of those without a name.
pub fn complete(current: &OsStr) -> Vec<CompletionCandidate> {
    let Ok(home) = Home::open() else {
        return Vec::new();
    };
    let words: Vec<String> = std::env::args().collect();
    let found = match asked(&rpc(&words)) {
        Some((genesis, pools)) => with_names(&read(&home.network(&genesis)), &pools),
        None => known(&home),
    };
    beginning(found.into_iter(), current)
}

/// Returns the URL in the command, otherwise that of the environment. Shells may split it at its colons.
fn rpc(words: &[String]) -> String {
    let mut words = words.iter().map(String::as_str).peekable();
    while let Some(word) = words.next() {
        let Some(rest) = word.strip_prefix("--rpc") else {
            continue;
        };
        let mut url = rest.trim_start_matches('=').to_owned();
        let is_open =
            |url: &str| url.is_empty() || url.ends_with(':') || url == "http" || url == "https";
        while let Some(next) = words.next_if(|next| is_open(&url) || *next == ":") {
            url.push_str(next.trim_start_matches('='));
        }
        return url;
    }
    std::env::var("DDVS_RPC").unwrap_or_else(|_| DEFAULT_RPC.to_owned())
}

/// Returns the genesis of the network at a URL, and its pools, those with the most stake first; `None` if nothing
/// answers in time.
fn asked(url: &str) -> Option<(HashBytes, Vec<Value>)> {
    let agent: Agent = Agent::config_builder()
        .tls_config(roots().ok()?.tls())
        .max_redirects(0)
        .proxy(None)
        .timeout_global(Some(PATIENCE))
        .build()
        .new_agent();
    let base = url.trim_end_matches('/');
    let base = base.strip_suffix("/rpc").unwrap_or(base);
    let get = |path: &str| -> Option<Value> {
        let mut response = agent.get(format!("{base}/api/v1/{path}")).call().ok()?;
        let body = response.body_mut().with_config().limit(MAX_BYTES);
        serde_json::from_str(&body.read_to_string().ok()?).ok()
    };
    let network = get("network")?;
    let genesis = network["genesis"].as_str()?.parse().ok()?;
    let mut pools = get(&format!("pools?limit={MAX_POOLS}"))?;
    let Value::Array(pools) = pools["items"].take() else {
        return None;
    };
    Some((genesis, pools))
}

/// Returns pools by their names here, or else their addresses, with their status.
fn with_names(names: &Names, pools: &[Value]) -> Vec<(String, String)> {
    let mut by_address: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (name, address) in &names.pools {
        by_address.entry(address).or_default().push(name);
    }
    let mut found = Vec::new();
    for pool in pools {
        let text = |field: &str| pool[field].as_str().unwrap_or_default();
        let said = match text("name") {
            "" => text("standing").to_owned(),
            name => format!("{name}, {}", text("standing")),
        };
        match by_address.get(text("address")) {
            Some(names) => {
                found.extend(names.iter().map(|name| ((*name).to_owned(), said.clone())));
            }
            None => found.push((text("address").to_owned(), said)),
        }
    }
    found
}

/// Returns names of all networks that this machine has used.
fn known(home: &Home) -> Vec<(String, String)> {
    let Ok(networks) = std::fs::read_dir(home.networks()) else {
        return Vec::new();
    };
    let networks = networks.filter_map(Result::ok).take(MAX_NETWORKS);
    let mut found: Vec<_> = networks
        .flat_map(|network| read(&network.path()).pools.into_keys())
        .map(|name| (name, String::new()))
        .collect();
    found.sort();
    found.dedup();
    found
}

fn read(network: &Path) -> Names {
    let names = read_json(&network.join("pools.json"));
    names.ok().flatten().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::rpc;

    #[test]
    fn a_url_is_found_also_where_a_shell_took_it_apart() {
        for words in [
            "ddvs wallet --rpc http://127.0.0.1:81 stake",
            "ddvs wallet --rpc=http://127.0.0.1:81 stake",
            "ddvs wallet --rpc http : //127.0.0.1 : 81 stake",
            "ddvs wallet --rpc = http : //127.0.0.1 : 81 stake",
        ] {
            let words: Vec<String> = words.split(' ').map(str::to_owned).collect();
            assert_eq!(rpc(&words), "http://127.0.0.1:81", "{words:?}");
        }
    }
}
