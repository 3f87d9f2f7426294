//! Chains that believe each other by proof: the tests carry headers and messages between them, and sign with all keys.

mod cluster;
mod forged;
mod light;
mod restored;
mod sets;
mod silence;
