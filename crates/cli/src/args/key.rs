//! Keys.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Subcommand, ValueEnum};

use super::{ConnectArgs, OutputArgs, PasswordArgs};

/// Operations on keys. They are files in `keys` below DDVS_HOME, or below `.ddvs` in the home directory.
#[derive(Debug, Subcommand)]
pub enum KeyCommand {
    /// Create a key from 24 new words, and show the words once
    New(KeyNewArgs),
    /// List all keys
    List(KeyListArgs),
    /// List all keys, or show one: its public half and its accounts
    Show(KeyShowArgs),
    /// Import an existing key: 24 words, 64 hexadecimal digits or a node's JSON
    Import(KeyImportArgs),
    /// Print a key, as words, digits or JSON: whoever sees it has the key
    Export(KeyExportArgs),
    /// Delete a key here: only its words, or an export, can restore it
    Delete(KeyDeleteArgs),
}

/// No options.
#[derive(Debug, ClapArgs)]
pub struct KeyListArgs {
    #[command(flatten)]
    pub output: OutputArgs,
}

/// Format of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum KeyForm {
    /// Its 24 words, if it was created from words
    Words,
    /// 64 hexadecimal digits
    Hex,
    /// JSON with `public` and `secret`, as used by the engine and its tools
    Json,
}

impl KeyForm {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Words => "words",
            Self::Hex => "hex",
            Self::Json => "json",
        }
    }
}

/// Options of an export.
#[derive(Debug, ClapArgs)]
pub struct KeyExportArgs {
    /// Its name
    pub name: String,
    /// Format; by default words if it has them, otherwise digits
    #[arg(long, value_enum)]
    pub form: Option<KeyForm>,
    /// Write it to this file, which must not exist, instead of stdout
    #[arg(long, value_name = "FILE")]
    pub file: Option<PathBuf>,
    #[command(flatten)]
    pub password: PasswordArgs,
    #[command(flatten)]
    pub output: OutputArgs,
}

/// Options of a deletion.
#[derive(Debug, ClapArgs)]
pub struct KeyDeleteArgs {
    /// Its name
    pub name: String,
    /// Do not ask for confirmation
    #[arg(long)]
    pub yes: bool,
    #[command(flatten)]
    pub output: OutputArgs,
}

/// Protection of a key.
#[derive(Debug, Clone, ClapArgs)]
pub struct KeepArgs {
    #[command(flatten)]
    pub password: PasswordArgs,
    /// Store it without a password: whoever can read the file has the key
    #[arg(long)]
    pub unencrypted: bool,
}

/// A new key.
#[derive(Debug, ClapArgs)]
pub struct KeyNewArgs {
    /// Its name: letters, digits, `-` and `_`
    pub name: String,
    #[command(flatten)]
    pub keep: KeepArgs,
    #[command(flatten)]
    pub output: OutputArgs,
}

/// The key to show.
#[derive(Debug, ClapArgs)]
pub struct KeyShowArgs {
    /// Its name; without it, all keys are listed
    pub name: Option<String>,
    /// Show its 24 words, or its 64 hexadecimal digits: whoever sees them has the key
    #[arg(long, requires = "name")]
    pub secret: bool,
    /// With a name: also show its accounts on the network, which must be running
    #[arg(long, requires = "name")]
    pub accounts: bool,
    #[command(flatten)]
    pub connect: ConnectArgs,
    #[command(flatten)]
    pub password: PasswordArgs,
    #[command(flatten)]
    pub output: OutputArgs,
}

/// An existing key.
#[derive(Debug, ClapArgs)]
pub struct KeyImportArgs {
    /// Its name here
    pub name: String,
    /// File that contains it; without it, the key is asked for, or read from stdin
    #[arg(long)]
    pub file: Option<PathBuf>,
    #[command(flatten)]
    pub keep: KeepArgs,
    #[command(flatten)]
    pub output: OutputArgs,
}
