//! Human-readable traces.

use std::fmt::Write as _;

use crate::batch::{Chain, ContentId, FORK, MAIN, MAX_CHAINS};
use crate::instance::Instance;
use crate::message::{Body, Message};
use crate::network::{Network, Step};
use crate::stats::Stats;

/// Returns the name of a chain: `A`, `B` and so on.
pub fn chain_name(chain: Chain) -> char {
    char::from(b'A' + chain % MAX_CHAINS as u8)
}

fn content_name(content: ContentId) -> String {
    let branch = match content.branch {
        MAIN => "P",
        FORK => "Q",
        _ => "?",
    };
    format!("{branch}{}", content.index + 1)
}

fn describe(message: &Message) -> String {
    let number = format!("({},{})", chain_name(message.origin), message.seqno);
    let content = content_name(message.content);
    match message.body {
        Body::Propose { base } => format!("propose {number} {content} at {base:?}"),
        Body::Vote => format!("vote {number} {content}"),
        Body::Claim { base } => format!("claim {number} {content} at {base:?}"),
        Body::Want { lacks: true } => format!("want {number} {content}"),
        Body::Want { lacks: false } => format!("where was {number} {content} counted?"),
        Body::Relay { .. } => format!("relay {number} {content}"),
    }
}

/// Replays `steps` and describes what happens at each, and which registries change.
pub fn explain(instance: &Instance, steps: &[Step]) -> String {
    let mut text = String::new();
    let mut network = Network::new(instance);
    for &step in steps {
        let before = network.clone();
        network.take(instance, step, &mut Stats::default());
        // writing to a String does not fail
        let _ = match step {
            Step::Deliver { from, to } => {
                let message = before.head(from, to).map(describe).unwrap_or_default();
                writeln!(
                    text,
                    "{} <- {}: {message}",
                    chain_name(to),
                    chain_name(from)
                )
            }
            Step::DeliverVotes { from, to, count } => {
                let votes: Vec<_> = (before.votes(from, to, count).iter().map(describe)).collect();
                writeln!(
                    text,
                    "{} <- {}: {}",
                    chain_name(to),
                    chain_name(from),
                    votes.join(", ")
                )
            }
            Step::Overtake { from, to } => {
                let message = before.overtaker(from, to).map(describe).unwrap_or_default();
                writeln!(
                    text,
                    "{} <- {}: {message}, before older votes",
                    chain_name(to),
                    chain_name(from)
                )
            }
            Step::Propose(chain) => writeln!(text, "{} proposes", chain_name(chain)),
            Step::Silence(chain) => writeln!(text, "{} falls silent", chain_name(chain)),
            Step::Return(chain) => writeln!(text, "{} returns", chain_name(chain)),
            Step::Poke(chain, number) => writeln!(
                text,
                "{} is poked for ({},{}) {}",
                chain_name(chain),
                chain_name(number.content.origin),
                number.seqno,
                content_name(number.content)
            ),
        };
        for chain in network.chains() {
            let registries = before.applied(chain).iter().zip(network.applied(chain));
            for (origin, (old, new)) in (0..).zip(registries) {
                if old != new {
                    let contents: Vec<_> =
                        new.iter().map(|&content| content_name(content)).collect();
                    let (chain, origin) = (chain_name(chain), chain_name(origin));
                    let _ = writeln!(
                        text,
                        "    {chain}: registry {origin} is {}",
                        contents.join(" ")
                    );
                }
            }
        }
    }
    text
}
