//! Contracts with one rule of the agreement removed: traces of the model detect them.

use ddvs_model::random::{attacked, instance};
use ddvs_model::scenarios;
use ddvs_model::{CONTRACTS, Instance};
use ddvs_network_tests::mutants::codes;
use ddvs_replay::{play, tell};

/// Traces on a mutant before it counts as unnoticed.
const MAX_TRACES: u64 = 1_500;

/// Honest chains, a captured one with less than a third, and one with less than half, by turns.
fn network(seed: u64) -> Instance {
    match seed % 3 {
        0 => instance(CONTRACTS, 3 + (seed % 2) as usize, 3, seed).pauses(&[0, 1], 1),
        1 => attacked(CONTRACTS, 10..33, seed),
        _ => attacked(CONTRACTS, 33..50, seed),
    }
}

/// One test a mutant. One that few traces notice names the first trace to try.
macro_rules! mutants {
    ($($test:ident: $mutant:literal $(from $first:literal)?;)*) => {
        $(
            #[test]
            fn $test() {
                let codes = codes("delector", $mutant);
                let first = 0 $(+ $first)?;
                let found = (first..first + MAX_TRACES).find_map(|seed| Some((seed, play(&network(seed), &codes, seed).err()?)));
                let (seed, mismatch) = found.expect("a trace differs");
                println!("{} noticed in trace {seed}: {mismatch}", $mutant);
            }
        )*
    };
}

mutants! {
    copies_count_a_second_vote: "copies-count-a-second-vote";
    copies_vote_again: "copies-vote-again";
    copies_weigh_an_origin_at_its_base: "copies-weigh-an-origin-at-its-base";
    copies_keep_relays_without_a_vote: "copies-keep-relays-without-a-vote";
    anybody_vouches: "anybody-vouches";
    a_third_always_vouches: "a-third-always-vouches";
    nothing_is_taken_back: "nothing-is-taken-back";
    claims_are_not_told: "claims-are-not-told";
    claims_are_not_counted: "claims-are-not-counted";
    copies_take_a_second_proposal: "copies-take-a-second-proposal";
    late_votes_are_forgotten: "late-votes-are-forgotten";
    copies_ask_nobody: "copies-ask-nobody";
    copies_ask_one_voter_again: "copies-ask-one-voter-again";
    told_after_a_relay_is_no_word: "told-after-a-relay-is-no-word";
    current_totals_do_not_count: "current-totals-do-not-count";
    the_masterchain_votes: "the-masterchain-votes";
    copies_never_look_back: "copies-never-look-back";
    further_votes_are_not_booked: "further-votes-are-not-booked";
    what_was_weighed_holds_for_ever: "what-was-weighed-holds-for-ever";
    votes_are_not_added_to_what_was_weighed: "votes-are-not-added-to-what-was-weighed";
    copies_ask_for_what_few_vote_for: "copies-ask-for-what-few-vote-for";
    copies_ask_too_late: "copies-ask-too-late";
    copies_wait_for_too_much_stake_to_move: "copies-wait-for-too-much-stake-to-move";
    copies_wait_for_nothing: "copies-wait-for-nothing";
    what_is_known_opens_no_number: "what-is-known-opens-no-number";
    applying_opens_no_number: "applying-opens-no-number";
    taking_back_opens_no_number: "taking-back-opens-no-number";
    what_was_contested_is_not_looked_at_again: "what-was-contested-is-not-looked-at-again" from 3_000;
    what_is_known_wakes_nobody: "what-is-known-wakes-nobody";
    copies_sleep_whatever_moves: "copies-sleep-whatever-moves";
    what_is_vouched_for_later_does_not_count: "what-is-vouched-for-later-does-not-count";
    what_all_vouch_for_together_counts: "what-all-vouch-for-together-counts";
    a_chain_votes_again_for_what_does_not_count: "a-chain-votes-again-for-what-does-not-count";
    who_voted_for_another_votes_again: "who-voted-for-another-votes-again";
    votes_before_a_proposal_are_lost: "votes-before-a-proposal-are-lost";
    votes_before_a_proposal_count_twice: "votes-before-a-proposal-count-twice";
    what_is_brought_stays_unvouched: "what-is-brought-stays-unvouched";
    whom_a_poke_asks_is_forgotten: "whom-a-poke-asks-is-forgotten";
    the_total_stays_at_an_applied_number: "the-total-stays-at-an-applied-number";
}

/// A scenario in its own order detects the mutant of its rule. The other mutants need random orders.
#[test]
fn scenarios_detect_the_mutant_of_their_rule() {
    let stories = scenarios::all();
    for (mutant, name) in [
        ("copies-vote-again", "one_to_each"),
        ("anybody-vouches", "forged [45, 45, 10]"),
        ("a-third-always-vouches", "forged [15, 45, 40]"),
        ("nothing-is-taken-back", "one_to_each_undone"),
        ("claims-are-not-told", "two_majorities"),
        ("nobody-asks-where-others-counted", "majorities_move"),
        ("who-has-a-batch-gets-it-again", "claimed_to_one"),
        ("pokes-never-begin-anew", "claimed_to_one"),
        ("claims-are-not-counted", "claimed_to_one"),
        ("late-votes-are-forgotten", "foretold"),
        ("copies-ask-nobody", "withheld"),
        ("copies-ask-one-voter-again", "voter_falls_silent"),
        ("told-after-a-relay-is-no-word", "overtaken"),
        (
            "current-totals-do-not-count",
            "stake_moves_to_the_live_chains",
        ),
        ("the-masterchain-votes", "masterchain_follows"),
    ] {
        let story = stories.iter().find(|story| story.name == name);
        let story = story.expect("there is such a story");
        let told = tell(story, &codes("delector", mutant));
        let mismatch = told.expect_err(mutant);
        println!("{mutant} noticed in {name}: {mismatch}");
    }
}
