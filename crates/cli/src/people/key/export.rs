//! `ddvs key export`: a key leaves its file, in a form that `ddvs key import` and others read.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use anyhow::{Context, Result, bail};
use ddvs_keystore::{Secret, Zeroizing};
use serde_json::json;

use super::super::home::Home;
use super::super::output::Output;
use super::super::password;
use super::{hex, object};
use crate::args::{KeyExportArgs, KeyForm};

/// Returns whether it was done.
pub fn run(args: &KeyExportArgs) -> Result<bool> {
    let store = Home::open()?.keys();
    let name = &args.name;
    let entry = store.entry(name)?;
    let secret = store.unlock(name, || password::ask(&args.password, name))?;
    let form = args.form.unwrap_or(match secret.words() {
        Some(_) => KeyForm::Words,
        None => KeyForm::Hex,
    });
    let text = text(name, &secret, form)?;
    let mut object = object(&entry);
    object["form"] = json!(form.name());
    let output = Output::new(&args.output);
    if let Some(path) = &args.file {
        write_new(path, &text)?;
        object["exported_to"] = path.display().to_string().into();
        output.print(&object, || {
            format!(
                "the key {name} is in {} now, open: whoever can read that file has the key",
                path.display()
            )
        })?;
        return Ok(true);
    }
    object["secret"] = text.as_str().into();
    output.print(&object, || text.to_string())?;
    Ok(true)
}

fn text(name: &str, secret: &Secret, form: KeyForm) -> Result<Zeroizing<String>> {
    Ok(Zeroizing::new(match form {
        KeyForm::Words => match secret.words() {
            Some(words) => words.to_owned(),
            None => bail!(
                "the key {name} was not made from words, so it has none: take `--form hex` or `--form json`"
            ),
        },
        KeyForm::Hex => hex(secret.seed()),
        KeyForm::Json => serde_json::to_string(&json!({
            "public": secret.public_hex(),
            "secret": hex(secret.seed()),
        }))?,
    }))
}

/// A file that must not exist, for its owner only.
fn write_new(path: &Path, text: &str) -> Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.create_new(true).write(true).mode(0o600);
    let write = || -> std::io::Result<()> {
        let mut file = options.open(path)?;
        writeln!(file, "{text}")?;
        file.sync_all()
    };
    write().with_context(|| {
        format!(
            "writing {}: the file must not exist yet, its directory must",
            path.display()
        )
    })
}
