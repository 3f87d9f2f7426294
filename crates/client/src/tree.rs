//! A message and everything it caused.

use std::fmt;
use std::sync::Arc;

use tycho_types::cell::HashBytes;
use tycho_types::models::StdAddr;

use crate::{ChainId, DroppedExternal, MessageStatus, ReturnReason, TransactionRecord};

/// Outcome of one message.
#[derive(Debug, Clone)]
pub enum NodeStatus {
    /// It caused a transaction.
    Executed(Arc<TransactionRecord>),
    /// An external message that was queued but not accepted when its turn came.
    Dropped(DroppedExternal),
    /// The network returned it without a transaction; its child is the returned message, if the sender wanted one.
    Returned(ReturnReason),
    /// It left the network: a log entry.
    Left,
    /// It waits in the queue of a chain, as an external message.
    InMempool(ChainId),
    /// It is in flight.
    InTransit {
        /// The chain that sent it.
        source: ChainId,
        /// The chain that will import it.
        destination: ChainId,
    },
    /// The network does not know it, or does not know it yet.
    Unknown,
}

impl NodeStatus {
    /// Whether the message has ended.
    pub fn is_final(&self) -> bool {
        match self {
            Self::Executed(_) | Self::Dropped(_) | Self::Returned(_) | Self::Left => true,
            Self::InMempool(_) | Self::InTransit { .. } | Self::Unknown => false,
        }
    }

    pub(crate) fn from_status(status: MessageStatus) -> (Self, Option<HashBytes>) {
        match status {
            MessageStatus::Executed(transaction) => (Self::Executed(transaction), None),
            MessageStatus::Dropped(dropped) => (Self::Dropped(dropped), None),
            MessageStatus::Returned(returned) => {
                (Self::Returned(returned.reason), returned.returned_as)
            }
            MessageStatus::InMempool { chain } => (Self::InMempool(chain), None),
            MessageStatus::InTransit {
                source,
                destination,
                ..
            } => (
                Self::InTransit {
                    source,
                    destination,
                },
                None,
            ),
            MessageStatus::Unknown => (Self::Unknown, None),
        }
    }
}

/// A message of a tree.
#[derive(Debug, Clone)]
pub struct MessageNode {
    /// Hash of the message.
    pub hash: HashBytes,
    /// Its destination; `None` for the root until it is executed, and for log entries.
    pub destination: Option<StdAddr>,
    /// Its outcome.
    pub status: NodeStatus,
    /// Index of the message that caused it.
    pub parent: Option<usize>,
    /// Indexes of the messages that it caused, in the order in which they were sent.
    pub children: Vec<usize>,
}

impl MessageNode {
    /// The transaction that it caused, if it did.
    pub fn transaction(&self) -> Option<&Arc<TransactionRecord>> {
        match &self.status {
            NodeStatus::Executed(transaction) => Some(transaction),
            _ => None,
        }
    }

    /// Exit code of the contract that received it, if that ran.
    pub fn exit_code(&self) -> Option<i32> {
        match &self.status {
            NodeStatus::Executed(transaction) => transaction.exit_code(),
            NodeStatus::Dropped(dropped) => dropped.exit_code,
            _ => None,
        }
    }

    /// Whether it failed: dropped, returned, or a failed transaction. A transfer to an account without code is not a
    /// failure.
    pub fn is_failure(&self) -> bool {
        match &self.status {
            NodeStatus::Executed(transaction) => {
                transaction.bounced || (transaction.aborted && transaction.exit_code().is_some())
            }
            NodeStatus::Dropped(_) | NodeStatus::Returned(_) => true,
            _ => false,
        }
    }
}

/// A message and everything it caused, on all chains. Node 0 is the root; a message comes after the
/// one that caused it.
#[derive(Debug, Clone)]
pub struct MessageTree {
    /// All messages.
    pub nodes: Vec<MessageNode>,
    /// Number of blocks that were waited for.
    pub blocks_waited: usize,
    /// Whether the limit on nodes was reached: more messages exist than it holds.
    pub is_cut: bool,
}

impl MessageTree {
    pub(crate) fn new(root: HashBytes) -> Self {
        let mut tree = Self {
            nodes: Vec::new(),
            blocks_waited: 0,
            is_cut: false,
        };
        tree.add(root, None, None);
        tree
    }

    pub(crate) fn add(
        &mut self,
        hash: HashBytes,
        destination: Option<StdAddr>,
        parent: Option<usize>,
    ) -> usize {
        let index = self.nodes.len();
        let (status, children) = (NodeStatus::Unknown, Vec::new());
        self.nodes.push(MessageNode {
            hash,
            destination,
            status,
            parent,
            children,
        });
        if let Some(parent) = parent {
            self.nodes[parent].children.push(index);
        }
        index
    }

    /// Its first message.
    pub fn root(&self) -> &MessageNode {
        &self.nodes[0]
    }

    /// Whether every message has ended.
    pub fn is_settled(&self) -> bool {
        !self.is_cut && self.nodes.iter().all(|node| node.status.is_final())
    }

    /// Whether every message has ended and none failed.
    pub fn succeeded(&self) -> bool {
        self.is_settled() && self.failures().next().is_none()
    }

    /// Failed messages.
    pub fn failures(&self) -> impl Iterator<Item = &MessageNode> {
        self.nodes.iter().filter(|node| node.is_failure())
    }

    /// Messages that have not ended.
    pub fn pending(&self) -> impl Iterator<Item = &MessageNode> {
        self.nodes.iter().filter(|node| !node.status.is_final())
    }

    /// All transactions, each after the one that caused it.
    pub fn transactions(&self) -> impl Iterator<Item = &Arc<TransactionRecord>> {
        self.nodes.iter().filter_map(MessageNode::transaction)
    }

    /// Transactions of one account.
    pub fn transactions_of<'a>(
        &'a self,
        account: &'a StdAddr,
    ) -> impl Iterator<Item = &'a Arc<TransactionRecord>> {
        self.transactions()
            .filter(move |transaction| transaction.account == *account)
    }

    /// Exit code of the first transaction of an account in this tree, if its contract ran.
    pub fn exit_code_at(&self, account: &StdAddr) -> Option<i32> {
        self.transactions_of(account).next()?.exit_code()
    }

    /// Gas used by all transactions.
    pub fn gas_used(&self) -> u64 {
        self.transactions()
            .map(|transaction| transaction.gas_used())
            .sum()
    }
}

impl fmt::Display for MessageTree {
    /// One line for each message, indented by its depth.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Depth first, without recursion: a chain of messages may be as long as the node limit.
        let mut open = vec![(0, 0)];
        while let Some((index, depth)) = open.pop() {
            let node = &self.nodes[index];
            write!(f, "{:indent$}{}", "", short(&node.hash), indent = depth * 2)?;
            match &node.status {
                NodeStatus::Executed(t) => {
                    let (chain, account) = (t.chain(), short(&t.account.address));
                    write!(f, " {chain}:{account} block {} ", t.block_seqno)?;
                    match t.compute {
                        crate::ComputeResult::Executed {
                            exit_code,
                            gas_used,
                        } => {
                            write!(f, "exit {exit_code} gas {gas_used}")?;
                        }
                        crate::ComputeResult::Skipped(reason) => write!(f, "skipped {reason:?}")?,
                    }
                    if t.bounced {
                        write!(f, " bounced")?;
                    }
                }
                NodeStatus::Dropped(dropped) => match &dropped.fault {
                    Some(fault) => write!(f, " dropped: {fault}")?,
                    None => write!(f, " dropped {:?}", dropped.exit_code)?,
                },
                NodeStatus::Returned(reason) => write!(f, " returned: {reason}")?,
                NodeStatus::Left => write!(f, " left the network")?,
                NodeStatus::InMempool(chain) => write!(f, " waits in the queue of chain {chain}")?,
                NodeStatus::InTransit {
                    source,
                    destination,
                } => {
                    write!(f, " on its way from chain {source} to chain {destination}")?;
                }
                NodeStatus::Unknown => write!(f, " unknown")?,
            }
            writeln!(f)?;
            open.extend(node.children.iter().rev().map(|&child| (child, depth + 1)));
        }
        Ok(())
    }
}

fn short(hash: &HashBytes) -> String {
    let mut text = hash.to_string();
    text.truncate(8);
    text
}
