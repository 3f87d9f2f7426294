//! Passwords, from a file or a terminal.

use std::io::IsTerminal;

use anyhow::{Context, Result, bail};
use ddvs_keystore::Zeroizing;

use super::progress;
use crate::args::PasswordArgs;

/// Returns the password of an existing key.
///
/// Fails when there is no file and no terminal.
pub fn ask(args: &PasswordArgs, key: &str) -> Result<Zeroizing<String>> {
    match from_file(args)? {
        Some(password) => Ok(password),
        None => prompt(&format!("password of the key {key}: ")),
    }
}

/// Returns the password of a new key; a terminal asks for it twice.
pub fn choose(args: &PasswordArgs, key: &str) -> Result<Zeroizing<String>> {
    if let Some(password) = from_file(args)? {
        return Ok(password);
    }
    let first = prompt(&format!("new password for the key {key}: "))?;
    let second = prompt("once more: ")?;
    if first != second {
        bail!("the two passwords differ: nothing was kept, try again");
    }
    Ok(first)
}

fn from_file(args: &PasswordArgs) -> Result<Option<Zeroizing<String>>> {
    let Some(path) = &args.password_file else {
        return Ok(None);
    };
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("reading the password file {}", path.display()))?;
    let text = Zeroizing::new(text);
    let line = text.lines().next().unwrap_or_default();
    Ok(Some(Zeroizing::new(line.to_owned())))
}

fn prompt(question: &str) -> Result<Zeroizing<String>> {
    if !std::io::stdin().is_terminal() {
        bail!(
            "a password is needed and there is no terminal to ask for it: give --password-file, or set DDVS_PASSWORD_FILE (for a new key also --unencrypted)"
        );
    }
    let password = progress::aside(|| rpassword::prompt_password(question));
    let password = password.context("reading a password")?;
    Ok(Zeroizing::new(password))
}
