//! `ddvs config`: decoded parameters, and comparing configs.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::Result;
use ddvs_client::Live;
use ddvs_people::config::{Difference, decoded, differences, lines, object, title};
use serde_json::{Value, json};

use super::connect::{Connected, connect};
use super::grid::cut;
use super::output::{Output, the_chain};
use crate::args::{ConfigCommand, ConfigDiffArgs, ConfigShowArgs, ConnectArgs};
use ddvs_terminal::Stop;

/// Maximum number of characters of two values on one line.
const MOST: usize = 40;
const PATIENCE: Duration = Duration::from_secs(30);

/// Returns whether it was done; of a comparison, whether nothing differs.
pub fn run(command: &ConfigCommand) -> Result<bool> {
    match command {
        ConfigCommand::Show(args) => show(args),
        ConfigCommand::Diff(args) => diff(args),
    }
}

fn params(net: &Connected, chain: i8) -> Result<BTreeMap<u32, Value>> {
    net.context.check_chain(chain)?;
    Ok(decoded(&net.backend.config(chain)?)?)
}

fn show(args: &ConfigShowArgs) -> Result<bool> {
    let net = connect(&args.ask.connect, PATIENCE)?;
    let mut found = params(&net, args.chain)?;
    if !args.params.is_empty() {
        for param in &args.params {
            if !found.contains_key(param) {
                let known: Vec<_> = found.keys().map(ToString::to_string).collect();
                return Err(Stop::Refused(format!(
                    "{} has no parameter {param}: it has {}",
                    the_chain(args.chain),
                    known.join(", ")
                ))
                .into());
            }
        }
        found.retain(|param, _| args.params.contains(param));
    }
    let result = json!({ "chain": args.chain, "params": object(&found) });
    Output::new(&args.ask.output).print(&result, || {
        let mut parts = Vec::new();
        for (param, value) in &found {
            parts.push(format!("{param}  {}", title(*param)));
            for (field, value) in lines(value) {
                parts.push(match field.is_empty() {
                    true => format!("    {value}"),
                    false => format!("    {field}: {value}"),
                });
            }
        }
        parts.join("\n")
    })?;
    Ok(true)
}

fn diff(args: &ConfigDiffArgs) -> Result<bool> {
    let net = connect(&args.ask.connect, PATIENCE)?;
    let first = params(&net, args.chain)?;
    let second_chain = args.with_chain.unwrap_or(args.chain);
    let second = match &args.with_rpc {
        None if second_chain == args.chain => {
            anyhow::bail!("there is nothing to compare with: give --with-chain, --with-rpc or both")
        }
        None => params(&net, second_chain)?,
        Some(url) => {
            let other = ConnectArgs {
                rpc: url.clone(),
                network: None,
            };
            params(&connect(&other, PATIENCE)?, second_chain)?
        }
    };
    let found = differences(&first, &second);
    let rows: Vec<_> = found
        .iter()
        .map(|difference| {
            json!({
                "param": difference.param,
                "title": title(difference.param),
                "field": difference.field,
                "first": difference.first,
                "second": difference.second,
            })
        })
        .collect();
    Output::new(&args.ask.output).print(&json!({ "differences": rows }), || {
        if found.is_empty() {
            return "nothing differs".to_owned();
        }
        told(&found)
    })?;
    Ok(found.is_empty())
}

/// Differences by parameter: a field with its two values, or fields of one side only.
fn told(found: &[Difference]) -> String {
    let mut lines = Vec::new();
    let mut param = None;
    for difference in found {
        if param.replace(difference.param) != Some(difference.param) {
            let number = difference.param;
            lines.push(format!("{number}  {}", title(number)));
        }
        let field = match difference.field.is_empty() {
            true => String::new(),
            false => format!("{}: ", difference.field),
        };
        let mut only = |side: &str, value: &str| {
            lines.push(format!("    {field}only the {side} has it"));
            lines.push(format!("      {}", short_hashes(value)));
        };
        match (&difference.first, &difference.second) {
            (Some(first), Some(second)) if first.len() + second.len() > MOST => {
                if !field.is_empty() {
                    lines.push(format!("    {}", field.trim_end()));
                }
                lines.push(format!("      first   {first}"));
                lines.push(format!("      second  {second}"));
            }
            (Some(first), Some(second)) => {
                lines.push(format!("    {field}{first} and {second}"));
            }
            (Some(first), None) => only("first", first),
            (None, Some(second)) => only("second", second),
            (None, None) => {}
        }
    }
    lines.join("\n")
}

/// The hashes of a list of fields, cut.
fn short_hashes(fields: &str) -> String {
    let words: Vec<_> = fields
        .split(", ")
        .map(|field| match field.rsplit_once(": ") {
            Some((name, value)) => match cut(value) {
                Some(cut) => format!("{name}: {cut}"),
                None => field.to_owned(),
            },
            None => field.to_owned(),
        })
        .collect();
    words.join(", ")
}
