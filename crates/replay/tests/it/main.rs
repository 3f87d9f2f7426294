//! All tests of this crate in one binary: linking one for each file takes most of the time to build them.

mod mutants;
mod scenarios;
mod traces;
