//! First commands for a new user of a devnet: three commands that work as printed.

use std::env;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

/// The URL that commands use by default.
const DEFAULT_ADDRESS: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8080);
/// The seed that the faucet uses by default.
const DEFAULT_SEED: u64 = 1;

/// Returns the commands, one a line, for a devnet at an address.
pub fn of(address: SocketAddr, seed: u64) -> String {
    commands(&program(), address, seed)
}

fn commands(program: &str, mut address: SocketAddr, seed: u64) -> String {
    if address.ip().is_unspecified() {
        address.set_ip(Ipv4Addr::LOCALHOST.into());
    }
    let rpc = match address {
        DEFAULT_ADDRESS => String::new(),
        other => format!(" --rpc http://{other}"),
    };
    let seed = match seed {
        DEFAULT_SEED => String::new(),
        other => format!(" --seed {other}"),
    };
    // 120,000 coins are more than a genesis validator has: they are enough for the masterchain's set too
    format!(
        "  {program} key new me --unencrypted
  {program} faucet me 200000{seed}{rpc}
  {program} validator create --key me --stake 120000{rpc}
"
    )
}

/// Returns how this program is called from here: by its name if the shell finds it, otherwise by its path.
fn program() -> String {
    const NAME: &str = "ddvs";
    let Ok(this) = env::current_exe().and_then(|path| path.canonicalize()) else {
        return NAME.to_owned();
    };
    let dirs: Vec<PathBuf> = env::var_os("PATH")
        .map(|path| env::split_paths(&path).collect())
        .unwrap_or_default();
    // the shell takes the first match
    let found = dirs
        .iter()
        .find_map(|dir| dir.join(NAME).canonicalize().ok());
    if found.as_ref() == Some(&this) {
        return NAME.to_owned();
    }
    let here = env::current_dir().and_then(|path| path.canonicalize());
    let below = here.ok().and_then(|here| {
        let path = this.strip_prefix(here).ok()?;
        // a bare name would be searched in PATH
        path.parent()
            .is_some_and(|parent| parent != Path::new(""))
            .then(|| path.to_owned())
    });
    quoted(&below.unwrap_or(this).display().to_string())
}

/// Quotes a word for the shell.
fn quoted(path: &str) -> String {
    let is_plain = |sign: char| sign.is_ascii_alphanumeric() || "/._-+".contains(sign);
    match path.chars().all(is_plain) {
        true => path.to_owned(),
        false => format!("'{}'", path.replace('\'', r"'\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_name_only_options_that_are_not_default() {
        let by_default = commands("ddvs", DEFAULT_ADDRESS, DEFAULT_SEED);
        assert!(!by_default.contains("--rpc") && !by_default.contains("--seed"));
        let open = SocketAddr::new(Ipv4Addr::UNSPECIFIED.into(), 8080);
        assert_eq!(commands("ddvs", open, DEFAULT_SEED), by_default);
        let other = commands("ddvs", "127.0.0.1:9000".parse().expect("an address"), 7);
        assert!(other.contains("faucet me 200000 --seed 7 --rpc http://127.0.0.1:9000\n"));
    }

    #[test]
    fn paths_are_words_of_a_shell() {
        assert_eq!(quoted("target/debug/ddvs"), "target/debug/ddvs");
        assert_eq!(quoted("/my dir/it's"), r"'/my dir/it'\''s'");
    }
}
