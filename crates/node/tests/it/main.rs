//! Nodes in one process, with real engines, sockets and disks.

mod captured;
#[cfg(feature = "byzantine")]
mod double_sign;
mod net;
mod newcomer;
mod sets_of_their_own;
