//! Sending messages on: to this chain, to another one, or back to where they came from.

use tycho_types::cell::Cell;

use crate::Fault;
use crate::block::Draft;
use crate::record::{ReturnReason, ReturnedMessage};
use crate::route::{self, MessageHead};

impl Draft<'_> {
    /// Sends an internal message on its way.
    pub(crate) fn route(&mut self, cell: Cell, head: MessageHead) -> Result<(), Fault> {
        let (source, destination) = (self.block.chain, head.destination.workchain);
        if destination == source {
            self.local.push_back((cell, head));
        } else if self.context.chain_ids.contains(&destination) {
            let number = self.context.queues.next_number(source, destination);
            let delay_ms = self.context.delays.message_ms(source, destination, number);
            let available_at_ms = self.context.gen_time_ms.saturating_add(delay_ms);
            self.context
                .queues
                .push(source, destination, cell, head, available_at_ms);
        } else {
            self.send_back(&cell, &head, ReturnReason::NoSuchChain)?;
        }
        Ok(())
    }

    /// Sends back, or burns, a message that no transaction can take.
    pub(crate) fn send_back(
        &mut self,
        cell: &Cell,
        head: &MessageHead,
        reason: ReturnReason,
    ) -> Result<(), Fault> {
        let chain = &mut *self.context.chain;
        chain.supply.fees_nano += head.forward_fee_nano;
        self.block.fees_nano += head.forward_fee_nano;
        let hash = *cell.repr_hash();
        let home = head.source.workchain;
        if !head.bounce || !self.context.chain_ids.contains(&home) {
            chain.supply.burnt_nano += head.value_nano;
            self.block.returned.push(ReturnedMessage {
                hash,
                returned_as: None,
                reason,
            });
            return Ok(());
        }
        let created_lt = chain.lt.max(head.created_lt + 1);
        chain.lt = created_lt + 1;
        let (back, back_head) =
            route::build_return(cell, head, created_lt, self.params.block_unixtime)
                .map_err(Fault::state(chain.id, "building a returned message"))?;
        let returned_as = Some(*back.repr_hash());
        self.block.returned.push(ReturnedMessage {
            hash,
            returned_as,
            reason,
        });
        self.route(back, back_head)
    }
}
