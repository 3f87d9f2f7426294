//! The reference of all commands, `docs/cli.md`. A test compares the file.

use clap::CommandFactory;
use ddvs_terminal::reference::{is_current, markdown};

use crate::args::Args;

const HEAD: &str = "\
# Commands

What `ddvs --help` and the help of every command say, in one place. This file is generated: after a change of the commands
write it anew with `FIX=1 cargo test -p ddvs-cli --bins reference`.

- Results go to stdout, as tables or, with `--json`, as one JSON object. Progress and errors go to stderr. With `--json` an
  error is an object on one line of stdout too: `{\"error\": {\"kind\", \"message\", \"exit_code\"}}`, of kind `usage` (the arguments make
  no sense), `refused`, `timeout` or `error`.
  What a contract refused is told as its answer, with the outcome `refused` and the reason. What can be known to fail is not
  sent, and is an error of kind `refused` that says from what time or amount on it works.
- Amounts are in coins, such as `100` or `0.5`, or `ALL`. JSON has them in nano, as text.
- A network is named by `--rpc URL` (or DDVS_RPC): a devnet, a gateway or a node; or by `--network DIR`, which `ddvs tycho init` made.
- A network behind TLS is named by its `https://`. Its certificate must be from a public authority, of the list that is part of
  the program; or from one in the file that DDVS_CA_FILE names (PEM), which is then believed in place of the public ones.
- Keys, names of pools and requests that wait for an answer are files in `.ddvs` in the home directory, or in DDVS_HOME.
- A command that was interrupted can be repeated: it goes on with the message that it had sent.
- An account's requests have numbers, and each waits until the one before it has run, also with `--no-wait` and when commands are
  given at the same time. With `--no-wait` the same command twice is one request until its answer was told; the command says which.
  What was dropped or refused meanwhile is told by the next command of the account, and by `ddvs query message`.
- A change above what a batch may move is counted batch by batch. It attaches the value for all of them, of which the rest comes back;
  `validator create`, `validator top-up` and `validator close` follow it to its end. `--timeout` begins anew with each batch.
- `source <(ddvs completions bash)`, for instance in `~/.bashrc`, completes commands, names of keys and pools, and files in bash; zsh, fish,
  elvish and powershell go likewise. Pools are those of the network that the command names, or of DDVS_RPC.
- Commands that only read (`balance`, `query`, `config`, `contract`, `key list`, `wallet status`, `validator status` and `list`) never ask for
  a password: addresses follow from a key's public half.

EXIT_CODES

Ctrl-C ends a command by its signal, which a shell shows as 130; `devnet`, `gateway` and `tycho run-validator` end with 0 by it.
";

#[test]
fn the_reference_is_that_of_this_binary() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/cli.md");
    let expected = markdown(Args::command(), HEAD);
    assert!(
        is_current(path, &expected).expect("the reference can be written"),
        "docs/cli.md is not what the commands say: `FIX=1 cargo test -p ddvs-cli --bins reference` regenerates it"
    );
}
