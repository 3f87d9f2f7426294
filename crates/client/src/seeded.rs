//! Users whose keys follow from a seed and their names, so that a demo or a test can be repeated.

use ddvs_contracts::messages::PossessionProof;
use ddvs_contracts::signing;
use tycho_crypto::ed25519::{KeyPair, SecretKey};
use tycho_types::boc::Boc;
use tycho_types::cell::HashBytes;
use tycho_types::models::StdAddr;

use crate::{ClientError, OwnerWallet};

/// Returns the secret key of a name on a network of this seed: anyone can compute it, so it is for demos and tests only.
pub fn secret(seed: u64, name: &str) -> [u8; 32] {
    let text = format!("ddvs story {seed} {name}");
    Boc::file_hash(text.as_bytes()).0
}

/// A user with an account.
#[derive(Debug, Clone)]
pub struct Person {
    /// Its name.
    pub name: String,
    /// The account's wallet.
    pub wallet: OwnerWallet,
}

impl Person {
    /// Returns the user with this name and an account on `chain`.
    pub fn new(seed: u64, name: &str, chain: i8, network_id: i32) -> Result<Self, ClientError> {
        let wallet = OwnerWallet::new(secret(seed, name), chain, network_id)?;
        Ok(Self {
            name: name.to_owned(),
            wallet,
        })
    }

    /// Returns the account's address.
    pub fn address(&self) -> &StdAddr {
        self.wallet.address()
    }
}

/// A consensus key.
#[derive(Clone)]
pub struct ConsensusKey {
    pair: KeyPair,
}

impl std::fmt::Debug for ConsensusKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("ConsensusKey").field(&self.public()).finish()
    }
}

impl ConsensusKey {
    /// The key of this name.
    pub fn new(seed: u64, name: &str) -> Self {
        let secret = secret(seed, &format!("consensus key of {name}"));
        Self {
            pair: KeyPair::from(&SecretKey::from_bytes(secret)),
        }
    }

    /// Returns a key that is kept elsewhere.
    pub fn from_pair(pair: KeyPair) -> Self {
        Self { pair }
    }

    /// Returns the public key as the contracts store it.
    pub fn public(&self) -> HashBytes {
        HashBytes(self.pair.public_key.to_bytes())
    }

    /// Returns the key's proof of possession for a Root.
    pub fn prove(&self, genesis: &HashBytes, root: &StdAddr) -> PossessionProof {
        signing::prove_possession(&self.pair, genesis, root)
    }

    /// Returns the key pair, to sign votes.
    pub fn pair(&self) -> &KeyPair {
        &self.pair
    }
}
