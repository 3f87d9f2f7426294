//! Messages and refusals in transactions.

use ddvs_client::TransactionRecord;
use ddvs_client::received;
use ddvs_contracts::messages::{self, Message};

/// All messages of type `M` that caused one of these transactions, bounces aside.
pub fn received<'a, M: Message>(
    transactions: impl Iterator<Item = &'a std::sync::Arc<TransactionRecord>>,
) -> Vec<M> {
    transactions
        .filter_map(|transaction| {
            received::with_body(transaction, |op, body| {
                (op == M::OP)
                    .then(|| messages::read_body::<M>(body))
                    .flatten()
            })
        })
        .collect()
}

/// Reasons that answers in these transactions gave.
pub fn refusals<'a>(
    transactions: impl Iterator<Item = &'a std::sync::Arc<TransactionRecord>>,
) -> Vec<u8> {
    transactions
        .filter_map(|transaction| received::refusal_in(transaction))
        .collect()
}
