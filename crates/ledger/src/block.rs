//! One block: import, externals, then messages that these caused on the same chain, until the gas is used up.

use std::collections::VecDeque;
use std::sync::Arc;

use ahash::HashMap;
use ddvs_types::{Block, ChainId, DroppedExternal, InMessage, ReturnReason};
use tycho_executor::ExecutorParams;
use tycho_types::cell::{Cell, HashBytes};
use tycho_types::models::{CurrencyCollection, DepthBalanceInfo, ShardAccount};

use crate::chain::{Chain, accounts_hash};
use crate::execute::Outcome;
use crate::external::External;
use crate::import::Queues;
use crate::route::MessageHead;
use crate::takeover::{refresh_prices, take_over_config};
use crate::{ChainConfig, DelayPlan, Fault, GoesOn, Limits, Work, state_hash};

/// Inputs of a block.
pub(crate) struct BlockContext<'a> {
    pub chain: &'a mut Chain,
    pub queues: &'a mut Queues,
    pub chain_ids: &'a [ChainId],
    pub delays: &'a DelayPlan,
    pub limits: &'a Limits,
    pub seed: u64,
    pub gen_time_ms: u64,
    pub goes_on: &'a mut GoesOn<'a>,
}

/// Makes the next block of a chain.
pub(crate) fn produce(context: BlockContext<'_>) -> Result<Block, Fault> {
    let mut draft = Draft::begin(context)?;
    draft.import()?;
    draft.externals()?;
    draft.locals()?;
    draft.finish()
}

/// An account that this block changed. It is written to the dictionary once, at the end.
pub(crate) struct Touched {
    pub state: ShardAccount,
    pub balance: CurrencyCollection,
    pub exists: bool,
}

/// A block under construction.
pub(crate) struct Draft<'a> {
    pub context: BlockContext<'a>,
    pub config: Arc<ChainConfig>,
    pub params: ExecutorParams,
    pub block: Block,
    pub touched: HashMap<HashBytes, Touched>,
    /// Messages of this block to accounts of this chain, in logical-time order: each transaction
    /// gets a later logical time than the one before, so appending keeps the order.
    pub local: VecDeque<(Cell, MessageHead)>,
    /// Gas that may have been used by messages which could not be run: it fills the block, and nobody paid for it.
    pub lost_gas: u64,
    /// Whether the caller has ended the block.
    is_ended: bool,
}

impl<'a> Draft<'a> {
    fn begin(context: BlockContext<'a>) -> Result<Self, Fault> {
        let chain = &mut *context.chain;
        let now = chain.unix_time(context.gen_time_ms)?;
        if chain.config.prices_outdated(now) {
            refresh_prices(chain, now);
        }
        let seqno = chain.seqno.checked_add(1).ok_or(Fault::Exhausted {
            chain: chain.id,
            what: "block numbers",
        })?;
        let start_lt = chain.lt;
        chain.lt += 1;
        let seed = state_hash::block_seed(context.seed, chain.id, seqno)
            .map_err(Fault::state(chain.id, "deriving a block's seed"))?;
        let config = chain.config.clone();
        let params = config.executor_params(now, start_lt, seed);
        let block = Block {
            chain: chain.id,
            seqno,
            gen_time_ms: context.gen_time_ms,
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
            context,
            config,
            params,
            block,
            touched,
            local: VecDeque::new(),
            lost_gas: 0,
            is_ended: false,
        })
    }

    /// Whether the block may take another message. The last one may exceed the gas limit. A block that has anything
    /// to do does at least one step, however little time there is.
    fn has_room(&mut self) -> bool {
        let gas_used = self.block.gas_used.saturating_add(self.lost_gas);
        let messages = self.block.transactions.len() + self.block.returned.len();
        let is_full = gas_used >= self.config.block_gas_limit
            || messages >= self.context.limits.max_block_transactions;
        if is_full || self.is_ended {
            return false;
        }
        let work = Work::of(&self.block);
        self.is_ended = work.steps > 0 && !(self.context.goes_on)(work);
        !self.is_ended
    }

    fn import(&mut self) -> Result<(), Fault> {
        while self.has_room() {
            let chain = self.context.chain.id;
            let Some((_, message)) = self.context.queues.pop(chain, self.context.gen_time_ms)
            else {
                break;
            };
            self.block.imported += 1;
            let head = &message.head;
            if head.bounce && !self.config.accepts_messages_to(head.source.workchain) {
                // The executor considers a bounce to an unlisted workchain impossible, so a message that could cause
                // one must not reach it.
                self.send_back(&message.cell, head, ReturnReason::SenderUnlisted, None)?;
            } else {
                self.internal(message.cell, message.head)?;
            }
        }
        Ok(())
    }

    fn externals(&mut self) -> Result<(), Fault> {
        // Skipped messages use no gas that anyone pays for, so their number is limited as well.
        let mut left = self.context.limits.max_block_transactions;
        while self.has_room() && left > 0 {
            left -= 1;
            let Some(External { cell, account }) = self.context.chain.mempool.pop() else {
                break;
            };
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
        while self.has_room() {
            let Some((cell, head)) = self.local.pop_front() else {
                break;
            };
            self.internal(cell, head)?;
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Block, Fault> {
        let id = self.block.chain;
        let context = &mut self.context;
        // Messages left over by the gas limit wait for the next block, in order.
        for (cell, head) in self.local.drain(..) {
            context.queues.push(id, id, cell, head, context.gen_time_ms);
        }
        let chain = &mut *context.chain;
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
        block.hash = state_hash::block_hash(&block)?;
        chain.seqno = block.seqno;
        chain.last_hash = block.hash;
        Ok(block)
    }
}
