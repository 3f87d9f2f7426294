//! Cost of an external message, and the reason for a refusal: emulation on the current state.

use ddvs_client::{AccountView, ChainId, ClientError, ComputeResult};
use ddvs_types::ExecutionContext;
use ddvs_types::execution::run_message;
use tycho_types::cell::{Cell, HashBytes};
use tycho_types::error::Error;
use tycho_types::models::{BlockchainConfig, BlockchainConfigParams, ComputePhase};

/// Cost of a message, in nano.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cost {
    pub storage_nano: u128,
    pub gas_nano: u128,
    pub import_nano: u128,
    pub forward_nano: u128,
    pub compute: ComputeResult,
}

/// Runs a message as the next block would, without keeping the result.
///
/// Fails with a refusal when the contract does not accept it.
pub(crate) fn cost(
    delector: HashBytes,
    config: BlockchainConfigParams,
    now: u32,
    account: &AccountView,
    message: &Cell,
    ignore_signature: bool,
) -> Result<Cost, ClientError> {
    let context = || format!("trying a message for {}", account.address);
    let codec = |cause: Error| ClientError::fault(context(), cause);
    let raw = BlockchainConfig {
        address: delector,
        params: config,
    };
    let mut trial = ExecutionContext::next_of(account, raw, now).map_err(codec)?;
    trial.params.vm_modifiers.chksig_always_succeed = ignore_signature;
    let state = account.shard_account().map_err(codec)?;
    let ran = run_message(&trial.executor(), &account.address, &state, message, true);
    let (_, info) =
        ran.map_err(|error| ClientError::not_executed(&account.address, context(), error))?;
    let chain: ChainId = account.address.workchain;
    let prices = if chain == ddvs_client::MASTERCHAIN {
        trial.config.raw.params.get_msg_forward_prices(true)
    } else {
        trial.config.raw.params.get_msg_forward_prices(false)
    };
    let import_nano = prices
        .map(|prices| {
            let stats = message.compute_unique_stats(usize::MAX).unwrap_or_default();
            // the root is covered by the flat price
            let bits = stats.bit_count.saturating_sub(u64::from(message.bit_len()));
            let cells = stats.cell_count.saturating_sub(1);
            prices.compute_fwd_fee(tycho_types::cell::CellTreeStats {
                bit_count: bits,
                cell_count: cells,
            })
        })
        .map_err(codec)?
        .into_inner();
    let gas_nano = match &info.compute_phase {
        ComputePhase::Executed(phase) => phase.gas_fees.into_inner(),
        ComputePhase::Skipped(_) => 0,
    };
    let forward = info
        .action_phase
        .as_ref()
        .and_then(|phase| phase.total_fwd_fees);
    Ok(Cost {
        storage_nano: info
            .storage_phase
            .as_ref()
            .map_or(0, |phase| phase.storage_fees_collected.into_inner()),
        gas_nano,
        import_nano,
        forward_nano: forward.map_or(0, |fees| fees.into_inner()),
        compute: (&info.compute_phase).into(),
    })
}
