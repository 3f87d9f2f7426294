//! Invariant 14: nothing fails that must not, and nothing is lost on its path.

use ddvs_client::received;
use ddvs_client::{ComputeResult, TransactionRecord};
use ddvs_contracts::ExitCode;
use ddvs_contracts::messages::{MessageInfo, Party};

use super::Monitor;

/// Exit code of the TVM when the paid gas has run out.
const OUT_OF_GAS: i32 = -14;

impl Monitor {
    /// Contracts refuse invalid requests with their own codes; no other failure may occur in them.
    pub(super) fn check_exit(&mut self, transaction: &TransactionRecord) {
        let account = &transaction.account;
        let is_copy = self.known.copy_at(account).is_some();
        let source = transaction.in_message.source.as_ref();
        let is_attack = is_copy && source.is_some_and(|source| self.is_captured(source.workchain));
        if self.is_captured(account.workchain) || is_attack {
            return;
        }
        if !is_copy && !self.pool.knows(account) {
            return;
        }
        let from_copy = (transaction.in_message.source.as_ref())
            .is_some_and(|source| self.known.copy_at(source).is_some());
        let from_root = (transaction.in_message.source.as_ref())
            .is_some_and(|source| self.pool.roots.contains_key(source));
        let op = received::with_body(transaction, |op, _| Some(op));
        match transaction.compute {
            ComputeResult::Executed {
                exit_code: 0 | 1, ..
            } => {
                if transaction.aborted {
                    let code = transaction.action_code;
                    self.blame(
                        14,
                        format!("a message was not sent: action code {code:?}, op {op:x?}"),
                    );
                }
            }
            ComputeResult::Executed { exit_code, .. } => {
                use ExitCode::{
                    MalformedBatch, NotStarted, Totals, UnexpectedAnswer, UnexpectedSeq,
                };
                let refusal = ExitCode::from_code(exit_code);
                let internal = matches!(
                    refusal,
                    None | Some(Totals | UnexpectedSeq | MalformedBatch | NotStarted)
                );
                // a stranger pays for the gas himself, and may have sent too little
                let unpaid = !from_copy && !from_root && exit_code == OUT_OF_GAS;
                let answered = from_root && refusal == Some(UnexpectedAnswer);
                let peer = is_copy && from_copy;
                if (internal && !unpaid) || answered || peer {
                    self.blame(14, format!("exit code {exit_code} for op {op:x?}"));
                }
            }
            ComputeResult::Skipped(_) => {
                let is_answer = op
                    .and_then(MessageInfo::by_op)
                    .is_some_and(|info| matches!(info.receiver, Party::Wallet | Party::Root));
                let lost = (from_copy || from_root) && is_answer;
                if lost || (is_copy && (from_copy || from_root)) {
                    self.blame(14, format!("no code ran for op {op:x?}"));
                }
            }
        }
    }
}
