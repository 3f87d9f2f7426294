//! Chains on their own: the test carries the messages between them.

mod again;
mod lanes;
mod world;
