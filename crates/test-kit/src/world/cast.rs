//! The network's spec, and all users with their keys.

use ddvs_client::seeded::{ConsensusKey, Person};
use ddvs_types::{COIN_U64, MASTERCHAIN};
use ddvs_zerostate::{AccountSpec, ChainSpec, Spec, Terms, ValidatorSpec};

use super::NETWORK_ID;
use crate::Shape;

/// Owners of genesis validators with their keys, by chain.
pub(super) type Owners = Vec<Vec<(Person, ConsensusKey)>>;

/// The spec for a shape.
pub(super) fn cast(shape: &Shape) -> (Spec, Owners, Vec<Vec<Person>>) {
    let person = |name: String, chain: i8| {
        Person::new(shape.seed, &name, chain, NETWORK_ID).expect("the wallet's code is at hand")
    };
    let chains: Vec<i8> = (MASTERCHAIN..shape.stakes.len() as i8).collect();
    let people: Vec<Vec<Person>> = chains
        .iter()
        .map(|&chain| {
            let name = |index| format!("person {index} of {chain}");
            (0..shape.people)
                .map(|index| person(name(index), chain))
                .collect()
        })
        .collect();
    let (mut owners, mut validators) = (Owners::new(), Vec::new());
    for (chain, stakes) in shape.stakes.iter().enumerate() {
        let mut list = Vec::new();
        for (index, &stake) in stakes.iter().enumerate() {
            let name = format!("validator {index} of {chain}");
            let key = ConsensusKey::new(shape.seed, &name);
            let owner = person(name, chain as i8);
            validators.push(ValidatorSpec {
                chain: chain as i8,
                owner: owner.address().clone(),
                key: key.public(),
                stake_nano: stake * COIN_U64,
                terms: Terms {
                    nonce: index as u64,
                    ..shape.terms.clone()
                },
            });
            list.push((owner, key));
        }
        owners.push(list);
    }
    let everybody = people
        .iter()
        .flatten()
        .chain(owners.iter().flatten().map(|(owner, _)| owner));
    let accounts = everybody
        .map(|person| AccountSpec {
            address: person.address().clone(),
            state_init: None,
            balance_nano: shape.pocket * COIN_U64,
        })
        .collect();
    let spec = Spec {
        name: format!("test world {}", shape.seed),
        start_time: 1_800_000_000,
        global_id: NETWORK_ID,
        chains: chains
            .into_iter()
            .map(|id| ChainSpec {
                id,
                block_time_ms: shape.block_time_ms,
            })
            .collect(),
        limits: shape.limits.clone(),
        prices: shape.prices.clone(),
        validators,
        accounts,
    };
    (spec, owners, people)
}
