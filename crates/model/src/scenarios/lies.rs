//! A captured chain sends false messages: about its own batches, and about those of an honest origin.

use crate::{
    CONTRACTS, Captured, Chain, ContentId, FORK, Instance, MADE_UP, MAIN, Rules, Seqno, Violation,
    VouchRule, invalid, stake,
};

use super::{Scenario, story};

/// Returns the rules of the contracts with another rule for vouching.
pub const fn vouched_for_by(vouch: VouchRule) -> Rules {
    Rules { vouch, ..CONTRACTS }
}

/// `C` forges batch 1 of `B` towards `A`, before and after `B` proposes its own.
pub fn forged(rules: Rules, stakes: &[i32]) -> Instance {
    let scripts = vec![vec![stake(2)], vec![stake(3)], vec![]];
    let captured = Captured::new(2)
        .votes(1, 1, FORK, &[0])
        .relays(1, 1, FORK, &[0]);
    let instance = Instance::new("C forges a batch of B", rules, stakes, scripts);
    let instance = instance.forks(1, 1, vec![stake(40)]).captured(captured);
    instance.forbids(ContentId::new(1, 0, FORK))
}

/// `C` sends its batch to `A` only and falls silent.
pub fn told_to_a(rules: Rules) -> Instance {
    let scripts = vec![vec![stake(1)], vec![], vec![stake(3)]];
    let captured = Captured::new(2).proposes(1, MAIN, &[0]);
    Instance::new("C sends to A only", rules, &[40, 40, 20], scripts).captured(captured)
}

/// `C` has more than a third, so the others may apply what it forges for `B`. `B` itself may not.
pub fn forged_for_b(rules: Rules) -> Instance {
    let captured = Captured::new(2)
        .votes(1, 1, FORK, &[0, 1])
        .relays(1, 1, FORK, &[0, 1]);
    let scripts = vec![vec![], vec![stake(3)], vec![]];
    Instance::new("C forges a batch of B", rules, &[32, 31, 37], scripts)
        .forks(1, 1, vec![stake(40)])
        .captured(captured)
}

/// `A` is captured, and votes for the batch of `B` towards `D` only: `D` applies it with the votes of `A` and `C`.
/// `D` asks for it after it has applied a batch of `A`. `B` itself lacks a majority until `D` has voted.
pub fn overtaken(rules: Rules) -> Instance {
    let scripts = vec![vec![stake(0)], vec![stake(1)], vec![], vec![]];
    let captured = Captured::new(0)
        .proposes(1, MAIN, &[3])
        .votes(1, 1, MAIN, &[3]);
    Instance::new(
        "24/19/39/35, A votes to D",
        rules,
        &[24, 19, 39, 35],
        scripts,
    )
    .captured(captured)
}

/// Like [`overtaken`], with relays of what `B` will propose, before it has.
pub fn foretold(rules: Rules) -> Instance {
    let captured = Captured::new(0)
        .votes(1, 1, MAIN, &[2, 3])
        .relays(1, 1, MAIN, &[2, 3]);
    let mut instance = overtaken(rules);
    instance.captured = vec![captured];
    instance
}

/// `liar` votes for made-up hashes under all `batches` numbers of `A`, towards `to`, and claims majorities for them at
/// the genesis.
pub fn lies(rules: Rules, stakes: &[i32], batches: Seqno, liar: Chain, to: &[Chain]) -> Instance {
    let mut scripts = vec![Vec::new(); stakes.len()];
    scripts[0] = vec![stake(3); batches as usize];
    let captured = (1..=batches).fold(Captured::new(liar), |captured, seqno| {
        let base = Instance::genesis_base(0, seqno);
        captured
            .lies(0, seqno, to)
            .claims(0, seqno, MADE_UP, base, to)
    });
    let name = format!("{stakes:?}, {liar} lies to {to:?}");
    let instance = Instance::new(&name, rules, stakes, scripts).captured(captured);
    match stakes[liar as usize] {
        0 => instance.masterchain(liar),
        _ => instance,
    }
}

/// `A` holds a majority and `B` is silent, so no other stake of any weight votes for `A`'s batches. `C`, with hardly
/// any stake, receives the masterchain's false vote.
pub fn lies_about_a_lonely_majority(rules: Rules) -> Instance {
    lies(rules, &[60, 39, 1, 0], 2, 3, &[0, 2]).silent(&[1])
}

/// The liar and the origin are a majority, and half of the other stake does not vote. The content that the origin
/// itself sent is kept.
pub fn lies_while_half_are_silent(rules: Rules) -> Instance {
    lies(rules, &[40, 15, 25, 20], 1, 3, &[0, 1, 2]).silent(&[2])
}

/// `C` is captured and takes out more stake than it has: the check that needs its registry.
pub fn overdrawn(rules: Rules) -> Instance {
    let scripts = vec![vec![stake(3)], vec![stake(4)], vec![stake(-15), stake(-15)]];
    let captured = Captured::new(2)
        .proposes(1, MAIN, &[0, 1])
        .proposes(2, MAIN, &[0, 1]);
    Instance::new("C overdraws", rules, &[40, 40, 20], scripts).captured(captured)
}

/// `C` is captured and sends a batch that breaks a limit.
pub fn invalid_batch(rules: Rules, stakes: &[i32]) -> Instance {
    let scripts = vec![vec![stake(3)], vec![stake(4)], vec![invalid(500)]];
    let captured = Captured::new(2).proposes(1, MAIN, &[0, 1]);
    Instance::new("C sends an invalid batch", rules, stakes, scripts).captured(captured)
}

/// `C` is captured and votes twice for `A`'s batch, which lacks a majority while `B` is silent.
pub fn votes_twice(rules: Rules) -> Instance {
    let scripts = vec![vec![stake(5)], vec![], vec![]];
    let captured = Captured::new(2)
        .votes(0, 1, MAIN, &[0, 1])
        .votes(0, 1, MAIN, &[0, 1]);
    let instance = Instance::new("C votes twice", rules, &[20, 60, 20], scripts);
    let waits = ContentId::new(0, 0, MAIN);
    instance.silent(&[1]).captured(captured).forbids(waits)
}

pub(super) fn all() -> Vec<Scenario> {
    let forbidden = Violation::ForbiddenApplied;
    let (replaced, late, unchecked, again) = (
        Rules {
            origin_keeps_its_own: false,
            ..CONTRACTS
        },
        Rules {
            late_votes: false,
            ..CONTRACTS
        },
        Rules {
            objective_checks: false,
            ..CONTRACTS
        },
        Rules {
            one_vote_each: false,
            ..CONTRACTS
        },
    );
    let forged_at = |stakes: [i32; 3]| {
        let name = format!("forged {stakes:?}");
        story(&name, move |rules| forged(rules, &stakes))
    };
    let lies_of = |stakes: &'static [i32], batches, liar, to: &'static [Chain]| {
        let name = format!("lies {stakes:?} to {to:?}");
        story(&name, move |rules| lies(rules, stakes, batches, liar, to))
    };
    vec![
        forged_at([50, 40, 10]).plain(),
        forged_at([25, 45, 30]).plain(),
        forged_at([2, 50, 48]).plain(),
        forged_at([45, 45, 10]).without(vouched_for_by(VouchRule::Anybody)),
        forged_at([15, 45, 40]).without(vouched_for_by(VouchRule::Third)),
        forged_at([32, 31, 37]).remains(forbidden),
        story("told_to_a", told_to_a).without(vouched_for_by(VouchRule::Majority)),
        story("forged_for_b", forged_for_b).without(replaced),
        story("overtaken", overtaken).without(late),
        story("foretold", foretold).without(late),
        lies_of(&[40, 30, 30, 0], 1, 3, &[0, 1, 2]).plain(),
        lies_of(&[60, 40, 0], 2, 2, &[0, 1]).plain(),
        lies_of(&[25, 25, 25, 25], 1, 3, &[0, 1, 2]).plain(),
        lies_of(&[25, 25, 25, 25], 1, 3, &[1]).plain(),
        lies_of(&[45, 35, 20], 1, 2, &[0, 1]).plain(),
        story("lies_about_a_lonely_majority", lies_about_a_lonely_majority).plain(),
        story("lies_while_half_are_silent", lies_while_half_are_silent).plain(),
        story("overdrawn", overdrawn).without(unchecked),
        story("invalid_batch", |rules| invalid_batch(rules, &[40, 40, 20])).without(unchecked),
        story("invalid_batch_of_a_majority", |rules| {
            invalid_batch(rules, &[20, 20, 60])
        })
        .without(unchecked),
        story("votes_twice", votes_twice).without(again),
    ]
}
