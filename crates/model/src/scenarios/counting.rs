//! Counting votes while stakes move, and the state that a copy stores for that.

use crate::{Base, CONTRACTS, Captured, ContentId, FORK, Instance, MAIN, Rules, stake};

use super::{Scenario, story};

/// Returns the rules of the contracts with another bound on the history.
pub const fn remembering(history: u16) -> Rules {
    Rules {
        history,
        ..CONTRACTS
    }
}

/// `C` may fall silent before or after it has added to its stake; in the second case `A` and `B` are a majority only
/// for a copy that applies `A`'s batch before `C`'s.
pub fn stake_moves_to_a_silent_chain(rules: Rules) -> Instance {
    let scripts = vec![vec![stake(100)], vec![], vec![stake(70)]];
    Instance::new(
        "20/20/20, C grows and falls silent",
        rules,
        &[20, 20, 20],
        scripts,
    )
    .falls_silent(&[2], 1)
}

/// `C` has the majority and may fall silent; it comes back to `A` and `B` with `A`'s batch.
pub fn stake_moves_to_the_live_chains(rules: Rules) -> Instance {
    let scripts = vec![vec![stake(30)], vec![stake(1)], vec![]];
    Instance::new(
        "20/20/60, A grows, C falls silent",
        rules,
        &[20, 20, 60],
        scripts,
    )
    .falls_silent(&[2], 1)
}

/// Both movements at the same time.
pub fn stake_moves_both_ways(rules: Rules) -> Instance {
    let scripts = vec![vec![stake(100)], vec![stake(60)], vec![stake(70)]];
    Instance::new(
        "20/10/60, all grow, C falls silent",
        rules,
        &[20, 10, 60],
        scripts,
    )
    .falls_silent(&[2], 1)
}

/// Stakes move while all chains are live.
pub fn all_live(rules: Rules) -> Instance {
    let scripts = vec![
        vec![stake(25), stake(-30)],
        vec![stake(20), stake(20)],
        vec![],
    ];
    Instance::new("40/30/30, short history", rules, &[40, 30, 30], scripts)
}

/// `C` had 60 of 100 and left with 40. While `A` is silent, `B` and `C` have 30 of 60 and cannot decide anything,
/// unless `C` counts at a base from before it left.
pub fn old_weight(rules: Rules) -> Instance {
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

/// `C` forks with bases that are never reached. `A`'s content is settled with the stake that `A` had at the genesis,
/// and `B`'s only with its stake after its batch. `C` claims the genesis towards `A` alone.
pub fn claimed_to_one(rules: Rules) -> Instance {
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

/// `C` is captured and forks, while the stake of `B` moves and weighs more for the one that `B` voted for.
pub fn fork_while_a_voter_grows(rules: Rules) -> Instance {
    let scripts = vec![vec![stake(0)], vec![stake(10)], vec![stake(6)], vec![]];
    let captured = Captured::new(2)
        .proposes_at(1, MAIN, [2, 1, 0, 2, 0, 0, 0, 0], &[0])
        .votes(1, 1, FORK, &[3])
        .proposes(1, FORK, &[1]);
    Instance::new("46/40/33/M, C forks", rules, &[46, 40, 33, 0], scripts)
        .forks(2, 2, vec![stake(0)])
        .masterchain(3)
        .captured(captured)
}

/// `C` may have both proposals of `A` before it has a vote for the first one.
pub fn ahead(window: u16) -> Instance {
    let rules = Rules {
        window,
        ..CONTRACTS
    };
    let scripts = vec![vec![stake(1), stake(2)], vec![], vec![]];
    Instance::new("35/50/15, A is ahead", rules, &[35, 50, 15], scripts)
}

/// `B` forks towards `A` and `C`, whose stakes fall: both contents have a majority at some base.
pub fn two_majorities(rules: Rules) -> Instance {
    let scripts = vec![vec![stake(-7)], vec![stake(0)], vec![stake(-6)], vec![]];
    let captured = Captured::new(1)
        .proposes(1, FORK, &[2])
        .proposes(1, MAIN, &[0]);
    Instance::new("47/30/45/M, B forks", rules, &[47, 30, 45, 0], scripts)
        .forks(1, 1, vec![stake(0)])
        .masterchain(3)
        .captured(captured)
}

/// `B` forks towards `A` and `C`, and stakes move twice: the base at which a copy first found its content applicable
/// differs from the one at which it finds it settled.
pub fn majorities_move(rules: Rules) -> Instance {
    let scripts = vec![
        vec![stake(5), stake(-3)],
        vec![stake(0)],
        vec![stake(-3), stake(10)],
        vec![],
    ];
    let captured = Captured::new(1)
        .proposes(1, FORK, &[2])
        .proposes(1, MAIN, &[0]);
    Instance::new("44/32/43/M, B forks", rules, &[44, 32, 43, 0], scripts)
        .forks(1, 1, vec![stake(0)])
        .masterchain(3)
        .captured(captured)
}

pub(super) fn all() -> Vec<Scenario> {
    use crate::CountRule::{CurrentTotals, ProposalBase, Unannounced};
    let counting = |count| Rules { count, ..CONTRACTS };
    let (heavy, repeated) = (
        Rules {
            origin_weight_before_batch: false,
            ..CONTRACTS
        },
        Rules {
            claims_repeated: false,
            ..CONTRACTS
        },
    );
    let narrow = Rules {
        window: 1,
        ..CONTRACTS
    };
    vec![
        story(
            "stake_moves_to_a_silent_chain",
            stake_moves_to_a_silent_chain,
        )
        .without(counting(CurrentTotals)),
        story(
            "stake_moves_to_the_live_chains",
            stake_moves_to_the_live_chains,
        )
        .without(counting(ProposalBase)),
        story("stake_moves_both_ways", stake_moves_both_ways).without(counting(ProposalBase)),
        story("all_live", all_live).plain(),
        story("one_that_grew_falls_silent", stake_moves_to_a_silent_chain).without(remembering(1)),
        story("old_weight", old_weight).without(heavy),
        story("claimed_to_one", claimed_to_one).without(repeated),
        story("fork_while_a_voter_grows", fork_while_a_voter_grows).plain(),
        story("ahead", |rules| ahead(rules.window)).without(narrow),
        story("two_majorities", two_majorities).without(counting(Unannounced)),
        story("majorities_move", majorities_move).without(counting(Unannounced)),
    ]
}
