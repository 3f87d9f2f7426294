//! One block: import, externals, then what they caused on the same chain, until the gas is used up.

use std::collections::VecDeque;
use std::sync::Arc;

use ahash::HashMap;
use tycho_executor::ExecutorParams;
use tycho_types::cell::{Cell, HashBytes};
use tycho_types::models::{
    AccountState, CurrencyCollection, DepthBalanceInfo, ShardAccount, StdAddr,
};

use crate::chain::{Chain, accounts_hash};
use crate::execute::{self, Environment, Executed, Outcome};
use crate::external::External;
use crate::import::Queues;
use crate::record::{
    Block, ComputeResult, DroppedExternal, InMessage, OutDestination, OutMessage, ReturnReason,
    ReturnedMessage, TransactionRecord,
};
use crate::route::{self, Head, MessageHead};
use crate::{ChainConfig, ChainId, DelayPlan, Fault, Limits, account, config, state_hash};

/// What a block is made from.
pub(crate) struct BlockContext<'a> {
    pub chain: &'a mut Chain,
    pub queues: &'a mut Queues,
    pub chain_ids: &'a [ChainId],
    pub delays: &'a DelayPlan,
    pub limits: &'a Limits,
    pub seed: u64,
    pub gen_time_ms: u64,
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
struct Touched {
    state: ShardAccount,
    balance: CurrencyCollection,
    exists: bool,
}

/// A block in the making.
struct Draft<'a> {
    context: BlockContext<'a>,
    config: Arc<ChainConfig>,
    params: ExecutorParams,
    block: Block,
    touched: HashMap<HashBytes, Touched>,
    /// Messages of this block to accounts of this chain, in logical-time order: each transaction
    /// gets a later logical time than the one before, so appending keeps the order.
    local: VecDeque<(Cell, MessageHead)>,
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
        })
    }

    /// Whether the block may hold another transaction. The last one may pass the gas limit.
    fn has_room(&self) -> bool {
        self.block.gas_used < self.config.block_gas_limit
            && self.block.transactions.len() < self.context.limits.max_block_transactions
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
                // The executor holds a bounce to an unlisted workchain impossible, so a message
                // that could cause one must not reach it.
                self.send_back(&message.cell, head, ReturnReason::SenderUnlisted)?;
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
            match self.execute(&account, &cell, true)? {
                Outcome::NotAccepted { exit_code } => {
                    let hash = *cell.repr_hash();
                    self.block.dropped.push(DroppedExternal {
                        hash,
                        account,
                        exit_code,
                    });
                }
                Outcome::Done(done) => {
                    let message = InMessage {
                        cell,
                        source: None,
                        value_nano: 0,
                        is_bounced: false,
                    };
                    self.commit(account, message, 0, done)?;
                }
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

    fn internal(&mut self, cell: Cell, head: MessageHead) -> Result<(), Fault> {
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

    fn execute(
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
    fn commit(
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
            balance_nano: after_nano,
            out_messages,
            cell: done.transaction,
        }));
        Ok(())
    }

    /// Sends an internal message on its way.
    fn route(&mut self, cell: Cell, head: MessageHead) -> Result<(), Fault> {
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
    fn send_back(
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

    fn unbalanced(&self, detail: String) -> Fault {
        Fault::Supply {
            chain: self.block.chain,
            seqno: self.block.seqno,
            detail,
        }
    }

    fn finish(mut self) -> Result<Block, Fault> {
        let id = self.block.chain;
        let context = &mut self.context;
        // What the gas limit left over waits for the next block, in order.
        for (cell, head) in self.local.drain(..) {
            context.queues.push(id, id, cell, head, context.gen_time_ms);
        }
        let chain = &mut *context.chain;
        let delector = self
            .touched
            .get(&chain.delector.address)
            .map(|t| t.state.clone());

        let mut changes: Vec<_> = self.touched.into_iter().collect();
        changes.sort_unstable_by(|a, b| a.0.cmp(&b.0));
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

/// Another entry of the storage prices holds from now on.
fn refresh_prices(chain: &mut Chain, now: u32) {
    let Some(dictionary) = chain.config.dictionary().cloned() else {
        return;
    };
    let delector = chain.delector.address;
    // The same dictionary was parsed before; only the time differs.
    if let Ok(config) =
        ChainConfig::parse(chain.id, delector, &dictionary, now, Some(&chain.config))
    {
        chain.config = Arc::new(config);
    }
}

/// Takes over the config that the D'Elector holds, for the next block on. A dictionary that is no
/// config is not taken over, and the reason is returned: the chain goes on with what it has.
fn take_over_config(
    chain: &mut Chain,
    delector: &ShardAccount,
    now: u32,
) -> Result<Option<String>, Fault> {
    let account = delector
        .load_account()
        .map_err(Fault::state(chain.id, "reading the D'Elector"))?;
    let data = account.and_then(|account| match account.state {
        AccountState::Active(state) => state.data,
        AccountState::Uninit | AccountState::Frozen(_) => None,
    });
    let parsed = config::dictionary(data.as_ref()).and_then(|dictionary| {
        if *dictionary.repr_hash() == chain.config.root_hash {
            return Ok(None);
        }
        let delector = chain.delector.address;
        ChainConfig::parse(chain.id, delector, &dictionary, now, Some(&chain.config)).map(Some)
    });
    match parsed {
        Ok(Some(config)) => {
            chain.config = Arc::new(config);
            Ok(None)
        }
        Ok(None) => Ok(None),
        Err(error) => Ok(Some(error.to_string())),
    }
}
