//! All tests of this crate in one binary: linking one for each file takes most of the time to build them.

#[path = "../common/mod.rs"]
mod common;

mod asking;
mod bounds;
mod captured_base;
mod counting;
mod forged;
mod fork;
mod grades;
mod history;
mod keys;
mod late_vote;
mod lying_voter;
mod masterchain;
mod objective_checks;
mod one_in_flight;
mod one_vote_each;
mod own_batch;
mod random;
mod reduction;
mod repeated_claims;
mod scenarios;
mod shares;
mod silence;
mod stake_to_move;
mod stories;
mod thirds;
mod votes_name_content;
mod votes_wait;
mod withheld;
