//! `ddvs completions`: shell completion. The script calls this program at each key press, so that it completes
//! existing names of keys and pools.

mod pools;

use std::ffi::OsStr;

use anyhow::{Context, Result};
use clap::{Arg, Command, CommandFactory};
use clap_complete::CompleteEnv;
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate};
use clap_complete::env::Shells;

use crate::args::{Args, CompletionsArgs};
use crate::people::Home;
use ddvs_terminal::report;

/// Set by the script when it calls the program.
const ASKED: &str = "DDVS_COMPLETE";
/// The program's name in the shell.
const PROGRAM: &str = "ddvs";

/// Bash splits words at colons, for example in a URL or an address. Here they are joined again before the program is
/// called, and the part before the last colon is removed from its results, since readline replaces only what comes
/// after.
const WHOLE_WORDS: &str = r#"
_ddvs_whole_words() {
    local -a whole=()
    local i=0 last=-1 at=0 is_open=0 word
    for word in "${COMP_WORDS[@]}"; do
        if ((last > 0)) && { ((is_open)) || [[ $word == :* ]]; }; then
            whole[last]+=$word
        else
            whole+=("$word")
            last=$((last + 1))
        fi
        if [[ $word == *: ]]; then is_open=1; else is_open=0; fi
        if ((i == COMP_CWORD)); then at=$last; fi
        i=$((i + 1))
    done
    local -a COMP_WORDS=("${whole[@]}")
    local COMP_CWORD=$at
    _clap_complete_ddvs "$1" "${whole[at]}" "$3"
    local before=${whole[at]%"${whole[at]##*:}"}
    COMPREPLY=("${COMPREPLY[@]#"$before"}")
}
complete -o nospace -o bashdefault -F _ddvs_whole_words ddvs
"#;

/// Prints the script of a shell.
pub fn run(args: &CompletionsArgs) -> Result<bool> {
    let name = args.shell.to_string();
    let shells = Shells::builtins();
    let shell = shells
        .completer(&name)
        .with_context(|| format!("{name} has no completions"))?;
    let mut script = Vec::new();
    shell.write_registration(ASKED, PROGRAM, PROGRAM, PROGRAM, &mut script)?;
    if shell.is("bash") {
        script.extend_from_slice(WHOLE_WORDS.as_bytes());
    }
    report::say(&String::from_utf8(script)?)?;
    Ok(true)
}

/// Answers a call of the script, and then ends the program. Otherwise does nothing.
pub fn answer() {
    CompleteEnv::with_factory(command).var(ASKED).complete();
}

/// Returns all commands, with completion of keys' and pools' names.
fn command() -> Command {
    complete(Args::command(), "")
}

fn complete(command: Command, group: &str) -> Command {
    let name = command.get_name().to_owned();
    let arg = |arg: Arg| match (arg.get_id().as_str(), group, name.as_str()) {
        ("key", ..)
        | ("name", "key", "show" | "export" | "delete")
        | ("to", _, "faucet" | "send")
        | ("who", _, "balance") => arg.add(ArgValueCompleter::new(keys)),
        ("pool", ..) => arg.add(ArgValueCompleter::new(pools::complete)),
        _ => arg,
    };
    let command = command.mut_args(arg);
    command.mut_subcommands(|sub| complete(sub, &name))
}

/// Returns names of keys with a prefix.
fn keys(current: &OsStr) -> Vec<CompletionCandidate> {
    let list = || Home::open().ok()?.keys().list().ok();
    let names = list().unwrap_or_default().into_iter().map(|key| key.name);
    beginning(names.map(|name| (name, String::new())), current)
}

/// Returns the words with a prefix, each with its description.
fn beginning(
    words: impl Iterator<Item = (String, String)>,
    typed: &OsStr,
) -> Vec<CompletionCandidate> {
    let typed = typed.to_string_lossy();
    words
        .filter(|(word, _)| word.starts_with(&*typed))
        .map(|(word, help)| {
            let help = (!help.is_empty()).then(|| help.into());
            CompletionCandidate::new(word).help(help)
        })
        .collect()
}
