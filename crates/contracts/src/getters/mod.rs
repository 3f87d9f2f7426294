//! Get methods: names, arguments and results as pure functions on stack values, for whoever runs the VM.

mod root;
mod stack;
mod wallet;

pub use self::root::*;
pub use self::stack::*;
pub use self::wallet::*;
