//! Events of a ddvs contract's transaction.

use ddvs_client::TransactionRecord;
use ddvs_contracts::messages::{
    Applied, CloseRoot, ConfirmStake, Lock, Message, RefuseRelease, RefuseUnstake, RegisterKey,
    RejectStake, Rejected, Release, RequestRelease, RequestUnstake, Slash, Stake, SubmitEvidence,
    Unlock, Unstake, UpdateStake, Withdraw, op_name,
};
use tycho_types::cell::{CellSlice, Load};

use super::{Facts, body_of};
use crate::Identity;
use crate::rows::{AccountKind, EventKind, EventRow, EvidenceRow, PoolRow, TransactionRow};

/// Adds the events of a transaction.
pub(super) fn of_transaction(
    identity: &Identity,
    record: &TransactionRecord,
    row: &TransactionRow,
    facts: &mut Facts,
) {
    let kind = facts
        .accounts
        .iter()
        .find(|account| account.address == record.account)
        .map_or(AccountKind::Other, |account| account.kind);
    if kind == AccountKind::Other || record.in_message.is_bounced {
        return;
    }
    let is_refused = !record.succeeded();
    let mut event = EventRow::new(EventKind::Refused, row.at);
    event.account = Some(record.account.clone());
    event.transaction = Some(row.hash);
    event.op = row.op;
    let read = body_of(&record.in_message.cell, |op, body| {
        if op == SubmitEvidence::OP && kind == AccountKind::DElector {
            evidence(record, row, body, &mut event, facts)?;
        }
        if is_refused {
            // unknown messages cause no events
            op_name(op)?;
            event.kind = EventKind::Refused;
            event.exit_code = record.exit_code();
            return Some(());
        }
        match kind {
            AccountKind::Wallet => of_wallet(op, body, record, &mut event),
            AccountKind::Root => of_root(op, body, record, &facts.pools, &mut event),
            AccountKind::DElector => of_delector(op, body, record, &mut event),
            AccountKind::Other => None,
        }
    });
    if read.is_none() {
        return;
    }
    if kind == AccountKind::Wallet {
        let wallet = facts.wallets.iter().find(|w| w.address == record.account);
        event.owner = wallet.map(|wallet| wallet.owner.clone());
    }
    if kind == AccountKind::DElector && event.kind == EventKind::Refused {
        // copies that repeat known facts cause no events
        let from_copy = record.in_message.source.as_ref();
        if from_copy.is_some_and(|source| identity.is_delector(source)) {
            return;
        }
    }
    facts.events.push(event);
}

fn parse<'a, T: Load<'a>>(mut body: CellSlice<'a>) -> Option<T> {
    T::load_from(&mut body).ok()
}

fn of_wallet(
    op: u32,
    body: CellSlice<'_>,
    record: &TransactionRecord,
    event: &mut EventRow,
) -> Option<()> {
    event.root = record.in_message.source.clone();
    match op {
        Stake::OP => {
            let message: Stake = parse(body)?;
            event.kind = EventKind::Stake;
            event.root = Some(message.root);
            event.amount_nano = Some(message.amount.into_inner());
        }
        Unstake::OP => {
            let message: Unstake = parse(body)?;
            event.kind = EventKind::Unstake;
            event.root = Some(message.root);
            event.amount_nano = Some(message.amount.into_inner());
        }
        Withdraw::OP => {
            let message: Withdraw = parse(body)?;
            event.kind = EventKind::Withdraw;
            event.root = None;
            let sent = record.out_messages.iter().map(|message| message.value_nano);
            event.amount_nano = match message.amount {
                Some(amount) => Some(amount.into_inner()),
                None => Some(sent.sum()),
            };
        }
        Lock::OP => {
            event.kind = EventKind::Lock;
            event.amount_nano = Some(parse::<Lock>(body)?.amount.into_inner());
        }
        RejectStake::OP => {
            let message: RejectStake = parse(body)?;
            event.kind = EventKind::StakeRejected;
            event.amount_nano = Some(message.amount.into_inner());
            event.reason = Some(message.reason);
        }
        Unlock::OP => {
            event.kind = EventKind::Unlock;
            event.amount_nano = Some(parse::<Unlock>(body)?.amount.into_inner());
        }
        RefuseUnstake::OP => {
            let message: RefuseUnstake = parse(body)?;
            event.kind = EventKind::UnstakeRefused;
            event.amount_nano = Some(message.amount.into_inner());
            event.reason = Some(message.reason);
        }
        Release::OP => {
            event.kind = EventKind::Release;
            event.amount_nano = Some(parse::<Release>(body)?.amount.into_inner());
        }
        RefuseRelease::OP => {
            let message: RefuseRelease = parse(body)?;
            event.kind = EventKind::ReleaseRefused;
            event.amount_nano = Some(message.amount.into_inner());
            event.reason = Some(message.reason);
        }
        _ => return None,
    }
    Some(())
}

fn of_root(
    op: u32,
    body: CellSlice<'_>,
    record: &TransactionRecord,
    pools: &[PoolRow],
    event: &mut EventRow,
) -> Option<()> {
    match op {
        RegisterKey::OP => {
            event.kind = EventKind::KeyRegistered;
            event.key = Some(parse::<RegisterKey>(body)?.key);
            event.owner = record.in_message.source.clone();
        }
        CloseRoot::OP => {
            event.kind = EventKind::PoolClosed;
            event.owner = record.in_message.source.clone();
        }
        Applied::OP => {
            event.kind = EventKind::Counted;
            event.amount_nano = Some(parse::<Applied>(body)?.total.into_inner());
        }
        Rejected::OP => {
            event.kind = EventKind::UpdateRejected;
            event.reason = Some(parse::<Rejected>(body)?.reason);
        }
        Slash::OP => {
            event.kind = EventKind::Slashed;
            event.key = Some(parse::<Slash>(body)?.key);
            let pool = pools.iter().find(|pool| pool.address == record.account);
            event.amount_nano = pool.and_then(PoolRow::slashed_nano);
        }
        // the wallet's events cover these
        ConfirmStake::OP | RequestUnstake::OP | RequestRelease::OP => return None,
        _ => return None,
    }
    Some(())
}

fn of_delector(
    op: u32,
    body: CellSlice<'_>,
    record: &TransactionRecord,
    event: &mut EventRow,
) -> Option<()> {
    match op {
        UpdateStake::OP => {
            let message: UpdateStake = parse(body)?;
            event.kind = EventKind::Update;
            event.root = record.in_message.source.clone();
            event.amount_nano = Some(message.total.into_inner());
            event.key = Some(message.key);
        }
        SubmitEvidence::OP => event.kind = EventKind::Evidence,
        // batches and votes cause events where they change something
        _ => return None,
    }
    Some(())
}

fn evidence(
    record: &TransactionRecord,
    row: &TransactionRow,
    body: CellSlice<'_>,
    event: &mut EventRow,
    facts: &mut Facts,
) -> Option<()> {
    let evidence = parse::<SubmitEvidence>(body)?.evidence.load().ok()?;
    let from = record.in_message.source.clone()?;
    event.key = Some(evidence.key);
    event.owner = Some(from.clone());
    facts.evidence.push(EvidenceRow {
        transaction: row.key.clone(),
        at: row.at,
        from,
        key: evidence.key,
        chain: evidence.chain,
        height: evidence.height,
        round: evidence.round,
        vote_type: evidence.vote_type,
        exit_code: record.exit_code(),
    });
    Some(())
}
