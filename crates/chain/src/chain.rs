//! One chain between two blocks.

use std::collections::VecDeque;
use std::sync::Arc;

use ddvs_types::{AccountView, Block, ChainId, ChainSupply, Lanes};
use tycho_types::cell::{Cell, HashBytes};
use tycho_types::models::{ShardAccounts, StdAddr};

use crate::external::External;
use crate::genesis::CheckedChain;
use crate::inputs::{Body, Inputs, Listed, Sent};
use crate::route::{self, Head, MessageHead};
use crate::{
    BodyRefusal, ChainConfig, ChainView, ExecuteError, ExternalRefusal, Fault, Import, SendError,
    account, block,
};

/// First logical time of every chain: above that of any account of the zerostate.
const GENESIS_LT: u64 = 1_000_000;

/// Bound on the coins of a network, of those minted on one chain, and of all that one chain has ever imported, in nano. A sum
/// of these fits into the 120 bits of an amount.
pub const MAX_COINS_NANO: u128 = 1 << 117;

/// State of a chain. A clone shares all cells, so it costs little.
#[derive(Debug, Clone)]
pub struct Chain {
    pub(crate) id: ChainId,
    /// All chains of the network, ascending.
    pub(crate) chains: Arc<[ChainId]>,
    /// Seed of the contracts' randomness.
    pub(crate) seed: u64,
    /// Maximum number of messages that a block processes, whatever the gas limit allows.
    pub(crate) max_block_transactions: usize,
    pub(crate) delector: StdAddr,
    pub(crate) accounts: ShardAccounts,
    /// The config in force for the next block.
    pub(crate) config: Arc<ChainConfig>,
    pub(crate) supply: ChainSupply,
    /// Number of the last block.
    pub(crate) seqno: u32,
    /// Hash of the last block.
    pub(crate) last_hash: HashBytes,
    /// Time of the last block in ms since 1970; that of the zerostate before the first.
    pub(crate) time_ms: u64,
    /// Next free logical time.
    pub(crate) lt: u64,
    /// Messages of this chain to itself for which the last block had no room.
    pub(crate) leftover: VecDeque<(Cell, MessageHead)>,
    pub(crate) sent: Lanes,
    pub(crate) received: Lanes,
}

/// A block that was made.
#[derive(Debug)]
pub struct Made {
    /// The block.
    pub block: Block,
    /// What came into it from outside.
    pub body: Body,
    /// What it sent to other chains, in order.
    pub sent: Vec<Sent>,
}

impl Chain {
    /// Returns a chain before its first block.
    pub fn new(
        genesis: CheckedChain,
        chains: &Arc<[ChainId]>,
        seed: u64,
        max_block_transactions: usize,
    ) -> Self {
        let others = || chains.iter().copied().filter(|&id| id != genesis.id);
        Self {
            id: genesis.id,
            chains: chains.clone(),
            seed,
            max_block_transactions,
            supply: ChainSupply {
                accounts_nano: genesis.balance_nano,
                issued_nano: genesis.balance_nano,
                ..ChainSupply::default()
            },
            last_hash: accounts_hash(&genesis.accounts),
            time_ms: genesis.start_time_ms,
            sent: Lanes::new(others()),
            received: Lanes::new(others()),
            delector: genesis.delector,
            accounts: genesis.accounts,
            config: Arc::new(genesis.config),
            seqno: 0,
            lt: GENESIS_LT,
            leftover: VecDeque::new(),
        }
    }

    /// Makes the next block from what came from outside, as much as it has room for.
    ///
    /// Fails only with a defect; the chain cannot continue then.
    pub fn propose(&mut self, inputs: Inputs<'_>) -> Result<Made, Fault> {
        let made = block::produce(self, inputs)?;
        self.check_supply()?;
        Ok(made)
    }

    /// Makes a block again from its body, and returns the chain after it.
    ///
    /// Fails with a refusal when the body is not one of a next block of this chain.
    pub fn execute(&self, body: &Body) -> Result<(Self, Made), ExecuteError> {
        if body.time_ms < self.time_ms || unix_time(self.id, body.time_ms).is_err() {
            return Err(BodyRefusal::Time(body.time_ms).into());
        }
        let mut imports = Listed::new(body, self.id, &self.received)?;
        let externals = (body.externals.iter())
            .map(|cell| External::read(self.id, cell.clone()))
            .collect::<Result<Vec<_>, _>>()
            .map_err(BodyRefusal::External)?;
        let mut externals = externals.into_iter();
        let mut next = self.clone();
        let made = next.propose(Inputs {
            time_ms: body.time_ms,
            imports: &mut imports,
            externals: &mut || externals.next(),
            goes_on: &mut |work| work.steps < body.steps,
        })?;
        if made.body != *body {
            return Err(BodyRefusal::Unprocessed.into());
        }
        Ok((next, made))
    }

    /// Appends a message of this chain that no account sent, which no real network allows: to its lane, or to what
    /// is left over. Its coins count as minted.
    ///
    /// Fails only when it is not an internal message with plain addresses, its destination does not exist, or it would
    /// mint more than [`MAX_COINS_NANO`] in all.
    pub fn inject(&mut self, message: Cell) -> Result<Option<Sent>, SendError> {
        let chain = self.id;
        let malformed = |reason: String| ExternalRefusal::Malformed { chain, reason };
        let head = match route::read_head(&message) {
            Ok(Head::Internal(head)) => head,
            Ok(Head::Nowhere(_)) => {
                return Err(malformed("an address of variable length".to_owned()).into());
            }
            Ok(Head::External) => {
                return Err(malformed("not an internal message".to_owned()).into());
            }
            Err(error) => return Err(malformed(error.to_string()).into()),
        };
        if head.source.workchain != chain {
            return Err(malformed("its sender is on another chain".to_owned()).into());
        }
        let destination = head.destination.workchain;
        if !self.chains.contains(&destination) {
            return Err(ExternalRefusal::UnknownChain(destination).into());
        }
        let minted_nano = self.supply.minted_nano + head.carried_nano();
        if minted_nano > MAX_COINS_NANO {
            return Err(malformed("more coins than a network can have".to_owned()).into());
        }
        self.supply.minted_nano = minted_nano;
        if destination == chain {
            self.supply.waiting_nano += head.carried_nano();
            self.leftover.push_back((message, head));
            return Ok(None);
        }
        Ok(Some(self.send(message, head)?))
    }

    /// Appends a message to the lane of its destination, which is another chain.
    pub(crate) fn send(&mut self, cell: Cell, head: MessageHead) -> Result<Sent, Fault> {
        let destination = head.destination.workchain;
        let lane = (self.sent.get_mut(destination)).ok_or(Fault::UnknownChain(destination))?;
        let number = lane.count;
        lane.push(cell.repr_hash(), head.carried_nano())
            .map_err(Fault::state(self.id, "appending to a lane"))?;
        self.supply.sent_nano += head.carried_nano();
        Ok(Sent {
            destination,
            number,
            cell,
            head,
        })
    }

    /// Books a message that was imported.
    pub(crate) fn receive(&mut self, import: &Import) -> Result<(), Fault> {
        let lane =
            (self.received.get_mut(import.source)).ok_or(Fault::UnknownChain(import.source))?;
        let carried_nano = import.head.carried_nano();
        lane.push(import.cell.repr_hash(), carried_nano)
            .map_err(Fault::state(self.id, "appending to a lane"))?;
        self.supply.received_nano += carried_nano;
        Ok(())
    }

    /// Fails only when a coin of this chain is missing, or there is one too many.
    pub(crate) fn check_supply(&self) -> Result<(), Fault> {
        if self.supply.is_conserved() {
            return Ok(());
        }
        Err(Fault::Supply {
            chain: self.id,
            seqno: self.seqno,
            detail: format!("{:?}", self.supply),
        })
    }

    /// Returns a view of the current state at a time of the network.
    ///
    /// Fails only after the year 2106.
    pub fn view(&self, now_ms: u64) -> Result<ChainView, Fault> {
        Ok(ChainView {
            id: self.id,
            accounts: self.accounts.clone(),
            config: self.config.clone(),
            seqno: self.seqno,
            last_hash: self.last_hash,
            lt: self.lt,
            now: unix_time(self.id, now_ms)?,
        })
    }

    /// Returns an account after the last block.
    ///
    /// Fails only when the state is broken.
    pub fn account(&self, address: &StdAddr) -> Result<AccountView, Fault> {
        account::view(&self.accounts, self.id, address)
    }

    /// Returns the coins of this chain, recounted from its accounts and what is left over.
    ///
    /// Fails only when the state is broken.
    pub fn recount_supply(&self) -> Result<ChainSupply, Fault> {
        let mut accounts_nano = 0;
        for entry in self.accounts.iter() {
            let (_, _, state) = entry.map_err(Fault::state(self.id, "counting accounts"))?;
            let account = state
                .load_account()
                .map_err(Fault::state(self.id, "counting accounts"))?;
            accounts_nano += account.map_or(0, |a| a.balance.tokens.into_inner());
        }
        Ok(ChainSupply {
            accounts_nano,
            ..self.count_messages()
        })
    }

    /// Returns the coins of this chain, recounted from its lanes and what is left over, but not from its accounts.
    pub(crate) fn count_messages(&self) -> ChainSupply {
        let waiting = self.leftover.iter().map(|(_, head)| head.carried_nano());
        ChainSupply {
            waiting_nano: waiting.fold(0, u128::saturating_add),
            sent_nano: self.sent.value_nano(),
            received_nano: self.received.value_nano(),
            ..self.supply
        }
    }

    /// Its id.
    pub fn id(&self) -> ChainId {
        self.id
    }

    /// All chains of the network, ascending.
    pub fn chains(&self) -> &Arc<[ChainId]> {
        &self.chains
    }

    /// Seed of the contracts' randomness.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// Maximum number of messages that a block processes, whatever the gas limit allows.
    pub fn max_block_transactions(&self) -> usize {
        self.max_block_transactions
    }

    /// Address of its D'Elector.
    pub fn delector(&self) -> &StdAddr {
        &self.delector
    }

    /// All its accounts.
    pub fn accounts(&self) -> &ShardAccounts {
        &self.accounts
    }

    /// The config that the next block will use.
    pub fn config(&self) -> &Arc<ChainConfig> {
        &self.config
    }

    /// Its coins.
    pub fn supply(&self) -> &ChainSupply {
        &self.supply
    }

    /// Number of its last block, 0 before the first.
    pub fn seqno(&self) -> u32 {
        self.seqno
    }

    /// Time of its last block, in ms since 1970.
    pub fn time_ms(&self) -> u64 {
        self.time_ms
    }

    /// Hash of its last block.
    pub fn last_hash(&self) -> HashBytes {
        self.last_hash
    }

    /// Returns the next free logical time.
    pub fn lt(&self) -> u64 {
        self.lt
    }

    /// All that it has sent to other chains.
    pub fn sent(&self) -> &Lanes {
        &self.sent
    }

    /// All that it has imported from other chains.
    pub fn received(&self) -> &Lanes {
        &self.received
    }

    /// Messages to itself for which the last block had no room, in order.
    pub fn leftover(&self) -> impl ExactSizeIterator<Item = &Cell> {
        self.leftover.iter().map(|(cell, _)| cell)
    }
}

/// Returns the time as contracts see it, in seconds.
///
/// Fails only after the year 2106.
pub(crate) fn unix_time(chain: ChainId, now_ms: u64) -> Result<u32, Fault> {
    u32::try_from(now_ms / 1000).map_err(|_| Fault::Exhausted {
        chain,
        what: "32 bits of unix time",
    })
}

/// Returns the hash of the accounts dictionary, zero if it is empty.
pub(crate) fn accounts_hash(accounts: &ShardAccounts) -> HashBytes {
    accounts
        .dict()
        .root()
        .as_ref()
        .map_or(HashBytes::ZERO, |root| *root.repr_hash())
}
