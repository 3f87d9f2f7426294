//! Get methods: names, arguments and results as pure functions on stack values. Whoever runs the VM uses them.

mod root;
mod stack;
mod wallet;

pub use self::root::*;
pub use self::stack::*;
pub use self::wallet::*;
