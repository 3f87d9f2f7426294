//! Committing a transaction to a block: state, coins, logical time, messages, record.

use std::sync::Arc;

use ddvs_types::{
    ComputeResult, InMessage, MASTERCHAIN, OutDestination, OutMessage, ReturnReason,
    TransactionRecord,
};
use tycho_types::cell::Cell;
use tycho_types::models::{CurrencyCollection, StdAddr};

use crate::block::{Draft, Touched};
use crate::execute::{self, Environment, Executed, Incoming, Outcome};
use crate::route::{Head, MessageHead};
use crate::{Fault, account};

impl Draft<'_, '_> {
    /// Runs an internal message. If the engine fails on it, it is sent back or burnt, with a record.
    pub(crate) fn internal(&mut self, cell: Cell, head: MessageHead) -> Result<(), Fault> {
        let fault = match self.execute(&head.destination, &cell, Some(head.value_nano))? {
            Outcome::Done(done) => {
                let message = InMessage {
                    cell,
                    source: Some(head.source),
                    value_nano: head.value_nano,
                    is_bounced: head.is_bounced,
                };
                return self.commit(head.destination, message, head.forward_fee_nano, done);
            }
            Outcome::NotAccepted { .. } => "an internal message was not accepted".to_owned(),
            Outcome::Broke { fault } => fault,
        };
        self.send_back(&cell, &head, ReturnReason::Fault, Some(fault))
    }

    /// Runs a message with value `value_nano`, or an external one. Nothing is committed yet.
    ///
    /// Fails only when the account cannot be read.
    pub(crate) fn execute(
        &mut self,
        account: &StdAddr,
        message: &Cell,
        value_nano: Option<u128>,
    ) -> Result<Outcome, Fault> {
        let chain = &*self.chain;
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
        let touched = &self.touched[id];
        let message = Incoming {
            cell: message,
            value_nano,
        };
        let outcome = execute::run(
            &environment,
            chain.lt,
            account,
            &message,
            &touched.state,
            touched.balance.tokens.into_inner(),
        );
        if let Outcome::Broke { .. } = outcome {
            let prices = self.config.parsed.gas_prices(chain.id == MASTERCHAIN);
            self.lost_gas = self.lost_gas.saturating_add(prices.gas_limit);
        }
        Ok(outcome)
    }

    /// Commits a transaction: state, coins, logical time, messages, record.
    pub(crate) fn commit(
        &mut self,
        account: StdAddr,
        in_message: InMessage,
        in_forward_fee_nano: u128,
        done: Executed,
    ) -> Result<(), Fault> {
        let before_nano = self.touched[&account.address].balance.tokens.into_inner();
        let after_nano = done.balance.tokens.into_inner();
        let fees_nano = done.total_fees_nano + in_forward_fee_nano;
        let supply = &mut self.chain.supply;
        supply.accounts_nano = supply.accounts_nano + after_nano - before_nano;
        supply.fees_nano += fees_nano;
        supply.burnt_nano += done.burnt_nano;
        self.block.fees_nano += fees_nano;
        if let ComputeResult::Executed { gas_used, .. } = done.compute {
            self.block.gas_used += gas_used;
        }
        self.chain.lt = done.next_lt.max(self.chain.lt);

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
            match head {
                Head::Internal(head) => self.route(cell, head)?,
                Head::Nowhere(head) => {
                    self.send_back(&cell, &head, ReturnReason::NoSuchAddress, None)?;
                }
                Head::External => {}
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
}

fn out_message(cell: &Cell, head: &Head) -> OutMessage {
    let (destination, value_nano, is_bounced) = match head {
        Head::Internal(head) => (
            OutDestination::Account(head.destination.clone()),
            head.value_nano,
            head.is_bounced,
        ),
        Head::Nowhere(head) => (OutDestination::Nowhere, head.value_nano, head.is_bounced),
        Head::External => (OutDestination::External, 0, false),
    };
    OutMessage {
        cell: cell.clone(),
        destination,
        value_nano,
        is_bounced,
    }
}
