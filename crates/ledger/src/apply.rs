//! Taking a transaction over into a block: state, coins, logical time, messages, record.

use std::sync::Arc;

use tycho_types::cell::Cell;
use tycho_types::models::{CurrencyCollection, StdAddr};

use crate::block::{Draft, Touched};
use crate::execute::{self, Environment, Executed, Outcome};
use crate::record::{ComputeResult, InMessage, OutDestination, OutMessage, TransactionRecord};
use crate::route::{Head, MessageHead};
use crate::{Fault, account};

impl Draft<'_> {
    pub(crate) fn internal(&mut self, cell: Cell, head: MessageHead) -> Result<(), Fault> {
        match self.execute(&head.destination, &cell, false)? {
            Outcome::Done(done) => {
                let message = InMessage {
                    cell,
                    source: Some(head.source),
                    value_nano: head.value_nano,
                    is_bounced: head.is_bounced,
                };
                self.commit(head.destination, message, head.forward_fee_nano, done)
            }
            Outcome::NotAccepted { .. } => Err(self.fatal(
                &head.destination,
                &cell,
                anyhow::anyhow!("an internal message was not accepted"),
            )),
        }
    }

    pub(crate) fn execute(
        &mut self,
        account: &StdAddr,
        message: &Cell,
        is_external: bool,
    ) -> Result<Outcome, Fault> {
        let chain = &*self.context.chain;
        let id = &account.address;
        if !self.touched.contains_key(id) {
            let (state, balance_nano) = account::load(&chain.accounts, chain.id, id)?;
            let exists = state
                .account
                .as_slice_allow_exotic()
                .get_bit(0)
                .unwrap_or(false);
            let balance = CurrencyCollection::new(balance_nano);
            self.touched.insert(
                *id,
                Touched {
                    state,
                    balance,
                    exists,
                },
            );
        }
        let environment = Environment {
            params: &self.params,
            config: &self.config,
        };
        let state = &self.touched[id].state;
        execute::run(&environment, chain.lt, account, message, is_external, state)
            .map_err(|cause| self.fatal(account, message, cause))
    }

    fn fatal(&self, account: &StdAddr, message: &Cell, cause: anyhow::Error) -> Fault {
        Fault::Execution {
            chain: self.block.chain,
            seqno: self.block.seqno,
            account: account.clone(),
            message: *message.repr_hash(),
            cause,
        }
    }

    /// Takes over a transaction: state, coins, logical time, messages, record.
    pub(crate) fn commit(
        &mut self,
        account: StdAddr,
        in_message: InMessage,
        in_forward_fee_nano: u128,
        done: Executed,
    ) -> Result<(), Fault> {
        let before_nano = self.touched[&account.address].balance.tokens.into_inner();
        let after_nano = done.balance.tokens.into_inner();
        let sent_nano = done
            .out_messages
            .iter()
            .map(|(_, head)| head_nano(head))
            .sum::<u128>();
        let burnt_nano = burnt(
            &done,
            before_nano + in_message.value_nano,
            after_nano + sent_nano,
        )
        .map_err(|detail| self.unbalanced(format!("account {account}: {detail}")))?;

        let fees_nano = done.total_fees_nano + in_forward_fee_nano;
        let supply = &mut self.context.chain.supply;
        supply.accounts_nano = supply.accounts_nano + after_nano - before_nano;
        supply.fees_nano += fees_nano;
        supply.burnt_nano += burnt_nano;
        self.block.fees_nano += fees_nano;
        if let ComputeResult::Executed { gas_used, .. } = done.compute {
            self.block.gas_used += gas_used;
        }
        self.context.chain.lt = done.next_lt.max(self.context.chain.lt);

        let lt = done.state.last_trans_lt;
        let hash = done.state.last_trans_hash;
        let touched = Touched {
            state: done.state,
            balance: done.balance,
            exists: done.exists,
        };
        self.touched.insert(account.address, touched);

        let mut out_messages = Vec::with_capacity(done.out_messages.len());
        for (cell, head) in done.out_messages {
            out_messages.push(out_message(&cell, &head));
            if let Head::Internal(head) = head {
                self.route(cell, head)?;
            }
        }
        self.block.transactions.push(Arc::new(TransactionRecord {
            account,
            block_seqno: self.block.seqno,
            gen_time_ms: self.block.gen_time_ms,
            lt,
            hash,
            in_message,
            compute: done.compute,
            action_code: done.action_code,
            aborted: done.aborted,
            bounced: done.bounced,
            destroyed: done.destroyed,
            total_fees_nano: done.total_fees_nano,
            balance_nano: Some(after_nano),
            out_messages,
            cell: done.transaction,
        }));
        Ok(())
    }

    fn unbalanced(&self, detail: String) -> Fault {
        Fault::Supply {
            chain: self.block.chain,
            seqno: self.block.seqno,
            detail,
        }
    }
}

fn head_nano(head: &Head) -> u128 {
    match head {
        Head::Internal(head) => head.carried_nano(),
        Head::External => 0,
    }
}

fn out_message(cell: &Cell, head: &Head) -> OutMessage {
    let (destination, value_nano, is_bounced) = match head {
        Head::Internal(head) => (
            OutDestination::Account(head.destination.clone()),
            head.value_nano,
            head.is_bounced,
        ),
        Head::External => (OutDestination::External, 0, false),
    };
    OutMessage {
        cell: cell.clone(),
        destination,
        value_nano,
        is_bounced,
    }
}

/// Coins that a transaction took out of the world, from both sides of its balance.
///
/// Fails only when coins appear from nowhere, or vanish while the account is still there.
fn burnt(done: &Executed, into_nano: u128, out_of_nano: u128) -> Result<u128, String> {
    let explained = out_of_nano + done.total_fees_nano + done.burned_nano;
    match into_nano.checked_sub(explained) {
        Some(0) => Ok(done.burned_nano),
        // A deleted account may have been credited with a value too small to bounce.
        Some(vanished) if !done.exists => Ok(done.burned_nano + vanished),
        _ => Err(format!(
            "{into_nano} nano came in, {explained} went out or stayed"
        )),
    }
}
