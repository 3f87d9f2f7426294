//! Keys.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Subcommand, ValueEnum};

use super::{ConnectArgs, OutputArgs, PasswordArgs};

/// What can be done with keys. They are files in `keys` below DDVS_HOME, or below `.ddvs` in the home directory.
#[derive(Debug, Subcommand)]
pub enum KeyCommand {
    /// Make a key from 24 new words, and show the words once
    New(KeyNewArgs),
    /// List all keys
    List(KeyListArgs),
    /// List all keys, or show one: its public half and its accounts
    Show(KeyShowArgs),
    /// Keep a key that exists: 24 words, 64 hexadecimal digits or a node's JSON
    Import(KeyImportArgs),
    /// Give a key out, as words, digits or JSON: whoever sees them has the key
    Export(KeyExportArgs),
    /// Forget a key here: only its words, or what was exported, bring it back
    Delete(KeyDeleteArgs),
}

/// Nothing to choose.
#[derive(Debug, ClapArgs)]
pub struct KeyListArgs {
    #[command(flatten)]
    pub output: OutputArgs,
}

/// How a key is written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum KeyForm {
    /// Its 24 words, if it was made from words
    Words,
    /// 64 hexadecimal digits
    Hex,
    /// JSON with `public` and `secret`, as the engine and its tools keep keys
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

/// What to give out.
#[derive(Debug, ClapArgs)]
pub struct KeyExportArgs {
    /// Its name
    pub name: String,
    /// How it is written; by default as words if it has them, else as digits
    #[arg(long, value_enum)]
    pub form: Option<KeyForm>,
    /// Write it to this file, which must not exist, in place of stdout
    #[arg(long, value_name = "FILE")]
    pub file: Option<PathBuf>,
    #[command(flatten)]
    pub password: PasswordArgs,
    #[command(flatten)]
    pub output: OutputArgs,
}

/// What to forget.
#[derive(Debug, ClapArgs)]
pub struct KeyDeleteArgs {
    /// Its name
    pub name: String,
    /// Do not ask
    #[arg(long)]
    pub yes: bool,
    #[command(flatten)]
    pub output: OutputArgs,
}

/// How a key is kept.
#[derive(Debug, Clone, ClapArgs)]
pub struct KeepArgs {
    #[command(flatten)]
    pub password: PasswordArgs,
    /// Keep it without a password: whoever can read the file has the key
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

/// Which key to show.
#[derive(Debug, ClapArgs)]
pub struct KeyShowArgs {
    /// Its name; without, all keys are listed
    pub name: Option<String>,
    /// Show its 24 words, or its 64 hexadecimal digits: whoever sees them has the key
    #[arg(long, requires = "name")]
    pub secret: bool,
    /// With a name: show its accounts on the network too; it must run
    #[arg(long, requires = "name")]
    pub accounts: bool,
    #[command(flatten)]
    pub connect: ConnectArgs,
    #[command(flatten)]
    pub password: PasswordArgs,
    #[command(flatten)]
    pub output: OutputArgs,
}

/// A key that exists.
#[derive(Debug, ClapArgs)]
pub struct KeyImportArgs {
    /// Its name here
    pub name: String,
    /// File that holds it; without, it is asked for, or read from stdin
    #[arg(long)]
    pub file: Option<PathBuf>,
    #[command(flatten)]
    pub keep: KeepArgs,
    #[command(flatten)]
    pub output: OutputArgs,
}
