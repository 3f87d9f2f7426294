//! `ddvs key export`: printing a key in a format that `ddvs key import` and other programs read.

use anyhow::{Result, bail};
use ddvs_keystore::{Secret, Zeroizing};
use serde_json::json;

use super::super::home::{Home, write_new};
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
        write_new(path, &text, 0o600)?;
        object["exported_to"] = path.display().to_string().into();
        output.print(&object, || {
            format!(
                "the key {name} is in {} now, unencrypted: anyone who can read that file has the key",
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
                "the key {name} was not made from words, so it has none: use `--form hex` or `--form json`"
            ),
        },
        KeyForm::Hex => hex(secret.seed()),
        KeyForm::Json => serde_json::to_string(&json!({
            "public": secret.public_hex(),
            "secret": hex(secret.seed()),
        }))?,
    }))
}
