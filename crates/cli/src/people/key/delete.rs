//! `ddvs key delete`: deleting a key here.

use std::io::{BufRead, IsTerminal};

use anyhow::{Result, bail};

use super::super::home::Home;
use super::super::output::Output;
use super::object;
use crate::args::KeyDeleteArgs;

/// Returns whether it was done.
pub fn run(args: &KeyDeleteArgs) -> Result<bool> {
    let store = Home::open()?.keys();
    let name = &args.name;
    let entry = store.entry(name)?;
    if !args.yes {
        if !std::io::stdin().is_terminal() {
            bail!(
                "without the key {name}, or its words elsewhere (`ddvs key export {name}`), nobody reaches its coins and stakes: say --yes if that is meant"
            );
        }
        eprintln!(
            "Without the key {name}, or its words elsewhere, nobody reaches its coins and stakes.\nIts name once more deletes it:"
        );
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line)?;
        if line.trim() != name {
            bail!("that is not {name}: nothing was deleted");
        }
    }
    store.delete(name)?;
    let mut object = object(&entry);
    object["outcome"] = "deleted".into();
    Output::new(&args.output).print(&object, || {
        format!("the key {name} is deleted: {}", entry.path.display())
    })?;
    Ok(true)
}
