//! A story: validators and users of one world do what they usually do, and some try what is refused.
//!
//! It is for tests of programs that read a network's history: [`World::watch`] gives them each block as it is made. A
//! newcomer becomes a validator, a user of another chain stakes, unstakes and withdraws, a batch waits while chains are
//! silent, owners pay each other, forgeries are refused, stakes are slashed, and a validator is removed while the
//! masterchain is silent. Each step panics when its effect is not the expected one.

mod evidence;
mod forgeries;
mod payments;
mod stakes;

use ddvs_client::seeded::Person;
use ddvs_client::{MessageTree, Outgoing};
use ddvs_contracts::ExitCode;
use ddvs_ledger::DelayPlan;

use crate::{Shape, World};

/// Longest delay of a message between chains, in ms: less than a block.
const MAX_DELAY_MS: u64 = 300;

/// Shape of the story's world: a masterchain, in whose set eight of twelve genesis validators have a place, and three
/// workchains; messages between chains have random delays.
pub fn shape() -> Shape {
    let mut shape = Shape {
        delays: DelayPlan::random(1, MAX_DELAY_MS),
        ..Shape::default()
    };
    shape.limits.main_validators = 8;
    shape
}

/// Tells the story in a world of [`shape`] that has just started; leaves it at rest, with all chains alive.
pub fn tell(world: &mut World) {
    let nora = stakes::newcomer_joins(world);
    stakes::user_of_another_chain_stakes(world, &nora);
    stakes::batch_waits_for_its_majority(world, &nora);
    stakes::user_leaves_in_part(world, &nora);
    payments::owners_pay(world);
    payments::wallet_is_emptied(world);
    payments::too_little_and_in_vain(world, &nora);
    forgeries::all_are_refused(world, &nora);
    evidence::newcomer_is_slashed(world, &nora);
    evidence::masterchain_is_silent(world);
    world.settle();
    world.check_at_rest();
}

/// Fails when a message of this tree did not do what it should.
#[track_caller]
fn assert_success(tree: &MessageTree) {
    assert!(tree.succeeded(), "a message failed:\n{tree}");
}

/// Sends a message, which its receiver must refuse with this exit code and without any change of its data.
#[track_caller]
fn refused(world: &mut World, who: &Person, message: Outgoing, code: ExitCode) {
    let to = message.to.clone();
    let before = world.data_hash(&to);
    let tree = world.act(who, &[message]);
    assert_eq!(tree.exit_code_at(&to), Some(code.code()), "{tree}");
    assert_eq!(world.data_hash(&to), before, "a refused message changed it");
}
