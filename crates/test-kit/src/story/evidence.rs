//! Validators that signed twice: forged and real evidence, and a removal without the masterchain.

use ddvs_contracts::ExitCode;
use ddvs_contracts::messages::Evidence;

use super::{assert_success, refused};
use crate::{Validator, World};

/// Walter blames Nora: with forged evidence, with real one, and again. She is removed, and all with a stake are slashed.
pub(super) fn newcomer_is_slashed(world: &mut World, nora: &Validator) {
    let walter = world.person(2, 0);
    let real = world.double_vote(&nora.key, -1, 1_000);
    let other_height = Evidence {
        height: real.height + 1,
        ..real.clone()
    };
    let one_vote_twice = Evidence {
        second: real.first.clone(),
        ..real.clone()
    };
    for forged in [other_height, one_vote_twice] {
        let message = world.evidence_message(1, &forged);
        refused(world, &walter, message, ExitCode::EvidenceForged);
    }
    assert!(world.in_set(-1, &nora.key));

    assert_success(&world.accuse(&walter, 1, &real));
    assert_eq!(world.entry(&nora.root), None);
    assert!(world.root_state(&nora.root).is_removed());
    for chain in world.chains() {
        assert!(!world.in_set(chain, &nora.key), "the set of chain {chain}");
    }
    // a wallet pays when it next acts, or when anyone asks it to settle
    let treasury = world.storage(1).treasury;
    for owner in [nora.owner.clone(), world.person(0, 0)] {
        assert_success(&world.settle_position(&walter, &owner, &nora.root));
    }
    assert!(world.storage(1).treasury > treasury);
    let again = world.evidence_message(1, &real);
    refused(world, &walter, again, ExitCode::EvidenceTwice);
}

/// The masterchain is silent while workchain 0 removes one of its validators, and follows when it is back.
pub(super) fn masterchain_is_silent(world: &mut World) {
    let (walter, culprit) = (world.person(2, 0), world.validator(0, 3));
    assert!(world.in_set(-1, &culprit.key));
    world.silence(-1);
    let evidence = world.double_vote(&culprit.key, -1, 2_000);
    let message = world.evidence_message(0, &evidence);
    world.send(&walter, &[message]);
    world.pass(15);
    assert!(!world.in_set(0, &culprit.key));
    for copy in [0, 1, 2] {
        let delector = world.delector(copy);
        let entry = delector.root_entry(&world.net, culprit.root.address());
        assert_eq!(entry.expect("the copy is there"), None, "copy {copy}");
    }
    assert!(world.in_set(-1, &culprit.key));
    world.resume(-1);
    world.settle();
    assert!(!world.in_set(-1, &culprit.key));
}
