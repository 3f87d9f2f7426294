//! Emulating a request on the current states of all accounts on its path, without sending anything.
//!
//! Every message is followed, on all chains, until none is left or a limit is reached. Time stands still: messages of others,
//! and effects of later blocks, are not included.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use ddvs_client::{
    Backend, ChainId, ClientError, ComputeResult, MessageNode, MessageTree, NodeStatus,
    OutDestination, ReturnReason, TransactionRecord,
};
use ddvs_contracts::storage::WalletStorage;
use ddvs_types::ExecutionContext;
use ddvs_types::execution::run_message;
use tycho_executor::UncommittedTransaction;
use tycho_types::cell::{Cell, HashBytes};
use tycho_types::models::{AccountState, BlockchainConfig, BouncePhase, ShardAccount, StdAddr};

use crate::answer::Answer;
use crate::{NetworkContext, PeopleError, Request};

mod messages;

use messages::{in_message, out_message};

/// Maximum number of transactions. A batch on 24 chains takes about 530 messages.
pub const MAX_STEPS: usize = 2_000;

/// Result of an emulated request.
#[derive(Debug, Clone)]
pub struct Simulation {
    /// All messages with their transactions, as if they had happened.
    pub tree: MessageTree,
    /// The answer; `None` if there would be none.
    pub answer: Option<Answer>,
    /// Coins of the owner's account before, in nano.
    pub before_nano: u128,
    /// Coins of the owner's account afterwards, in nano.
    pub after_nano: u128,
    /// Coins that it sends, in nano.
    pub attached_nano: u128,
    /// Fees of all transactions, in nano.
    pub fees_nano: u128,
}

struct Accounts<'a> {
    backend: &'a dyn Backend,
    context: &'a NetworkContext,
    now_ms: u64,
    lt: u64,
    states: BTreeMap<StdAddr, ShardAccount>,
    contexts: BTreeMap<ChainId, ExecutionContext>,
}

/// Emulates a request. Its signature is real, so the owner's wallet runs unchanged.
///
/// Fails with a refusal when the owner's wallet would not accept it, with a fault when the network cannot be read.
pub fn simulate(
    backend: &dyn Backend,
    context: &NetworkContext,
    request: &Request,
) -> Result<Simulation, PeopleError> {
    let signed = request.sign(backend)?;
    let owner = request.owner.address().clone();
    let mut accounts = Accounts {
        backend,
        context,
        now_ms: backend.now_ms()?,
        lt: 0,
        states: BTreeMap::new(),
        contexts: BTreeMap::new(),
    };
    let before_nano = accounts.balance(&owner)?;
    let mut tree = MessageTree {
        nodes: vec![node(*signed.message.repr_hash(), Some(owner.clone()), None)],
        blocks_waited: 0,
        is_cut: false,
    };
    let mut queue = VecDeque::from([(0, signed.message.clone())]);
    let mut fees_nano = 0;
    let mut steps = 0;
    while let Some((index, message)) = queue.pop_front() {
        let Some(address) = tree.nodes[index].destination.clone() else {
            tree.nodes[index].status = NodeStatus::Left;
            continue;
        };
        if context.check_chain(address.workchain).is_err() {
            tree.nodes[index].status = NodeStatus::Returned(ReturnReason::NoSuchChain);
            continue;
        }
        if steps == MAX_STEPS {
            tree.is_cut = true;
            break;
        }
        steps += 1;
        let record = accounts.run(&address, &message, index == 0)?;
        fees_nano += record.total_fees_nano;
        for sent in &record.out_messages {
            let to = match &sent.destination {
                OutDestination::Account(address) => Some(address.clone()),
                OutDestination::Nowhere | OutDestination::External => None,
            };
            let child = tree.nodes.len();
            tree.nodes.push(node(*sent.hash(), to, Some(index)));
            tree.nodes[index].children.push(child);
            if sent.destination == OutDestination::Nowhere {
                tree.nodes[child].status = NodeStatus::Returned(ReturnReason::NoSuchAddress);
                continue;
            }
            queue.push_back((child, sent.cell.clone()));
        }
        tree.nodes[index].status = NodeStatus::Executed(Arc::new(record));
    }
    let mut answer = crate::answer::read(&tree, &signed);
    if let Some(answer) = &mut answer
        && crate::answer::has_settled(&tree, &signed.target)
    {
        let storage = accounts.wallet(&signed.target)?;
        let params = ddvs_client::handles::params(backend, signed.target.workchain)?;
        signed.settle(answer, &tree, storage, params.answer_value_nano.into());
    }
    Ok(Simulation {
        answer,
        tree,
        before_nano,
        after_nano: accounts.balance(&owner)?,
        attached_nano: request
            .messages
            .iter()
            .map(|message| message.value_nano)
            .sum(),
        fees_nano,
    })
}

fn node(hash: HashBytes, destination: Option<StdAddr>, parent: Option<usize>) -> MessageNode {
    MessageNode {
        hash,
        destination,
        status: NodeStatus::Unknown,
        parent,
        children: Vec::new(),
    }
}

impl Accounts<'_> {
    fn state(&mut self, address: &StdAddr) -> Result<ShardAccount, PeopleError> {
        if let Some(known) = self.states.get(address) {
            return Ok(known.clone());
        }
        let view = self.backend.account(address)?;
        let state = view
            .shard_account()
            .map_err(PeopleError::codec("reading an account"))?;
        self.lt = self.lt.max(state.last_trans_lt + 1_000_000);
        let now_s = view.trial_time_s(self.now());
        self.now_ms = self.now_ms.max(u64::from(now_s) * 1_000);
        self.states.insert(address.clone(), state.clone());
        Ok(state)
    }

    fn wallet(&mut self, address: &StdAddr) -> Result<Option<WalletStorage>, PeopleError> {
        let codec = PeopleError::codec("reading a DePool Wallet");
        let state = self.state(address)?.load_account().map_err(&codec)?;
        let Some(AccountState::Active(state)) = state.map(|account| account.state) else {
            return Ok(None);
        };
        let parsed = state.data.map(|data| data.parse::<WalletStorage>());
        parsed.transpose().map_err(&codec)
    }

    fn balance(&mut self, address: &StdAddr) -> Result<u128, PeopleError> {
        let account = self.state(address)?.load_account();
        let account = account.map_err(PeopleError::codec("reading an account"))?;
        Ok(account.map_or(0, |account| account.balance.tokens.into_inner()))
    }

    fn now(&self) -> u32 {
        ddvs_client::getter::unix_time(self.now_ms)
    }

    /// Returns the context of the next transaction on a chain.
    fn execution(&mut self, chain: ChainId) -> Result<&ExecutionContext, PeopleError> {
        let (lt, now) = (self.lt, self.now());
        let context = match self.contexts.entry(chain) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => {
                let raw = BlockchainConfig {
                    address: self.context.delector(chain)?.address().address,
                    params: self.backend.config(chain)?,
                };
                let fault = PeopleError::codec("reading a chain's config");
                place.insert(ExecutionContext::new(raw, now, lt).map_err(fault)?)
            }
        };
        context.params.block_lt = lt;
        context.params.block_unixtime = now;
        Ok(context)
    }

    fn run(
        &mut self,
        address: &StdAddr,
        message: &Cell,
        is_external: bool,
    ) -> Result<TransactionRecord, PeopleError> {
        let state = self.state(address)?;
        let (lt, now_ms) = (self.lt, self.now_ms);
        let executor = self.execution(address.workchain)?.executor();
        let context = || format!("trying a message for {address}");
        let fault = |cause: anyhow::Error| ClientError::fault(context(), cause);
        let (execution, info) = run_message(&executor, address, &state, message, is_external)
            .map_err(|error| ClientError::not_executed(address, context(), error))?;
        let compute = ComputeResult::from(&info.compute_phase);
        let (action_code, aborted, destroyed) = (
            info.action_phase.as_ref().map(|phase| phase.result_code),
            info.aborted,
            info.destroyed,
        );
        let bounced = matches!(info.bounce_phase, Some(BouncePhase::Executed(_)));
        let output =
            UncommittedTransaction::with_info(execution, &state, Some(message.clone()), info)
                .and_then(UncommittedTransaction::commit)
                .map_err(fault)?;
        let sent = output.transaction_meta.out_msgs.into_iter();
        let out_messages: Vec<_> = sent
            .map(|message| out_message(message.into_inner()))
            .collect();
        self.lt = lt.max(output.transaction_meta.next_lt);
        let balance = output.new_state_meta.balance.tokens.into_inner();
        self.states.insert(address.clone(), output.new_state);
        Ok(TransactionRecord {
            account: address.clone(),
            block_seqno: 0,
            gen_time_ms: now_ms,
            lt,
            hash: *output.transaction.repr_hash(),
            in_message: in_message(message),
            compute,
            action_code,
            aborted,
            bounced,
            destroyed,
            total_fees_nano: output.transaction_meta.total_fees.into_inner(),
            balance_nano: Some(balance),
            out_messages,
            cell: output.transaction,
        })
    }
}
