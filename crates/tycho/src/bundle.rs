//! Files that one host needs to run one node of a network.

use std::fs;
use std::path::Path;

use crate::layout::{self, Layout};
use crate::validator_file::{VALIDATOR_FILE, ValidatorFile};
use crate::{NetworkFile, TychoError, open};

/// Name of the wallet's key in a bundle.
const WALLET_KEY: &str = "wallet.json";

/// Writes everything that node `index` needs into an empty directory: its key and config, the common files of all nodes, the
/// states of all chains, the configuration of the validator service, and systemd units for both that expect the directory at
/// `/var/lib/ddvs-node`. It includes the key of the wallet in the node's `validator.toml`: that of a genesis validator's owner.
///
/// Fails only when there is no such node, or the directory is not empty.
pub fn node_bundle(layout: &Layout, index: u16, out: &Path) -> Result<(), TychoError> {
    let network = open(layout)?;
    network.node(index)?;
    let bundle = Layout::new(out);
    bundle.create()?;
    let copy = |from: &Path, name: &str, mode: u32| {
        let bytes = fs::read(from).map_err(TychoError::file(from))?;
        layout::write(&out.join(name), &bytes, mode)
    };
    copy(&layout.network(), "network.json", 0o644)?;
    copy(&layout.node_key(index), "keys.json", 0o600)?;
    copy(&layout.node_config(index), "config.json", 0o644)?;
    copy(&layout.global_config(), "global-config.json", 0o644)?;
    copy(&layout.logger(), "logger.json", 0o644)?;
    let validator = validator_file(layout, &network, index)?;
    if let Some(key) = &validator.wallet_key {
        copy(&layout.node(index).join(key), WALLET_KEY, 0o600)?;
    }
    let validator = ValidatorFile {
        network: "network.json".into(),
        node_key: "keys.json".into(),
        wallet_key: validator.wallet_key.map(|_| WALLET_KEY.into()),
        ..validator
    };
    layout::write(
        &out.join(VALIDATOR_FILE),
        validator.to_toml().as_bytes(),
        0o644,
    )?;
    let mut imports = String::new();
    for chain in &network.chains {
        let name = format!("zerostate/{}.boc", chain.id);
        copy(&layout.zerostate(chain.id), &name, 0o644)?;
        imports.push_str(&format!(" --import-zerostate {HOME}/{name}"));
    }
    for (name, unit) in [
        ("ddvs-node.service", NODE_UNIT),
        ("ddvs-validator.service", VALIDATOR_UNIT),
    ] {
        let unit = unit.replace("{home}", HOME).replace("{imports}", &imports);
        layout::write(&out.join(name), unit.as_bytes(), 0o644)?;
    }
    Ok(())
}

/// Returns the node's own file with its operator's settings, or a new one.
fn validator_file(
    layout: &Layout,
    network: &NetworkFile,
    index: u16,
) -> Result<ValidatorFile, TychoError> {
    match ValidatorFile::read(&layout.node(index)) {
        Err(TychoError::NoValidatorFile(_)) => ValidatorFile::of_node(network, index),
        read => read,
    }
}

/// Directory in which the units expect the bundle.
const HOME: &str = "/var/lib/ddvs-node";

const NODE_UNIT: &str = "\
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

const VALIDATOR_UNIT: &str = "\
[Unit]
Description=Validator loop of a ddvs network, beside its node
After=ddvs-node.service
Wants=ddvs-node.service

[Service]
User=ddvs
ExecStart=/usr/local/bin/ddvs tycho run-validator --home {home}
TimeoutStopSec=5
Restart=always
RestartSec=5
# wrong files do not mend by themselves
RestartPreventExitStatus=2
# it keeps nothing
ProtectSystem=strict
ProtectHome=true
PrivateTmp=true
NoNewPrivileges=true

[Install]
WantedBy=multi-user.target
";
