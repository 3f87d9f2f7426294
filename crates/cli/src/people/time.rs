//! Times in the users' format.

pub use ddvs_people::time::{date, period, until};
