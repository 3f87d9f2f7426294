//! The reference of a program's commands, generated from the definitions with which it parses.

use std::fmt::Write;
use std::{fs, io};

use clap::Command;

use crate::EXIT_CODES;

/// Line in the head of a reference that the table of exit codes replaces.
const EXIT_CODES_LINE: &str = "EXIT_CODES\n";

/// Returns the table of exit codes, from the help text that contains it too.
fn exit_codes() -> String {
    let mut table = "| exit code | meaning |\n|---|---|\n".to_owned();
    for line in EXIT_CODES.lines().skip(1) {
        let row = line.trim().split_once("  ");
        let (code, meaning) = row.unwrap_or(("", line));
        let _ = writeln!(table, "| {code} | {meaning} |");
    }
    table
}

/// Width of the help texts.
const WIDTH: usize = 100;

/// Whether a file holds `expected`. With the variable FIX it is written first.
///
/// Fails only when it cannot be written.
pub fn is_current(path: &str, expected: &str) -> io::Result<bool> {
    if std::env::var_os("FIX").is_some() {
        fs::write(path, expected)?;
    }
    Ok(fs::read_to_string(path).is_ok_and(|found| found == expected))
}

/// Returns the reference as Markdown: the head, in which a line `EXIT_CODES` stands for their table, then the help of
/// each command.
pub fn markdown(root: Command, head: &str) -> String {
    let mut root = root.term_width(WIDTH);
    root.build();
    let mut text = head.replace(EXIT_CODES_LINE, &exit_codes());
    // depth first, in the order of the definitions; commands are few levels deep
    let mut open = vec![(root.get_name().to_owned(), root)];
    while let Some((name, command)) = open.pop() {
        if name.ends_with(" help") {
            continue;
        }
        let help = help(&name, command.clone());
        let _ = write!(text, "\n## {name}\n\n```text\n{help}\n```\n");
        let below: Vec<_> = command.get_subcommands().cloned().collect();
        for child in below.into_iter().rev() {
            open.push((format!("{name} {}", child.get_name()), child));
        }
    }
    text
}

fn help(name: &str, command: Command) -> String {
    let mut command = command.bin_name(name).term_width(WIDTH);
    let text = command.render_long_help().to_string();
    let lines: Vec<_> = text.lines().map(str::trim_end).collect();
    lines.join("\n").trim().to_owned()
}
