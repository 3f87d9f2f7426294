//! The engine's identity in the network.

use malachitebft_app_channel::app::types::Keypair;
use malachitebft_app_channel::app::types::codec::Codec;
use malachitebft_app_channel::{NetworkIdentity, Signer as _};
use sha2::{Digest, Sha256};

use crate::codec::WireCodec;
use crate::engine::EngineConfig;
use crate::signer::VoteSigner;

/// The engine's identity in the network, bound to the validator's key. It is the same after a restart.
pub(crate) async fn of(
    config: &EngineConfig,
    signer: &VoteSigner,
    codec: WireCodec,
) -> Result<NetworkIdentity, String> {
    let seed = Sha256::new()
        .chain_update(b"ddvs identity of an engine")
        .chain_update(config.secret_key.as_bytes())
        .chain_update(config.scope.genesis.as_slice())
        .chain_update(config.scope.chain.to_be_bytes())
        .chain_update([config.scope.incarnation])
        .finalize();
    let seed: [u8; 32] = seed.into();
    let keypair = Keypair::ed25519_from_bytes(seed).map_err(|error| error.to_string())?;
    let peer_id = keypair.public().to_peer_id().to_bytes();
    let me = signer.public_key();
    let proof = signer
        .sign_validator_proof(me.0.as_slice().to_vec(), peer_id)
        .await
        .map_err(|error| error.to_string())?;
    let proof = codec.encode(&proof).map_err(|error| error.to_string())?;
    let moniker = format!("chain {}", config.scope.chain);
    Ok(NetworkIdentity::new_validator(
        moniker,
        keypair,
        me.to_string(),
        proof,
    ))
}
