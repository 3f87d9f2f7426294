//! Names of the accounts whose keys follow from a devnet's seed.

use std::collections::BTreeMap;

use anyhow::Result;
use ddvs_client::{ChainId, MASTERCHAIN, OwnerWallet};
use tycho_types::models::StdAddr;

use super::people::{USERS, secret_of};
use crate::{DevnetOptions, GLOBAL_ID, Keys};

/// Maximum number of later validators with a name: in a long-running devnet further ones have none.
const MAX_NAMED: u32 = 500;
/// Maximum number of genesis validators with a name.
const MAX_GENESIS: usize = 2_000;

/// Returns names by account: `faucet`, and `genesis-0.1` for the owner of the second genesis validator of workchain 0. With
/// simulated users also `user-3`, `watcher`, and `validator-5` for later validators.
///
/// Fails only when keys of the options make no accounts, which they do.
pub fn names(options: &DevnetOptions, has_people: bool) -> Result<BTreeMap<StdAddr, String>> {
    let mut names = BTreeMap::new();
    let mut name = |secret: [u8; 32], chain: ChainId, name: String| -> Result<()> {
        let wallet = OwnerWallet::new(secret, chain, GLOBAL_ID)?;
        names.insert(wallet.address().clone(), name);
        Ok(())
    };
    let keys = Keys::of(options);
    let workchains: Vec<ChainId> = (0..options.workchains.cast_signed()).collect();
    for &chain in workchains.iter().chain([&MASTERCHAIN]) {
        name(keys.faucet, chain, "faucet".to_owned())?;
    }
    let each = usize::from(options.validators).max(1);
    for (number, own) in keys.validators.iter().enumerate().take(MAX_GENESIS) {
        let chain = ChainId::try_from(number / each)?;
        name(
            own.owner,
            chain,
            format!("genesis-{chain}.{}", number % each),
        )?;
    }
    if !has_people || workchains.is_empty() {
        return Ok(names);
    }
    // by the names from which `people` derives the keys
    let secret = |name: &str| secret_of(options.seed, name);
    for number in 0..USERS {
        let chain = workchains[number % workchains.len()];
        let own = format!("user {}", number + 1);
        name(secret(&own), chain, format!("user-{}", number + 1))?;
    }
    name(secret("the watcher"), 0, "watcher".to_owned())?;
    for number in 0..MAX_NAMED {
        let chain = workchains[number as usize % workchains.len()];
        let own = format!("validator {}", number + 1);
        name(secret(&own), chain, format!("validator-{}", number + 1))?;
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::super::people::People;
    use super::names;
    use crate::{Devnet, DevnetOptions, Keys};

    #[test]
    fn account_names_equal_the_names_of_simulated_users() {
        let options = DevnetOptions::default();
        let devnet = Devnet::new(&options, &Keys::of(&options), 1_800_000_000).unwrap();
        let people = People::new(&options, &devnet.network().unwrap()).unwrap();
        let names = names(&options, true).unwrap();
        for validator in &people.genesis {
            let own = validator
                .owner
                .name
                .replace("genesis validator ", "genesis-");
            assert_eq!(names[validator.owner.address()], own);
        }
        for user in &people.users {
            assert_eq!(names[user.address()], user.name.replace(' ', "-"));
        }
        for number in [0, 7, 40] {
            let comer = people.comer(number).unwrap();
            assert_eq!(
                names[comer.owner.address()],
                format!("validator-{}", number + 1)
            );
        }
        assert_eq!(names[people.watcher.address()], "watcher");
        for faucet in people.faucets.values() {
            assert_eq!(names[faucet.address()], "faucet");
        }
        assert!(
            !super::names(&options, false)
                .unwrap()
                .values()
                .any(|name| name.starts_with("user"))
        );
    }
}
