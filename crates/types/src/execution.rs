//! How nodes run a message under a config.

use tycho_executor::{ExecutorParams, ParsedConfig};
use tycho_types::error::Error;
use tycho_types::models::{GlobalCapabilities, GlobalCapability};

/// Returns the executor's settings on a chain with this config, as nodes choose them: for a transaction at `now`
/// (Unix seconds), in a block that begins with logical time `start_lt`. The random seed is zero.
///
/// Fails only when the config does not contain its version.
pub fn executor_params(
    config: &ParsedConfig,
    now: u32,
    start_lt: u64,
) -> Result<ExecutorParams, Error> {
    let capabilities = config.raw.params.get_global_version()?.capabilities;
    Ok(executor_params_with(
        capabilities,
        config.global_id,
        now,
        start_lt,
    ))
}

/// Like [`executor_params`], from the two facts that it reads in a config.
pub fn executor_params_with(
    capabilities: GlobalCapabilities,
    global_id: i32,
    now: u32,
    start_lt: u64,
) -> ExecutorParams {
    let capable = |capability: GlobalCapability| capabilities.contains(capability);
    let mut params = ExecutorParams {
        block_unixtime: now,
        block_lt: start_lt,
        full_body_in_bounced: capable(GlobalCapability::CapFullBodyInBounced),
        authority_marks_enabled: capable(GlobalCapability::CapSuspendByMarks),
        strict_extra_currency: true,
        charge_action_fees_on_fail: true,
        ..ExecutorParams::default()
    };
    if capable(GlobalCapability::CapSignatureWithId) {
        params.vm_modifiers.signature_with_id = Some(global_id);
    }
    params.vm_modifiers.enable_signature_domains = capable(GlobalCapability::CapSignatureDomain);
    params
}
