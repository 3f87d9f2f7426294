//! Showing the effects of a request without sending it.

use anyhow::Result;
use ddvs_client::{ComputeResult, DePoolWallet, MessageNode, NodeStatus, TransactionRecord};
use ddvs_contracts::messages::op_name;
use ddvs_people::{Answer, Request, Simulation, simulate};
use ddvs_types::coins;
use serde_json::{Value, json};

use super::answered::{answer_object, words};
use super::output::{short, table};
use super::session::Session;

impl Session {
    /// Runs a request here and shows it; whether it would be done.
    pub fn dry_run(&self, request: &Request) -> Result<bool> {
        self.progress
            .doing("running it on the network's present state");
        let simulation = simulate(&self.net.backend, &self.net.context, request)?;
        let now = self.now()?;
        self.output.print(&object(request, &simulation), || {
            self.human(request, &simulation, now)
        })?;
        Ok(!matches!(
            simulation.answer,
            None | Some(Answer::Refused(_))
        ))
    }

    fn human(&self, request: &Request, simulation: &Simulation, now: u32) -> String {
        let mut rows = table(
            &["step", "account", "message", "coins", "exit", "gas", "fees"],
            &[0, 3, 4, 5, 6],
        );
        for (index, node) in (1..).zip(&simulation.tree.nodes) {
            let Some(transaction) = node.transaction() else {
                continue;
            };
            rows.add_row(vec![
                index.to_string(),
                self.place(&transaction.account, request),
                message(transaction),
                coins(transaction.in_message.value_nano),
                exit(transaction),
                transaction.gas_used().to_string(),
                coins(transaction.total_fees_nano),
            ]);
        }
        let answer = match &simulation.answer {
            Some(answer) => words(answer, now),
            None => "no answer would come".to_owned(),
        };
        let cut = match simulation.tree.is_cut {
            true => "\nmore would happen than is run here",
            false => "",
        };
        let (sign, change) = match simulation.after_nano.checked_sub(simulation.before_nano) {
            Some(more) => ("more", more),
            None => ("less", simulation.before_nano - simulation.after_nano),
        };
        format!(
            "{} (nothing was sent)\n{rows}\n{answer}\nthe owner's account attaches {} coins, and would have {} {sign} in the end; fees {}{cut}",
            request.about,
            coins(simulation.attached_nano),
            coins(change),
            coins(simulation.fees_nano),
        )
    }

    /// An account by what it is.
    fn place(&self, account: &tycho_types::models::StdAddr, request: &Request) -> String {
        if account == request.owner.address() {
            return format!("owner {}", short(account));
        }
        let context = &self.net.context;
        if context
            .delector(account.workchain)
            .is_ok_and(|delector| delector.address() == account)
        {
            return format!("D'Elector {}", account.workchain);
        }
        let wallet =
            DePoolWallet::new(&context.network, account.workchain, request.owner.address());
        if wallet.is_ok_and(|wallet| wallet.address() == account) {
            return format!("wallet {}", short(account));
        }
        match self.book.name(account) {
            Some(name) => format!("pool {name}"),
            None => short(account),
        }
    }
}

fn message(transaction: &TransactionRecord) -> String {
    let incoming = &transaction.in_message;
    if incoming.is_external() {
        return "(signed request)".to_owned();
    }
    if incoming.is_bounced {
        return "(bounce)".to_owned();
    }
    name(transaction).unwrap_or("(coins)").to_owned()
}

fn name(transaction: &TransactionRecord) -> Option<&'static str> {
    let parsed = transaction
        .in_message
        .cell
        .parse::<tycho_types::models::Message<'_>>()
        .ok()?;
    op_name(parsed.body.get_u32(0).ok()?)
}

fn exit(transaction: &TransactionRecord) -> String {
    match transaction.compute {
        ComputeResult::Executed { exit_code, .. } => exit_code.to_string(),
        ComputeResult::Skipped(_) => "-".to_owned(),
    }
}

fn step(node: &MessageNode) -> Value {
    let mut object = json!({
        "message": node.hash.to_string(),
        "account": node.destination.as_ref().map(ToString::to_string),
        "cause": node.parent,
    });
    if let NodeStatus::Executed(transaction) = &node.status {
        object["op"] = name(transaction).into();
        object["value_nano"] = transaction.in_message.value_nano.to_string().into();
        object["exit_code"] = transaction.exit_code().into();
        object["gas_used"] = transaction.gas_used().into();
        object["fees_nano"] = transaction.total_fees_nano.to_string().into();
        object["is_aborted"] = transaction.aborted.into();
        object["is_bounced"] = transaction.bounced.into();
    }
    object
}

fn object(request: &Request, simulation: &Simulation) -> Value {
    let steps: Vec<_> = simulation.tree.nodes.iter().map(step).collect();
    json!({
        "about": request.about,
        "dry_run": true,
        "answer": simulation.answer.as_ref().map(|answer| answer_object(Some(answer))),
        "steps": steps,
        "before_nano": simulation.before_nano.to_string(),
        "after_nano": simulation.after_nano.to_string(),
        "attached_nano": simulation.attached_nano.to_string(),
        "fees_nano": simulation.fees_nano.to_string(),
        "is_cut": simulation.tree.is_cut,
    })
}
