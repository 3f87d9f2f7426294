//! Stored rows. Amounts are in nano, times in ms since 1970 where the name says so, otherwise in Unix seconds.

mod batch;
mod chain;
mod event;
mod pool;

pub use batch::{
    AppliedRow, BatchRow, ClaimRow, CopyRow, EntryRow, EvidenceRow, RemovedRow, TakenBackRow,
    VoteRow,
};
pub use chain::{
    AccountKind, AccountRow, At, BlockRow, Fate, Member, MessageRow, SetRow, TransactionRow, TxKey,
};
pub use event::{EventKind, EventRow, MAX_CHANGES, SetChangeRow};
pub use pool::{PoolRow, PositionRow, PriceRow, WalletRow};
