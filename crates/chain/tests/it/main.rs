//! Chains on their own: the test carries the messages between them.

mod again;
mod fairness;
mod forged;
mod lanes;
mod restored;
mod world;
