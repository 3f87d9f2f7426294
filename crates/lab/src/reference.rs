//! The reference of all commands, `docs/lab.md`. A test compares the file.

use clap::CommandFactory;
use ddvs_terminal::reference::{is_current, markdown};

use crate::args::Args;

const HEAD: &str = "\
# Commands of ddvs-lab

What `ddvs-lab --help` and the help of every command say.
This file is generated: after a change of the commands write it anew with `FIX=1 cargo test -p ddvs-lab --bins reference`.

`ddvs-lab` measures and tests networks; it is not part of releases.
`cargo run --release --bin ddvs-lab -- gas` runs it from a checkout.
Results go to stdout, as tables or, with `--json`, as one JSON object or array; progress and errors go to stderr.

EXIT_CODES
";

#[test]
fn the_reference_is_that_of_this_binary() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/lab.md");
    let expected = markdown(Args::command(), HEAD);
    assert!(
        is_current(path, &expected).expect("the reference can be written"),
        "docs/lab.md is not what the commands say: `FIX=1 cargo test -p ddvs-lab --bins reference` regenerates it"
    );
}
