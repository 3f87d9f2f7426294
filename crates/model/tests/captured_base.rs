//! The origin names the base, so a captured one names the base that suits it. Its own weight is not its to choose.

mod common;

use common::{breaks, holds};
use ddvs_model::{Base, CONTRACTS, Captured, ContentId, Instance, MAIN, Rules, Violation, stake};

/// `C` had 60 of 100 and left with 40. While `A` is silent, `B` and `C` have 30 of 60 and can decide nothing, unless `C`
/// counts at a base from before it left.
fn old_weight(rules: Rules) -> Instance {
    let scripts = vec![vec![], vec![], vec![stake(-40), stake(1)]];
    let captured =
        Captured::new(2)
            .proposes(1, MAIN, &[0, 1])
            .proposes_at(2, MAIN, Base::default(), &[0, 1]);
    let instance = Instance::new("30/10/60, C leaves", rules, &[30, 10, 60], scripts);
    instance
        .silent(&[0])
        .captured(captured)
        .forbids(ContentId::new(2, 1, MAIN))
}

#[test]
fn an_origin_weighs_what_it_weighed_just_before_its_batch() {
    holds(&old_weight(CONTRACTS));
}

#[test]
fn else_it_weighs_what_it_once_had() {
    let rules = Rules {
        origin_weight_before_batch: false,
        ..CONTRACTS
    };
    breaks(&old_weight(rules), &[Violation::ForbiddenApplied]);
}
