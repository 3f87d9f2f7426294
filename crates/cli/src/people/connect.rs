//! Connecting to a network.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use ddvs_jrpc::{JrpcNetwork, NetworkDescription, Settings};
use ddvs_people::NetworkContext;
use ddvs_tycho::Layout;
use tycho_types::models::{StdAddr, StdAddrFormat};

use super::api::Api;
use crate::args::ConnectArgs;
use crate::roots::roots;

/// A network.
#[derive(Debug)]
pub struct Connected {
    /// Its state, and sending messages.
    pub backend: JrpcNetwork,
    /// The network's identity.
    pub context: NetworkContext,
    /// Its history, if the URL serves it.
    pub api: Option<Api>,
    /// Its directory, if that was given.
    pub dir: Option<PathBuf>,
    url: String,
}

/// Connects to a network. `patience` is how long to wait for a block before it counts as stopped.
///
/// Fails when nothing answers; the error says how to start a network.
pub fn connect(args: &ConnectArgs, patience: Duration) -> Result<Connected> {
    let mut settings = Settings {
        block_patience: patience.max(Duration::from_secs(5)),
        roots: roots()?,
        ..Settings::default()
    };
    let (description, api) = match &args.network {
        Some(dir) => {
            ddvs_tycho::open(&Layout::new(dir))?;
            let description = NetworkDescription::load(&Layout::new(dir).network())?;
            // a node that shows another workchain may show this one after the next block
            settings.read_patience = Duration::from_secs(30);
            (description, None)
        }
        None => {
            let description = NetworkDescription::discover(&args.rpc, &settings)?;
            let api = Api::find(&args.rpc, &settings.roots);
            if api.is_some() {
                // it may make blocks several times a second
                settings.poll_interval = Duration::from_millis(30);
            }
            (description, api)
        }
    };
    let hint = match &args.network {
        Some(dir) => format!(
            "connecting to the nodes; `ddvs tycho up --dir {}` starts them",
            dir.display()
        ),
        None => format!("connecting to {}", args.rpc),
    };
    let backend = JrpcNetwork::connect(description, settings).context(hint)?;
    let context = NetworkContext::read(&backend)?;
    Ok(Connected {
        backend,
        context,
        api,
        dir: args.network.clone(),
        url: args.rpc.clone(),
    })
}

impl Connected {
    /// Returns its history.
    ///
    /// Fails when only nodes answer; the error says how to start a gateway.
    pub fn past(&self) -> Result<&Api> {
        self.api.as_ref().ok_or_else(|| {
            let from = match &self.dir {
                Some(dir) => format!("--network {}", dir.display()),
                None => format!("--rpc {}", self.url),
            };
            anyhow!(
                "nodes do not keep what this asks for: start a gateway with `ddvs gateway {from}`, and ask that with --rpc"
            )
        })
    }
}

/// Parses an address, `chain:hex` or in the format with a checksum.
pub fn address(text: &str) -> Option<StdAddr> {
    match text.parse() {
        Ok(address) => Some(address),
        Err(_) => {
            let (address, _) = StdAddr::from_str_ext(text, StdAddrFormat::any()).ok()?;
            Some(address)
        }
    }
}

/// The same; the error describes the format of an address.
pub fn need_address(text: &str) -> Result<StdAddr> {
    address(text).ok_or_else(|| {
        anyhow!("{text:?} is not an address: write the chain, a colon and 64 hexadecimal digits, such as 0:1a2b…")
    })
}
