//! Exact amounts after a slash, to the nano. Messages contain the requested amount and the price; a wallet scales
//! each entry of its lists separately, rounding down, and sends the difference to the treasury.

use ddvs_client::{MessageTree, NodeStatus, TransactionRecord};
use ddvs_contracts::messages::{Message, SlashedCoins, op_in};
use ddvs_contracts::storage::Position;
use tycho_types::models::StdAddr;

use super::Answer;

/// Maximum number of entries in one amount, and so of nano lost by rounding.
const MAX_ROUNDED: u128 = 16;

/// Returns what a wallet sent to the treasury in one transaction, in nano; `None` if it settled nothing.
fn sent_nano(transaction: &TransactionRecord) -> Option<u128> {
    let mut messages = transaction.out_messages.iter();
    let sent = messages.find(|message| op_in(&message.cell) == Some(SlashedCoins::OP));
    sent.map(|message| message.value_nano)
}

fn settled_nano(tree: &MessageTree, wallet: &StdAddr) -> Option<u128> {
    let transactions = tree.nodes.iter().filter_map(|node| match &node.status {
        NodeStatus::Executed(transaction) => Some(transaction),
        _ => None,
    });
    transactions
        .filter(|transaction| transaction.account == *wallet)
        .find_map(|transaction| sent_nano(transaction))
}

/// Whether a wallet has settled a slash in this tree.
pub(crate) fn has_settled(tree: &MessageTree, wallet: &StdAddr) -> bool {
    settled_nano(tree, wallet).is_some()
}

/// Adds the loss by the slash, and the amount that the wallet has booked, to the answer. `position` is the one after
/// it, and `gas_nano` accompanies slashed coins to pay for their path.
pub(crate) fn exact(
    answer: &mut Answer,
    tree: &MessageTree,
    wallet: &StdAddr,
    position: &Position,
    gas_nano: u128,
) {
    let Some(sent) = settled_nano(tree, wallet) else {
        return;
    };
    match answer {
        Answer::Unlocking {
            amount_nano,
            release_at,
            lost_nano,
        } => {
            *lost_nano = sent.saturating_sub(gas_nano);
            // amounts unstaked in the same second are in the same entry: then the sum of the parts is used
            let booked = position.unlocking.get(*release_at).ok().flatten();
            let booked = booked.map_or(0, |nano| nano.into_inner());
            if booked <= *amount_nano && booked + MAX_ROUNDED >= *amount_nano {
                *amount_nano = booked;
            }
        }
        Answer::Released { lost_nano, .. } => *lost_nano = sent.saturating_sub(gas_nano),
        _ => {}
    }
}
