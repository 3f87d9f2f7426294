//! A copy that counted at a base which somebody else claimed claims it too. A captured claimant tells whom it likes.

mod common;

use common::{breaks, holds};
use ddvs_model::{CONTRACTS, Captured, FORK, Instance, MAIN, Rules, Violation, stake};

/// `C` forks with bases that nobody ever reaches. `A`'s content is settled with what `A` had at the genesis, and no more than
/// `B`'s with what it has after its batch. `C` claims the genesis towards `A` alone.
fn told_to_one(rules: Rules) -> Instance {
    let scripts = vec![vec![stake(-7)], vec![], vec![stake(0)]];
    let captured = Captured::new(2)
        .proposes_at(1, MAIN, [9; 8], &[0])
        .proposes_at(1, FORK, [9; 8], &[1])
        .claims(2, 1, MAIN, Instance::genesis_base(2, 1), &[0]);
    Instance::new(
        "43/36/21, C claims towards A",
        rules,
        &[43, 36, 21],
        scripts,
    )
    .forks(2, 1, vec![stake(0)])
    .captured(captured)
}

#[test]
fn copies_count_where_any_of_them_counted() {
    holds(&told_to_one(CONTRACTS));
}

#[test]
fn else_a_captured_claimant_tells_one_copy_where_to_count() {
    let rules = Rules {
        claims_repeated: false,
        ..CONTRACTS
    };
    breaks(&told_to_one(rules), &[Violation::ForksDiffer]);
}
