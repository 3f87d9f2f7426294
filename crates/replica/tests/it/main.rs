//! Chains that believe each other by proof: the tests carry headers and messages between them, and sign with all keys.

mod backlog;
mod cluster;
mod forged;
mod light;
mod odd_offers;
mod restored;
mod sets;
mod silence;
mod slow_masterchain;
mod taken_back;
