//! What one host needs to run one node of a network.

use std::fs;
use std::path::Path;

use crate::layout::{self, Layout};
use crate::{TychoError, open};

/// Writes everything that node `index` needs into an empty directory: its key and config, what all nodes must know, the
/// states of all chains, and a systemd unit that expects the directory at `/var/lib/ddvs-node`.
///
/// Fails only when there is no such node, or the directory is not empty.
pub fn node_bundle(layout: &Layout, index: u16, out: &Path) -> Result<(), TychoError> {
    let network = open(layout)?;
    if network.nodes.iter().all(|node| node.index != index) {
        return Err(TychoError::Options(format!(
            "there is no node {index}: this network has nodes 1 to {}",
            network.nodes.len()
        )));
    }
    let bundle = Layout::new(out);
    bundle.create()?;
    let copy = |from: &Path, name: &str, mode: u32| {
        let bytes = fs::read(from).map_err(TychoError::file(from))?;
        layout::write(&out.join(name), &bytes, mode)
    };
    copy(&layout.node_key(index), "keys.json", 0o600)?;
    copy(&layout.node_config(index), "config.json", 0o644)?;
    copy(&layout.global_config(), "global-config.json", 0o644)?;
    copy(&layout.logger(), "logger.json", 0o644)?;
    let mut imports = String::new();
    for chain in &network.chains {
        let name = format!("zerostate/{}.boc", chain.id);
        copy(&layout.zerostate(chain.id), &name, 0o644)?;
        imports.push_str(&format!(" --import-zerostate {HOME}/{name}"));
    }
    let unit = UNIT.replace("{home}", HOME).replace("{imports}", &imports);
    layout::write(&out.join("ddvs-node.service"), unit.as_bytes(), 0o644)
}

/// Where the unit expects the bundle.
const HOME: &str = "/var/lib/ddvs-node";

const UNIT: &str = "\
[Unit]
Description=Tycho node of a ddvs network
After=network-online.target
Wants=network-online.target

[Service]
User=ddvs
WorkingDirectory={home}
ExecStart=/usr/local/bin/tycho --home {home} node run --config {home}/config.json --keys {home}/keys.json --global-config {home}/global-config.json --logger-config {home}/logger.json --control-socket {home}/control.sock{imports}
KillSignal=SIGINT
TimeoutStopSec=60
Restart=always
RestartSec=5
LimitNOFILE=1048576

[Install]
WantedBy=multi-user.target
";
