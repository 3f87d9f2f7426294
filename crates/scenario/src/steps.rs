//! The steps of the scenario, one file each.

pub mod closing;
pub mod cross_chain_stake;
pub mod double_sign;
pub mod forgeries;
pub mod majority;
pub mod masterchain_silent;
pub mod opening;
pub mod unlock;
pub mod validator_joins;
pub mod values;
