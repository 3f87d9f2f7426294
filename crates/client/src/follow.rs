//! Tracing a message across chains to the end of everything it caused.

use tycho_types::cell::{Cell, HashBytes};

use crate::tree::{MessageTree, NodeStatus};
use crate::{Backend, ClientError, OutDestination};

/// Limits of tracing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FollowLimits {
    /// Maximum number of messages in the tree.
    pub max_nodes: usize,
    /// Maximum number of blocks, of all chains together, to wait for.
    pub max_blocks: usize,
}

impl Default for FollowLimits {
    fn default() -> Self {
        Self {
            max_nodes: 10_000,
            max_blocks: 200,
        }
    }
}

impl FollowLimits {
    /// Returns what is known now, without waiting for a block.
    pub const NO_WAIT: Self = Self {
        max_nodes: 10_000,
        max_blocks: 0,
    };
}

/// Traces a message: waits for blocks until everything that it caused has ended or a limit is reached. Reaching a
/// limit is not an error; see [`MessageTree::is_settled`].
pub fn follow(
    backend: &mut dyn Backend,
    root: HashBytes,
    limits: FollowLimits,
) -> Result<MessageTree, ClientError> {
    follow_until(backend, root, limits, &mut |_| false)
}

/// Like [`follow`], until `is_enough` returns true; it is called before each block.
pub fn follow_until(
    backend: &mut dyn Backend,
    root: HashBytes,
    limits: FollowLimits,
    is_enough: &mut dyn FnMut(&MessageTree) -> bool,
) -> Result<MessageTree, ClientError> {
    let mut tree = MessageTree::new(root);
    let mut open = vec![0];
    loop {
        open = advance(backend, &mut tree, open, limits.max_nodes)?;
        let is_over = open.is_empty() || tree.is_cut || tree.blocks_waited >= limits.max_blocks;
        if is_over || is_enough(&tree) {
            return Ok(tree);
        }
        if backend.next_block()?.is_none() {
            return Ok(tree);
        }
        tree.blocks_waited += 1;
    }
}

/// Sends an external message and traces it.
pub fn send_and_follow(
    backend: &mut dyn Backend,
    message: Cell,
    limits: FollowLimits,
) -> Result<MessageTree, ClientError> {
    let hash = backend.send(message)?;
    follow(backend, hash, limits)
}

/// Looks up the open messages and their effects, and returns those that stay open.
fn advance(
    backend: &dyn Backend,
    tree: &mut MessageTree,
    mut open: Vec<usize>,
    max_nodes: usize,
) -> Result<Vec<usize>, ClientError> {
    let mut waiting = Vec::new();
    open.reverse();
    while let Some(index) = open.pop() {
        let status = backend.message_status(&tree.nodes[index].hash)?;
        let (status, returned_as) = NodeStatus::from_status(status);
        if !status.is_final() {
            tree.nodes[index].status = status;
            waiting.push(index);
            continue;
        }
        let mut children = Vec::new();
        if let NodeStatus::Executed(transaction) = &status {
            tree.nodes[index].destination = Some(transaction.account.clone());
            for message in &transaction.out_messages {
                let destination = match &message.destination {
                    OutDestination::Account(address) => Some(address.clone()),
                    OutDestination::Nowhere | OutDestination::External => None,
                };
                children.push((*message.hash(), destination, message.is_external()));
            }
        }
        children.extend(returned_as.map(|hash| (hash, None, false)));
        tree.nodes[index].status = status;
        for (hash, destination, leaves) in children {
            if tree.nodes.len() >= max_nodes {
                tree.is_cut = true;
                return Ok(waiting);
            }
            let child = tree.add(hash, destination, Some(index));
            if leaves {
                tree.nodes[child].status = NodeStatus::Left;
            } else {
                open.push(child);
            }
        }
    }
    Ok(waiting)
}
