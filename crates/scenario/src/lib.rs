//! The story that the demo tells, with its checks.
