//! The state of a wallet, for people and as JSON.

use anyhow::Result;
use ddvs_contracts::storage::times;
use ddvs_people::staker::{InPool, WalletView, in_pool};
use ddvs_types::coins;
use serde_json::{Value, json};

use crate::people::output::{fields, table};
use crate::people::session::Session;
use crate::people::time;

/// Prints a wallet.
pub fn show(session: &Session, view: &WalletView) -> Result<()> {
    let now = session.now()?;
    let in_pools = in_pools(session, view)?;
    session.output.print(&object(session, view, &in_pools), || {
        let mut text = human(session, view, &in_pools, now);
        for ((root, position), in_pool) in view.positions.iter().zip(&in_pools) {
            let Some(worth) = in_pool.worth_nano else { continue };
            let (pool, held) = (session.book.show(root), position.held_nano());
            text.push_str(&match held.saturating_sub(worth) {
                0 => format!("\nthe pool {pool} was slashed, and its owner paid: all of the {} coins with it are left", coins(held)),
                _ => format!(
                    "\nthe pool {pool} was slashed: {} of {} coins with it are left; `ddvs wallet settle --pool {root}` books that",
                    coins(worth),
                    coins(held)
                ),
            });
        }
        text
    })
}

/// Returns the pools' effects on the positions.
pub fn in_pools(session: &Session, view: &WalletView) -> Result<Vec<InPool>> {
    let (backend, context) = (&session.net.backend, session.context());
    let positions = view.positions.iter();
    let in_pools =
        positions.map(|(root, position)| in_pool(backend, context, root, &view.owner, position));
    Ok(in_pools.collect::<Result<_, _>>()?)
}

/// Returns a wallet as JSON.
pub fn object(session: &Session, view: &WalletView, in_pools: &[InPool]) -> Value {
    let positions: Vec<_> = view
        .positions
        .iter()
        .zip(in_pools)
        .map(|((root, position), in_pool)| {
            let parts: Vec<_> = times(&position.unlocking)
                .map(|(at, nano)| json!({ "release_at": at, "amount_nano": nano.to_string() }))
                .collect();
            let locks: Vec<_> = times(&position.locks)
                .map(|(until, nano)| json!({ "until": until, "amount_nano": nano.to_string() }))
                .collect();
            json!({
                "pool": root.to_string(),
                "name": session.book.name(root),
                "pending_nano": position.pending.to_string(),
                "staked_nano": position.staked_nano().to_string(),
                "locks": locks,
                "locks_hold": in_pool.locks_hold,
                "leaving_nano": position.leaving_nano().to_string(),
                "releasing_nano": position.releasing.to_string(),
                "unlocking": parts,
                "is_settled": position.settled,
                "slashed_to_nano": in_pool.worth_nano.map(|nano| nano.to_string()),
            })
        })
        .collect();
    json!({
        "wallet": view.address.to_string(),
        "owner": view.owner.to_string(),
        "owner_balance_nano": view.owner_balance_nano.to_string(),
        "exists": view.exists,
        "balance_nano": view.balance_nano.to_string(),
        "free_nano": view.free_nano.to_string(),
        "stakable_nano": view.stakable_nano.to_string(),
        "held_nano": view.held_nano.to_string(),
        "positions": positions,
    })
}

fn human(session: &Session, view: &WalletView, in_pools: &[InPool], now: u32) -> String {
    let head = fields(&[
        ("owner's account", view.owner.to_string()),
        ("  coins", coins(view.owner_balance_nano)),
        ("DePool Wallet", view.address.to_string()),
        (
            "  coins",
            match view.exists {
                true => format!(
                    "{}: {} free, {} in pools",
                    coins(view.balance_nano),
                    coins(view.free_nano),
                    coins(view.held_nano)
                ),
                false => "it does not exist yet: open it with `ddvs wallet create`".to_owned(),
            },
        ),
    ]);
    if view.positions.is_empty() {
        return head;
    }
    let mut rows = table(
        &["pool", "staked", "locks", "on the way", "unlocking"],
        &[1, 3],
    );
    for ((root, position), in_pool) in view.positions.iter().zip(in_pools) {
        let on_the_way = position.pending.into_inner()
            + position.leaving_nano()
            + position.releasing.into_inner();
        let parts: Vec<_> = times(&position.unlocking)
            .map(|(at, nano)| format!("{} from {}", coins(nano), time::until(at, now)))
            .collect();
        let locks: Vec<_> = times(&position.locks)
            .map(|(until, nano)| match in_pool.locks_hold && until > now {
                true => format!("{} until {}", coins(nano), time::until(until, now)),
                false => format!("{} may leave", coins(nano)),
            })
            .collect();
        rows.add_row(vec![
            session.book.show(root),
            coins(position.staked_nano()),
            locks.join("\n"),
            coins(on_the_way),
            parts.join("\n"),
        ]);
    }
    format!("{head}\n{rows}")
}
