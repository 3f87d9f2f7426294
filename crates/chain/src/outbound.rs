//! Sending messages: to this chain, to another one, or back to their sender.

use ddvs_types::{ReturnReason, ReturnedMessage};
use tycho_types::cell::Cell;

use crate::Fault;
use crate::block::Draft;
use crate::route::{self, MessageHead};

impl Draft<'_, '_> {
    /// Routes an internal message.
    pub(crate) fn route(&mut self, cell: Cell, head: MessageHead) -> Result<(), Fault> {
        let (source, destination) = (self.block.chain, head.destination.workchain);
        if destination == source {
            self.local.push_back((cell, head));
        } else if self.chain.chains.contains(&destination) {
            let sent = self.chain.send(cell, head)?;
            self.sent.push(sent);
        } else {
            self.send_back(&cell, &head, ReturnReason::NoSuchChain, None)?;
        }
        Ok(())
    }

    /// Sends back, or burns, a message that no transaction can accept. `fault` describes the failure, with
    /// [`ReturnReason::Fault`].
    pub(crate) fn send_back(
        &mut self,
        cell: &Cell,
        head: &MessageHead,
        reason: ReturnReason,
        fault: Option<String>,
    ) -> Result<(), Fault> {
        let chain = &mut *self.chain;
        chain.supply.fees_nano += head.forward_fee_nano;
        self.block.fees_nano += head.forward_fee_nano;
        let returns = head.bounce && chain.chains.contains(&head.source.workchain);
        let created_lt = chain.lt.max(head.created_lt.saturating_add(1));
        // a message that is too broken to be returned must not stop the chain either
        let back = returns
            .then(|| route::build_return(cell, head, created_lt, self.params.block_unixtime).ok())
            .flatten();
        self.block.returned.push(ReturnedMessage {
            hash: *cell.repr_hash(),
            returned_as: back.as_ref().map(|(back, _)| *back.repr_hash()),
            reason,
            fault,
        });
        match back {
            Some((back, head)) => {
                chain.lt = created_lt.saturating_add(1);
                self.route(back, head)
            }
            None => {
                chain.supply.burnt_nano += head.value_nano;
                Ok(())
            }
        }
    }
}
