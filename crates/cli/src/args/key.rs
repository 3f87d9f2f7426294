//! Keys.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Subcommand};

use super::{ConnectArgs, OutputArgs, PasswordArgs};

/// What can be done with keys. They are files in `keys` below DDVS_HOME, or below `.ddvs` in the home directory.
#[derive(Debug, Subcommand)]
pub enum KeyCommand {
    /// Make a key from 24 new words, and show the words once
    New(KeyNewArgs),
    /// List all keys, or show one: its public half and its accounts
    Show(KeyShowArgs),
    /// Keep a key that exists: 24 words, 64 hexadecimal digits or a node's JSON
    Import(KeyImportArgs),
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
