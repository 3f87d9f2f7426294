//! The reference of all commands, `docs/cli.md`, out of the definitions that the binary itself parses with. A test holds the
//! file to them.

use std::fmt::Write;

use clap::{Command, CommandFactory};

use crate::args::Args;

const HEAD: &str = "\
# Commands

What `ddvs --help` and the help of every command say, in one place. This file is generated: after a change of the commands
write it anew with `FIX=1 cargo test -p ddvs-cli reference`.

- Results go to stdout, as tables or, with `--json`, as one JSON object. Progress and errors go to stderr. With `--json` an
  error is an object on stdout too: `{\"error\": {\"kind\", \"message\", \"exit_code\"}}`, of kind `refused`, `timeout` or `error`.
  What a contract refused is told as its answer, with the outcome `refused` and the reason.
- Amounts are in coins, such as `100` or `0.5`, or `ALL`. JSON has them in nano, as text.
- A network is named by `--rpc URL` (or DDVS_RPC): a devnet, a gateway or a node; or by `--network DIR`, which `ddvs tycho init` made.
- A network behind TLS is named by its `https://`. Its certificate must be from a public authority, of the list that is part of
  the program; or from one in the file that DDVS_CA_FILE names (PEM), which is then believed in place of the public ones.
- Keys, names of pools and requests that wait for an answer are files in `.ddvs` in the home directory, or in DDVS_HOME.
- A command that was interrupted can be repeated: it goes on with the message that it had sent.
- `source <(ddvs completions bash)`, for instance in `~/.bashrc`, completes commands, names of keys and pools, and files in bash; zsh, fish,
  elvish and powershell go likewise. Pools are those of the network that the command names, or of DDVS_RPC.

| exit code | meaning |
|---|---|
| 0 | done, and every check is ok |
| 1 | the network refused, or a check failed |
| 2 | wrong arguments, or an error |
| 3 | not known in time; the same command again waits on |

Ctrl-C ends a command by its signal, which a shell shows as 130; `devnet`, `gateway` and `tycho run-validator` end with 0 by it.
";

/// Columns of the help texts.
const WIDTH: usize = 100;

/// The reference as Markdown.
fn markdown() -> String {
    let mut root = Args::command().term_width(WIDTH);
    root.build();
    let mut text = HEAD.to_owned();
    // depth first, in the order of the definitions; commands are few levels deep
    let mut open = vec![("ddvs".to_owned(), root)];
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

#[test]
#[allow(clippy::unwrap_used)]
fn the_reference_is_that_of_this_binary() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/cli.md");
    let expected = markdown();
    if std::env::var_os("FIX").is_some() {
        std::fs::write(path, &expected).unwrap();
    }
    let found = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        found == expected,
        "docs/cli.md is not what the commands say: `FIX=1 cargo test -p ddvs-cli reference` writes it anew"
    );
}
