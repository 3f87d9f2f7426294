//! Evidence made of two signed votes.

use anyhow::{Context, Result};
use ddvs_people::Evidence;
use ddvs_people::evidence::SignedVote;
use serde_json::json;

use super::super::home::write_new;
use super::super::output::{Output, write_line};
use super::{object, read_file};
use crate::args::EvidenceMakeArgs;
use ddvs_terminal::Stop;

/// Returns whether it was made.
pub fn run(args: &EvidenceMakeArgs) -> Result<bool> {
    let vote = |path: &std::path::Path| -> Result<SignedVote> {
        let text = read_file(path)?;
        serde_json::from_str(&text).with_context(|| {
            format!(
                "{} is not a signed vote: `ddvs evidence make --help` shows its fields",
                path.display()
            )
        })
    };
    let (first, second) = (vote(&args.first)?, vote(&args.second)?);
    let flaw = |flaw| Stop::Refused(format!("these two votes are not evidence: {flaw}"));
    let evidence = Evidence::of(&first, &second).map_err(flaw)?;
    evidence.verify().map_err(flaw)?;
    let text = serde_json::to_string_pretty(&evidence)?;
    let Some(path) = &args.file else {
        // the file itself, in both forms
        write_line(&text)?;
        return Ok(true);
    };
    write_new(path, &text, 0o666)?;
    let mut object = object(&evidence);
    object["file"] = json!(path.display().to_string());
    Output::new(&args.output).print(&object, || {
        format!(
            "evidence against the key {} is in {}: bring it with `ddvs evidence submit`",
            evidence.key,
            path.display()
        )
    })?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;
    use ddvs_contracts::signing::VOTE_MAGIC;

    #[test]
    fn the_documented_bytes_are_those_that_are_signed() {
        let mut root = crate::args::Args::command();
        let evidence = root.find_subcommand_mut("evidence");
        let make = evidence.and_then(|evidence| evidence.find_subcommand_mut("make"));
        let help = make.map(|make| make.render_long_help().to_string());
        let magic = format!("0x{VOTE_MAGIC:08x}");
        assert!(help.is_some_and(|help| help.contains(&magic)), "{magic}");
    }
}
