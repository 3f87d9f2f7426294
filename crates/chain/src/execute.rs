//! One transaction: runs a message on an account and extracts what the ledger needs.

use ddvs_types::execution::run_message;
use ddvs_types::{ComputeResult, NotExecuted};
use tycho_executor::{Executor, ExecutorParams, UncommittedTransaction};
use tycho_types::cell::{Cell, Lazy};
use tycho_types::models::{
    BouncePhase, CurrencyCollection, OrdinaryTxInfo, ShardAccount, StdAddr, Transaction,
};

use crate::ChainConfig;
use crate::quarantine;
use crate::route::{self, Head};

/// The parts of a block that one message may see.
pub(crate) struct Environment<'a> {
    pub params: &'a ExecutorParams,
    pub config: &'a ChainConfig,
}

/// Outcome of running a message.
pub(crate) enum Outcome {
    /// A transaction.
    Done(Executed),
    /// An external message that the contract did not accept: nothing happened.
    NotAccepted { exit_code: Option<i32> },
    /// The engine failed, or its transaction does not balance: nothing happened.
    Broke { fault: String },
}

/// A transaction and the state after it.
pub(crate) struct Executed {
    pub state: ShardAccount,
    pub exists: bool,
    pub balance: CurrencyCollection,
    pub transaction: Lazy<Transaction>,
    pub next_lt: u64,
    pub total_fees_nano: u128,
    /// Coins burnt by the transaction, in nano: reported by the executor, or credited to a deleted account.
    pub burnt_nano: u128,
    pub out_messages: Vec<(Cell, Head)>,
    pub compute: ComputeResult,
    pub action_code: Option<i32>,
    pub aborted: bool,
    pub bounced: bool,
    pub destroyed: bool,
}

/// A message to be run.
pub(crate) struct Incoming<'a> {
    pub cell: &'a Cell,
    /// Its value in nano; `None` for an external message.
    pub value_nano: Option<u128>,
}

/// Runs a message on `account`, which holds `balance_nano`, at logical time `min_lt` or later. A failure of the
/// engine is an outcome: nothing is changed here.
pub(crate) fn run(
    environment: &Environment<'_>,
    min_lt: u64,
    account: &StdAddr,
    message: &Incoming<'_>,
    state: &ShardAccount,
    balance_nano: u128,
) -> Outcome {
    let run = || {
        let outcome = attempt(environment, min_lt, account, message, state)?;
        Ok(match outcome {
            Outcome::Done(mut done) => {
                let into_nano = balance_nano + message.value_nano.unwrap_or(0);
                done.burnt_nano = burnt(&done, into_nano)?;
                Outcome::Done(done)
            }
            other => other,
        })
    };
    quarantine::guard(run).unwrap_or_else(|fault| Outcome::Broke { fault })
}

fn attempt(
    environment: &Environment<'_>,
    min_lt: u64,
    account: &StdAddr,
    message: &Incoming<'_>,
    state: &ShardAccount,
) -> Result<Outcome, anyhow::Error> {
    let is_external = message.value_nano.is_none();
    let message = message.cell;
    let executor =
        Executor::new(environment.params, &environment.config.parsed).with_min_lt(min_lt);
    let ran = run_message(&executor, account, state, message, is_external);
    let (execution, info) = match ran {
        Ok(ran) => ran,
        Err(NotExecuted::NotAccepted { exit_code }) if is_external => {
            return Ok(Outcome::NotAccepted { exit_code });
        }
        Err(NotExecuted::NotAccepted { .. }) => anyhow::bail!("an internal message was skipped"),
        Err(NotExecuted::Fault(cause)) => return Err(cause),
    };
    let digest = Digest::of(&info);
    let output = UncommittedTransaction::with_info(execution, state, Some(message.clone()), info)?
        .commit()?;
    let mut out_messages = Vec::with_capacity(output.transaction_meta.out_msgs.len());
    for message in output.transaction_meta.out_msgs {
        let cell = message.into_inner();
        let head = route::read_head(&cell)?;
        out_messages.push((cell, head));
    }
    Ok(Outcome::Done(Executed {
        state: output.new_state,
        exists: output.new_state_meta.exists,
        balance: output.new_state_meta.balance,
        transaction: output.transaction,
        next_lt: output.transaction_meta.next_lt,
        total_fees_nano: output.transaction_meta.total_fees.into_inner(),
        burnt_nano: output.burned.into_inner(),
        out_messages,
        compute: digest.compute,
        action_code: digest.action_code,
        aborted: digest.aborted,
        bounced: digest.bounced,
        destroyed: digest.destroyed,
    }))
}

/// Returns the coins that a transaction removed from the network, computed from both sides of its balance.
///
/// Fails only when coins are created, or vanish while the account still exists.
fn burnt(done: &Executed, into_nano: u128) -> Result<u128, anyhow::Error> {
    let sent_nano: u128 = done.out_messages.iter().map(|(_, head)| head.nano()).sum();
    let after_nano = done.balance.tokens.into_inner();
    let explained = after_nano + sent_nano + done.total_fees_nano + done.burnt_nano;
    match into_nano.checked_sub(explained) {
        Some(0) => Ok(done.burnt_nano),
        // A deleted account may have been credited with a value too small to bounce.
        Some(vanished) if !done.exists => Ok(done.burnt_nano + vanished),
        _ => anyhow::bail!("{into_nano} nano came in, {explained} went out or stayed"),
    }
}

/// The part of a transaction's description that is kept decoded.
struct Digest {
    compute: ComputeResult,
    action_code: Option<i32>,
    aborted: bool,
    bounced: bool,
    destroyed: bool,
}

impl Digest {
    fn of(info: &OrdinaryTxInfo) -> Self {
        Self {
            compute: (&info.compute_phase).into(),
            action_code: info.action_phase.as_ref().map(|phase| phase.result_code),
            aborted: info.aborted,
            bounced: matches!(info.bounce_phase, Some(BouncePhase::Executed(_))),
            destroyed: info.destroyed,
        }
    }
}
