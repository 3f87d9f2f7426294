//! However many Roots a captured chain registers and removes, every copy has room for its registry.

use ddvs_zerostate::{Limits, Prices};

#[test]
fn many_chains_have_room_for_fewer_roots_each() {
    let max_roots = |workchains: usize| {
        let params = Prices::default().params(&Limits::default(), workchains + 1, false);
        params.max_roots
    };
    assert_eq!([1, 2, 8, 23].map(max_roots), [20_000, 20_000, 5_750, 1_673]);
    for workchains in 1..=23 {
        let roots = u64::from(Limits::most_roots(workchains));
        // two cells for each Root and key, removed ones included
        let cells = workchains as u64 * 2 * (5 * roots + 5 * (roots + 1_000));
        assert!(cells <= 1_000_000, "{workchains} workchains: {cells}");
    }
}
