//! Nodes in one process, with real engines, sockets and disks.

mod net;
mod sets_of_their_own;
