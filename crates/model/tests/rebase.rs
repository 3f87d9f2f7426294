//! The earlier draft, in which the origin announces newer bases instead: it agrees while no chain is captured, if a
//! copy keeps every announced base.

mod common;

use common::{breaks, holds};
use ddvs_model::{CountRule, Instance, REBASING, Rules, Violation, stake};

const fn keeping(keep: usize) -> Rules {
    Rules {
        count: CountRule::OriginRebases { keep },
        ..REBASING
    }
}

fn three(rules: Rules) -> Instance {
    let scripts = vec![
        vec![stake(100), stake(-5)],
        vec![stake(30)],
        vec![stake(10)],
    ];
    Instance::new("20/20/20, C falls silent", rules, &[20, 20, 20], scripts).falls_silent(&[2], 1)
}

/// `A` is in flight while `D` grows and falls silent: `A` has a majority at its first base, and none at the next.
fn first_base_decides(rules: Rules) -> Instance {
    let scripts = vec![vec![stake(5)], vec![], vec![], vec![stake(70)]];
    Instance::new(
        "20/20/20/20, D grows and falls silent",
        rules,
        &[20, 20, 20, 20],
        scripts,
    )
    .falls_silent(&[3], 1)
}

#[test]
fn copies_agree_with_every_announced_base() {
    let outcome = holds(&three(REBASING));
    assert!(
        outcome.stats.found_at_claim > 0,
        "no rebase was ever needed"
    );
    holds(&first_base_decides(REBASING));
}

#[test]
fn a_cap_on_kept_bases_can_block() {
    breaks(
        &first_base_decides(keeping(1)),
        &[Violation::ReplicasDiffer, Violation::Blocked],
    );
}

#[test]
fn without_rebases_a_batch_stays_undecided() {
    let rules = Rules {
        count: CountRule::ProposalBase,
        ..REBASING
    };
    let scripts = vec![vec![stake(30)], vec![stake(1)], vec![]];
    let instance = Instance::new("20/20/60", rules, &[20, 20, 60], scripts).falls_silent(&[2], 1);
    breaks(&instance, &[Violation::Blocked]);
}
