//! Networks of processes, as an operator runs them.

mod kill;
mod network;
mod words;
