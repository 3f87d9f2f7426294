//! The scenario on an existing network: its validators, and users whose coins come from its faucet.

use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail};
use ddvs_client::seeded::{ConsensusKey, Person};
use ddvs_client::{Backend, FollowLimits, Outgoing, OwnerWallet, follow};
use ddvs_contracts::{Codes, Network};
use ddvs_scenario::setup::POCKET;
use ddvs_scenario::{People, Story, ValidatorCast};
use ddvs_tycho::{Layout, NetworkFile, StoredKey};
use ddvs_types::COIN;

/// Number of blocks, of all chains together, within which everyone must have their coins.
const MAX_BLOCKS: usize = 400;

/// The participants of a scenario on a network of nodes, and their preparation.
pub struct Guests {
    /// The scenario.
    pub story: Story,
    people: People,
    faucet: StoredKey,
    global_id: i32,
}

impl Guests {
    /// Reads keys from the network's directory. The newcomer's consensus key is that of the first node that does not validate.
    ///
    /// Fails only when a key is missing, or every node validates.
    pub fn new(layout: &Layout, network: &NetworkFile) -> Result<Self> {
        let global_id = network.global_id;
        let last = network.chains.iter().map(|chain| chain.id).max();
        let Some(last) = last.filter(|&last| last >= 1) else {
            bail!("the story needs at least 2 workchains: make the network with `--workchains 2`");
        };
        let mut validators = Vec::new();
        for root in &network.roots {
            let address: tycho_types::models::StdAddr = root.address.parse()?;
            let owner = StoredKey::read(&layout.key(&root.owner))?;
            let node = StoredKey::read(&layout.node_key(root.node))?;
            validators.push(ValidatorCast {
                owner: Person {
                    name: format!("validator {}", root.node),
                    wallet: OwnerWallet::new(owner.secret.0, address.workchain, global_id)?,
                },
                key: ConsensusKey::from_pair(node.pair()),
                chain: address.workchain,
                root: address,
            });
        }
        let newcomer = network
            .nodes
            .iter()
            .find(|node| network.roots.iter().all(|root| root.node != node.index))
            .context("every node validates: the story needs one that does not yet (`--nodes` above `--validators`)")?;
        let nora_key =
            ConsensusKey::from_pair(StoredKey::read(&layout.node_key(newcomer.index))?.pair());
        let since = SystemTime::now().duration_since(UNIX_EPOCH)?;
        let seed = since.as_secs();
        // the attacker's other account must not be on the chain of the scenario's Root
        let elsewhere = if last == 1 { 0 } else { last };
        let people = People::new(seed, elsewhere, global_id)?;
        let genesis = network
            .genesis
            .parse()
            .context("reading the network's genesis")?;
        Ok(Self {
            story: Story {
                network: Network::with_codes(genesis, &Codes::default()),
                cast: people.clone().cast(validators, nora_key),
                seed,
            },
            people,
            faucet: StoredKey::read(&layout.key("faucet"))?,
            global_id,
        })
    }

    /// Gives everyone their coins, from the faucet of their own chain.
    ///
    /// Fails when the faucet is empty, or the coins do not arrive in time.
    pub fn fund(&self, backend: &mut dyn Backend) -> Result<()> {
        let chains: Vec<_> = backend.chains()?.iter().map(|chain| chain.id).collect();
        let mut sent = Vec::new();
        for chain in chains {
            let gifts: Vec<_> = self
                .people
                .all()
                .into_iter()
                .filter(|person| person.address().workchain == chain)
                .map(|person| {
                    Outgoing::transfer(person.address().clone(), u128::from(POCKET) * COIN)
                })
                .collect();
            if gifts.is_empty() {
                continue;
            }
            let faucet = OwnerWallet::new(self.faucet.secret.0, chain, self.global_id)?;
            let hash = faucet
                .send(backend, &gifts)
                .context("sending from the faucet")?;
            sent.push(hash);
        }
        for hash in sent {
            let mut blocks = 0;
            while !follow(backend, hash, FollowLimits::NO_WAIT)?.is_settled() {
                if blocks == MAX_BLOCKS {
                    bail!("coins from the faucet do not arrive: see `ddvs tycho status`");
                }
                backend.next_block()?;
                blocks += 1;
            }
        }
        Ok(())
    }
}
