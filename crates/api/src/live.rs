//! The network's current state, with care for networks that answer slowly.

mod asking;

pub(crate) use asking::{Asking, NoRoom};
