//! Options of many commands.

use std::path::PathBuf;

use clap::Args as ClapArgs;

/// Parses an address, or a name. An address on the masterchain begins with a minus, as options do, so arguments with one accept words with a minus, and this detects an option that does not exist.
///
/// Fails when it begins as an option does.
pub fn address(text: &str) -> Result<String, String> {
    let rest = text.strip_prefix('-');
    match rest.is_some_and(|rest| !rest.starts_with(|sign: char| sign.is_ascii_digit())) {
        true => {
            Err("it is not an option of this command, and no address begins like that".to_owned())
        }
        false => Ok(text.to_owned()),
    }
}

/// The network.
#[derive(Debug, Clone, ClapArgs)]
pub struct ConnectArgs {
    /// A devnet, a gateway or a node
    #[arg(
        long,
        value_name = "URL",
        env = "DDVS_RPC",
        hide_env_values = true,
        default_value = "http://127.0.0.1:8080"
    )]
    pub rpc: String,
    /// Instead of --rpc: the directory created by `ddvs tycho init`
    #[arg(long, value_name = "DIR")]
    pub network: Option<PathBuf>,
}

/// Output format.
#[derive(Debug, Clone, Copy, ClapArgs)]
pub struct OutputArgs {
    /// Print only one JSON object on stdout; errors are JSON too
    #[arg(long)]
    pub json: bool,
}

/// Options of a command that only reads.
#[derive(Debug, Clone, ClapArgs)]
pub struct AskArgs {
    #[command(flatten)]
    pub connect: ConnectArgs,
    #[command(flatten)]
    pub output: OutputArgs,
}

/// The account: the public half of a key suffices, so a command with only these options never asks for a password.
#[derive(Debug, Clone, ClapArgs)]
pub struct WhoArgs {
    /// Name of the key; may be omitted if there is only one
    #[arg(long, value_name = "NAME", env = "DDVS_KEY", hide_env_values = true)]
    pub key: Option<String>,
    /// Chain of the key's account and of its DePool Wallet
    #[arg(long, default_value_t = 0, allow_negative_numbers = true)]
    pub chain: i8,
}

/// The signing key.
#[derive(Debug, Clone, ClapArgs)]
pub struct KeyArgs {
    /// Name of the signing key; may be omitted if there is only one
    #[arg(long, value_name = "NAME", env = "DDVS_KEY", hide_env_values = true)]
    pub key: Option<String>,
    /// Chain of the key's account and of its DePool Wallet
    #[arg(long, default_value_t = 0, allow_negative_numbers = true)]
    pub chain: i8,
    #[command(flatten)]
    pub password: PasswordArgs,
}

/// How an encrypted key is opened.
#[derive(Debug, Clone, ClapArgs)]
pub struct PasswordArgs {
    /// File whose first line is the key's password; without it, the password is asked for
    #[arg(
        long,
        value_name = "FILE",
        env = "DDVS_PASSWORD_FILE",
        hide_env_values = true
    )]
    pub password_file: Option<PathBuf>,
}

/// Further options of a command that sends a message.
#[derive(Debug, Clone, ClapArgs)]
pub struct ActArgs {
    #[command(flatten)]
    pub connect: ConnectArgs,
    #[command(flatten)]
    pub key: KeyArgs,
    /// Send it and exit, without waiting for the answer; earlier messages of the account must have arrived
    #[arg(long)]
    pub no_wait: bool,
    /// Emulate it locally on the network's current state, show the effects and the cost, and send nothing
    #[arg(long, conflicts_with = "no_wait")]
    pub dry_run: bool,
    /// Seconds to wait for an answer
    #[arg(long, value_name = "SECONDS", default_value_t = 120, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub timeout: u64,
    #[command(flatten)]
    pub output: OutputArgs,
}
