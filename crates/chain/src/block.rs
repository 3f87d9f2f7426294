//! One block: import, externals, then messages that these caused on the same chain, until the gas is used up.

use std::collections::VecDeque;
use std::sync::Arc;

use ahash::HashMap;
use ddvs_types::{Block, DroppedExternal, InMessage, ReturnReason};
use tycho_executor::ExecutorParams;
use tycho_types::cell::{Cell, HashBytes};
use tycho_types::models::{CurrencyCollection, DepthBalanceInfo, ShardAccount};

use crate::chain::{Made, accounts_hash, unix_time};
use crate::execute::Outcome;
use crate::external::External;
use crate::inputs::{Body, Inputs, Sent};
use crate::route::MessageHead;
use crate::takeover::{refresh_prices, take_over_config};
use crate::{Chain, ChainConfig, Fault, Import, Work, hash};

/// Makes the next block of a chain.
pub(crate) fn produce(chain: &mut Chain, inputs: Inputs<'_>) -> Result<Made, Fault> {
    let mut draft = Draft::begin(chain, inputs)?;
    draft.internals(SHARE_OF_INTERNALS)?;
    draft.externals()?;
    draft.locals()?;
    // what waits fills the rest
    draft.internals(WHOLE)?;
    draft.finish()
}

/// A full block, in the unit of [`Draft::filled`].
const WHOLE: u128 = 1 << 16;

/// Most messages that a block sends to other chains, the last transaction's excepted: a receiver must be able to prove where in a lane it
/// stops.
const MAX_SENT: usize = 8_192;

/// The part of a block that messages from other chains and those left over may fill before external ones have had their
/// turn: a captured chain that floods another one must not keep its users from it.
const SHARE_OF_INTERNALS: u128 = WHOLE / 8 * 7;

/// An account that this block changed. It is written to the dictionary once, at the end.
pub(crate) struct Touched {
    pub state: ShardAccount,
    pub balance: CurrencyCollection,
    pub exists: bool,
}

/// A block under construction.
pub(crate) struct Draft<'c, 'a> {
    pub chain: &'c mut Chain,
    pub inputs: Inputs<'a>,
    pub body: Body,
    /// Messages to other chains.
    pub sent: Vec<Sent>,
    pub config: Arc<ChainConfig>,
    pub params: ExecutorParams,
    pub block: Block,
    pub touched: HashMap<HashBytes, Touched>,
    /// Messages of this block to accounts of this chain, in logical-time order: each transaction
    /// gets a later logical time than the one before, so appending keeps the order.
    pub local: VecDeque<(Cell, MessageHead)>,
    /// Gas that may have been used by messages which could not be run: it fills the block, and nobody paid for it.
    pub lost_gas: u64,
    /// What messages from other chains have filled, as [`Self::filled`].
    filled_by_imports: u128,
    /// What messages that were left over have filled.
    filled_by_leftover: u128,
    /// Whether there may be more messages from other chains.
    has_imports: bool,
    /// Whether the caller has ended the block.
    is_ended: bool,
}

/// Returns the highest logical time of a message that a block of a time may import. A captured chain can write any into its
/// messages, and a chain's own time continues after that of what it imports.
///
/// It is that of a message sent a millisecond before: a block uses less logical time than a millisecond has, so what it sends
/// stays below the bound for the next millisecond, in which others may import it. Two million a millisecond are more than a
/// block can use, and suffice until 2106 within 63 bits.
fn max_lt(time_ms: u64) -> u64 {
    time_ms.saturating_sub(1).saturating_mul(1 << 21)
}

impl<'c, 'a> Draft<'c, 'a> {
    fn begin(chain: &'c mut Chain, inputs: Inputs<'a>) -> Result<Self, Fault> {
        let now = unix_time(chain.id, inputs.time_ms)?;
        if inputs.time_ms < chain.time_ms {
            return Err(Fault::TimeGoesBack {
                chain: chain.id,
                before_ms: chain.time_ms,
                time_ms: inputs.time_ms,
            });
        }
        if chain.config.prices_outdated(now) {
            refresh_prices(chain, now);
        }
        let seqno = chain.seqno.checked_add(1).ok_or(Fault::Exhausted {
            chain: chain.id,
            what: "block numbers",
        })?;
        let start_lt = chain.lt;
        chain.lt += 1;
        let seed = hash::block_seed(chain.seed, chain.id, &chain.last_hash)
            .map_err(Fault::state(chain.id, "deriving a block's seed"))?;
        let config = chain.config.clone();
        let params = config.executor_params(now, start_lt, seed);
        let block = Block {
            chain: chain.id,
            seqno,
            gen_time_ms: inputs.time_ms,
            start_lt,
            end_lt: start_lt,
            hash: HashBytes::ZERO,
            previous_hash: chain.last_hash,
            accounts_hash: HashBytes::ZERO,
            config_hash: config.root_hash,
            validator_set: config.validator_set.clone(),
            gas_used: 0,
            fees_nano: 0,
            imported: 0,
            transactions: Vec::new(),
            dropped: Vec::new(),
            returned: Vec::new(),
            config_rejected: None,
        };
        let touched = HashMap::default();
        Ok(Self {
            body: Body {
                time_ms: inputs.time_ms,
                ..Body::default()
            },
            sent: Vec::new(),
            chain,
            inputs,
            config,
            params,
            block,
            touched,
            local: VecDeque::new(),
            lost_gas: 0,
            filled_by_imports: 0,
            filled_by_leftover: 0,
            has_imports: true,
            is_ended: false,
        })
    }

    /// How much of the block is used, by gas or by number of messages, whichever is more.
    fn filled(&self) -> u128 {
        let gas_used = self.block.gas_used.saturating_add(self.lost_gas);
        let messages = self.block.transactions.len() + self.block.returned.len();
        let part = |used: u128, most: u128| used * WHOLE / most.max(1);
        let by_gas = part(gas_used.into(), self.config.block_gas_limit.into());
        by_gas.max(part(
            messages as u128,
            self.chain.max_block_transactions as u128,
        ))
    }

    /// Whether the block may take another message within `share` of it. The last one may exceed that. A block that has
    /// anything to do does at least one step, however little time there is.
    fn has_room(&mut self, share: u128) -> bool {
        if self.is_ended || self.filled() >= share || self.sent.len() >= MAX_SENT {
            return false;
        }
        let work = Work::of(&self.block);
        self.is_ended = work.steps > 0 && !(self.inputs.goes_on)(work);
        !self.is_ended
    }

    /// Takes what the chain has left over and what other chains sent, until `share` of the block is full: the lowest
    /// (logical time, source chain) first, but neither of the two more than half of the block while the other waits. Other
    /// chains write the logical times of their messages, so these alone must not decide.
    fn internals(&mut self, share: u128) -> Result<(), Fault> {
        let id = self.chain.id;
        while self.has_room(share) {
            let own = (self.chain.leftover.front()).map(|(_, head)| (head.created_lt, id));
            let other = if self.has_imports {
                self.inputs.imports.next()
            } else {
                None
            };
            let source = match (own, other) {
                (None, None) => break,
                (Some(_), None) => id,
                (None, Some((_, source))) => source,
                (Some(_), Some(_)) if self.filled_by_imports >= WHOLE / 2 => id,
                (Some(_), Some((_, source))) if self.filled_by_leftover >= WHOLE / 2 => source,
                (Some(own), Some(other)) => own.min(other).1,
            };
            let before = self.filled();
            if source == id {
                let Some((cell, head)) = self.take_leftover() else {
                    break;
                };
                self.internal(cell, head)?;
                self.filled_by_leftover += self.filled() - before;
            } else {
                let Some(import) = self.inputs.imports.take(source) else {
                    self.has_imports = false;
                    continue;
                };
                self.import(import)?;
                self.filled_by_imports += self.filled() - before;
            }
            self.block.imported += 1;
        }
        Ok(())
    }

    fn take_leftover(&mut self) -> Option<(Cell, MessageHead)> {
        let (cell, head) = self.chain.leftover.pop_front()?;
        self.chain.supply.waiting_nano -= head.carried_nano();
        Some((cell, head))
    }

    /// Books a message from another chain, and runs it or sends it back.
    fn import(&mut self, import: Import) -> Result<(), Fault> {
        self.chain.receive(&import)?;
        let Import { source, cell, head } = import;
        self.body.imports.push((source, cell.clone()));
        if head.created_lt > max_lt(self.block.gen_time_ms) {
            // what follows it would come even later, until there is no logical time left
            let head = MessageHead {
                created_lt: 0,
                ..head
            };
            let fault = "its logical time is beyond that of any chain".to_owned();
            return self.send_back(&cell, &head, ReturnReason::Fault, Some(fault));
        }
        if head.bounce && !self.config.accepts_messages_to(head.source.workchain) {
            // The executor considers a bounce to an unlisted workchain impossible, so a message that could cause one must
            // not reach it.
            return self.send_back(&cell, &head, ReturnReason::SenderUnlisted, None);
        }
        self.internal(cell, head)
    }

    fn externals(&mut self) -> Result<(), Fault> {
        // Skipped messages use no gas that anyone pays for, so their number is limited as well.
        let mut left = self.chain.max_block_transactions;
        while self.has_room(WHOLE) && left > 0 {
            left -= 1;
            let Some(External { cell, account }) = (self.inputs.externals)() else {
                break;
            };
            self.body.externals.push(cell.clone());
            let hash = *cell.repr_hash();
            let not_run = match self.execute(&account, &cell, None)? {
                Outcome::NotAccepted { exit_code } => Some((exit_code, None)),
                Outcome::Broke { fault } => Some((None, Some(fault))),
                Outcome::Done(done) => {
                    let message = InMessage {
                        cell,
                        source: None,
                        value_nano: 0,
                        is_bounced: false,
                    };
                    self.commit(account.clone(), message, 0, done)?;
                    None
                }
            };
            if let Some((exit_code, fault)) = not_run {
                self.block.dropped.push(DroppedExternal {
                    hash,
                    account,
                    exit_code,
                    fault,
                });
            }
        }
        Ok(())
    }

    fn locals(&mut self) -> Result<(), Fault> {
        while self.has_room(WHOLE) {
            let Some((cell, head)) = self.local.pop_front() else {
                break;
            };
            self.internal(cell, head)?;
        }
        Ok(())
    }

    fn finish(self) -> Result<Made, Fault> {
        let id = self.block.chain;
        let chain = self.chain;
        // Messages left over by the gas limit wait for the next block, in order.
        for (cell, head) in self.local {
            chain.supply.waiting_nano += head.carried_nano();
            chain.leftover.push_back((cell, head));
        }
        let delector = self
            .touched
            .get(&chain.delector.address)
            .map(|t| t.state.clone());

        let mut changes: Vec<_> = self.touched.into_iter().collect();
        changes.sort_unstable_by_key(|change| change.0);
        chain
            .accounts
            .modify_with_sorted_iter(changes.into_iter().map(|(key, touched)| {
                let Touched {
                    state,
                    balance,
                    exists,
                } = touched;
                (
                    key,
                    exists.then_some((
                        DepthBalanceInfo {
                            split_depth: 0,
                            balance,
                        },
                        state,
                    )),
                )
            }))
            .map_err(Fault::state(id, "writing the accounts"))?;

        let mut block = self.block;
        if let Some(delector) = delector {
            block.config_rejected = take_over_config(chain, &delector, self.params.block_unixtime)?;
        }
        block.end_lt = chain.lt;
        block.accounts_hash = accounts_hash(&chain.accounts);
        let mut body = self.body;
        body.steps = Work::of(&block).steps;
        block.hash = hash::block_hash(&block, &body)?;
        chain.seqno = block.seqno;
        chain.last_hash = block.hash;
        chain.time_ms = block.gen_time_ms;
        Ok(Made {
            block,
            body,
            sent: self.sent,
        })
    }
}
