# Functions shared by `.ci/run` and `.ci/nightly`, which source this file.
cd "$(dirname "${BASH_SOURCE[0]}")/.."
exec </dev/null
export CARGO_TERM_COLOR=never
export CARGO_INCREMENTAL=0
# nobody debugs these builds, and without debug info they are faster
export CARGO_PROFILE_DEV_DEBUG=0

# The output of all tests, to count their results at the end.
said=$(mktemp)

say() { printf '\n== [%4ds] %s\n' "$SECONDS" "$*"; }
fail() { printf '%s: %s\n' "$0" "$*" >&2; exit 1; }
need() { command -v "$1" >/dev/null 2>&1 || fail "$1 is missing: $2"; }
# Runs a command and shows it.
run() { printf '+ %s\n' "$*"; "$@"; }
# Runs tests; their output is shown and counted.
tests() { printf '+ %s\n' "$*"; "$@" 2>&1 | tee -a "$said"; }

# The last line, however the script ends: tests of all harnesses, Rust's and Node's. A failure without a failed test, such
# as a build or an unknown step, counts as one.
count() {
    local code=$? passed failed
    read -r passed failed < <(awk '
        /^test result: / { passed += $4; failed += $6 }
        /^(ℹ|#) pass [0-9]+$/ { passed += $3 }
        /^(ℹ|#) (fail|cancelled) [0-9]+$/ { failed += $3 }
        END { print passed + 0, failed + 0 }' "$said")
    rm -f "$said"
    if [ "$code" -ne 0 ] && [ "$failed" -eq 0 ]; then failed=1; fi
    if [ "$code" -eq 0 ] && [ "$failed" -ne 0 ]; then code=1; fi
    printf '\n%s passed, %s failed\n' "$passed" "$failed"
    exit "$code"
}
trap count EXIT

# `chosen ALL -- REQUESTED` sets `steps` to the requested steps, or to all if none is requested.
chosen() {
    local all=() step
    while [ "$1" != -- ]; do all+=("$1"); shift; done
    shift
    steps=("$@")
    [ ${#steps[@]} -gt 0 ] || steps=("${all[@]}")
    for step in "${steps[@]}"; do
        [[ " ${all[*]} " == *" $step "* ]] || fail "no step is called $step; there are: ${all[*]}"
    done
}

# `install_tool CRATE VERSION COMMAND ... [-- OPTION ...]` installs a tool written in Rust, with options of `cargo install`, unless
# COMMAND has that version.
install_tool() {
    local crate=$1 version=$2 command=()
    shift 2
    while [ $# -gt 0 ] && [ "$1" != -- ]; do command+=("$1"); shift; done
    [ $# -eq 0 ] || shift
    export PATH=${CARGO_HOME:-$HOME/.cargo}/bin:$PATH
    if ! "${command[@]}" --version 2>/dev/null | grep -qwF "$version"; then
        run cargo install --quiet --locked --root "${CARGO_HOME:-$HOME/.cargo}" "$crate" --version "$version" "$@"
    fi
}

# The engine of the nodes, unmodified, with the system packages that it is built with.
install_tycho() {
    local version=1.0.0 bin
    bin=${TYCHO_BIN:-$(command -v tycho || true)}
    bin=${bin:-${CARGO_HOME:-$HOME/.cargo}/bin/tycho}
    export TYCHO_BIN=$bin
    if "$bin" --version 2>/dev/null | grep -qF "release $version"; then
        return
    fi
    local packages=(clang libclang-dev cmake g++)
    if command -v apt-get >/dev/null 2>&1 && ! dpkg -s "${packages[@]}" >/dev/null 2>&1; then
        local root=()
        [ "$(id -u)" -eq 0 ] || root=(sudo)
        run "${root[@]}" apt-get update -qq
        run "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${packages[@]}" >/dev/null
    fi
    run cargo install --quiet --locked --root "${CARGO_HOME:-$HOME/.cargo}" tycho-cli --version "$version"
    export TYCHO_BIN=${CARGO_HOME:-$HOME/.cargo}/bin/tycho
}

# The tests of one file on real nodes, which are ignored elsewhere. For all default members, so that nothing is recompiled with
# other features. A failed test shows its nodes' errors, and the place of their logs. Installs the engine if it is missing.
on_nodes() {
    install_tycho
    tests cargo test --locked --test "$1" -- --ignored --nocapture --test-threads=1
}
