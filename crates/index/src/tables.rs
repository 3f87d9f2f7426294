//! The tables. Keys are those of `key`, values are rows in postcard unless said otherwise.

use redb::TableDefinition;

type Table = TableDefinition<'static, &'static [u8], &'static [u8]>;

/// Schema, genesis, cursor, next event.
pub(crate) const META: TableDefinition<'static, &'static str, &'static [u8]> =
    TableDefinition::new("meta");
/// Counts of rows, for pages with a total.
pub(crate) const COUNTS: TableDefinition<'static, &'static str, u64> =
    TableDefinition::new("counts");
/// Chain and number to block.
pub(crate) const BLOCKS: Table = Table::new("blocks");
/// Hash to chain and number.
pub(crate) const BLOCK_BY_HASH: Table = Table::new("block_by_hash");
/// Chain and logical time at the start to number. Blocks whose time nodes do not provide are left out.
pub(crate) const BLOCK_BY_LT: Table = Table::new("block_by_lt");
/// Chain and time in ms to number.
pub(crate) const BLOCK_BY_TIME: Table = Table::new("block_by_time");
/// Chain, number, logical time, account: in the order of the block.
pub(crate) const BLOCK_TRANSACTIONS: Table = Table::new("block_transactions");
/// Account and logical time to transaction.
pub(crate) const TRANSACTIONS: Table = Table::new("transactions");
/// Account and logical time to its bag of cells.
pub(crate) const TRANSACTION_BOCS: Table = Table::new("transaction_bocs");
/// Hash to account and logical time.
pub(crate) const TRANSACTION_BY_HASH: Table = Table::new("transaction_by_hash");
/// Hash to message.
pub(crate) const MESSAGES: Table = Table::new("messages");
/// Chain, number and hash of a message that ended in that block without a transaction, to nothing.
pub(crate) const ENDED: Table = Table::new("ended");
/// Sender and logical time to the message's hash.
pub(crate) const MESSAGE_BY_LT: Table = Table::new("message_by_lt");
/// Address to account.
pub(crate) const ACCOUNTS: Table = Table::new("accounts");
/// Code hash and address to nothing.
pub(crate) const ACCOUNTS_BY_CODE: Table = Table::new("accounts_by_code");
/// Chain and first block to validator set.
pub(crate) const SETS: Table = Table::new("sets");
/// Address to pool.
pub(crate) const POOLS: Table = Table::new("pools");
/// Owner and address to nothing.
pub(crate) const POOLS_BY_OWNER: Table = Table::new("pools_by_owner");
/// Counted stake, the largest first, and address to nothing.
pub(crate) const POOLS_BY_STAKE: Table = Table::new("pools_by_stake");
/// Consensus key to the address of the Root that last had it.
pub(crate) const POOL_BY_KEY: Table = Table::new("pool_by_key");
/// Address to wallet.
pub(crate) const WALLETS: Table = Table::new("wallets");
/// Owner and address to nothing.
pub(crate) const WALLETS_BY_OWNER: Table = Table::new("wallets_by_owner");
/// Root and wallet to position.
pub(crate) const POSITIONS: Table = Table::new("positions");
/// Origin, number and hash to batch.
pub(crate) const BATCHES: Table = Table::new("batches");
/// Copy and origin to the state of the copy's registry.
pub(crate) const COPIES: Table = Table::new("copies");
/// Key to removal.
pub(crate) const REMOVED: Table = Table::new("removed");
/// Chain, logical time and account of the D'Elector's transaction to evidence.
pub(crate) const EVIDENCE: Table = Table::new("evidence");
/// Number to event.
pub(crate) const EVENTS: TableDefinition<'static, u64, &'static [u8]> =
    TableDefinition::new("events");
