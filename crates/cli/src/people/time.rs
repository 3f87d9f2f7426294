//! Times as people read them.

pub use ddvs_people::time::{date, period, until};
