//! One key's wallet on one chain.

use crate::Live;
use tycho_crypto::ed25519::{KeyPair, SecretKey};
use tycho_types::cell::{Cell, CellBuilder, HashBytes};
use tycho_types::error::Error;
use tycho_types::models::{ExtInMsgInfo, MsgInfo, OwnedMessage, StateInit, StdAddr};
use tycho_types::num::Tokens;

use super::action::{MAX_MESSAGES, Outgoing, out_list};
use super::code::wallet_code;
use crate::{
    AccountView, Backend, ChainId, ClientError, FollowLimits, MessageTree, Refusal, follow, getter,
};

/// Default validity of a message, in seconds.
pub const DEFAULT_TTL_S: u32 = 600;

/// Tag of a request that is signed and external.
const SIGNED_EXTERNAL: u32 = 0x7369_676e; // "sign"

/// Number in a wallet's data and all its requests, so that a request is valid for only one network, chain and wallet:
/// the network's id xor the context (1, chain, version 0, number 0).
pub fn wallet_id(network_id: i32, chain: ChainId) -> u32 {
    let context = (1 << 31) | (u32::from(chain.cast_unsigned()) << 23);
    network_id.cast_unsigned() ^ context
}

/// Address of the wallet of a public key (32 bytes) on a chain of a network.
///
/// Fails only when the wallet's code is not available.
pub fn owner_address(
    public_key: [u8; 32],
    chain: ChainId,
    network_id: i32,
) -> Result<StdAddr, ClientError> {
    let (_, address) = state_of(&public_key, chain, wallet_id(network_id, chain))?;
    Ok(address)
}

fn state_of(
    public_key: &[u8; 32],
    chain: ChainId,
    wallet_id: u32,
) -> Result<(StateInit, StdAddr), ClientError> {
    let build = |code| {
        let state = StateInit {
            code: Some(code),
            data: Some(build_data(wallet_id, public_key)?),
            ..StateInit::default()
        };
        let id = *CellBuilder::build_from(&state)?.repr_hash();
        Ok::<_, Error>((state, StdAddr::new(chain, id)))
    };
    build(wallet_code()?).map_err(|cause| ClientError::fault("building a wallet's state", cause))
}

/// The wallet of one key on one chain. One key has another address on each chain.
#[derive(Clone)]
pub struct OwnerWallet {
    keys: KeyPair,
    wallet_id: u32,
    address: StdAddr,
    state_init: StateInit,
    ttl_s: u32,
}

impl std::fmt::Debug for OwnerWallet {
    // The secret key is omitted.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OwnerWallet")
            .field("address", &self.address)
            .field("public_key", &self.public_key())
            .finish_non_exhaustive()
    }
}

impl OwnerWallet {
    /// The wallet of a secret key (32 bytes, RFC 8032) on a chain of a network. The network's id is
    /// its param 19, or whatever its users agree on.
    ///
    /// Fails only when the wallet's code is not available.
    pub fn new(secret: [u8; 32], chain: ChainId, network_id: i32) -> Result<Self, ClientError> {
        let keys = KeyPair::from(&SecretKey::from_bytes(secret));
        let wallet_id = wallet_id(network_id, chain);
        let (state_init, address) = state_of(&keys.public_key.to_bytes(), chain, wallet_id)?;
        Ok(Self {
            keys,
            wallet_id,
            address,
            state_init,
            ttl_s: DEFAULT_TTL_S,
        })
    }

    /// The same wallet, whose messages are valid for `ttl_s` seconds.
    pub fn with_ttl_s(mut self, ttl_s: u32) -> Self {
        self.ttl_s = ttl_s;
        self
    }

    /// Its address.
    pub fn address(&self) -> &StdAddr {
        &self.address
    }

    /// Its public key.
    pub fn public_key(&self) -> HashBytes {
        HashBytes(self.keys.public_key.to_bytes())
    }

    /// Code and data that it is deployed with; the address is their hash.
    pub fn state_init(&self) -> &StateInit {
        &self.state_init
    }

    /// Signs bytes with the owner's key (Ed25519).
    pub fn sign(&self, bytes: &[u8]) -> [u8; 64] {
        self.keys.sign_raw(bytes)
    }

    /// The number that the next request must have, and whether it must include the state.
    ///
    /// Fails with a refusal when the account holds another contract.
    pub fn next_seqno(&self, account: &AccountView) -> Result<(u32, bool), ClientError> {
        let Some(state) = account.state_init() else {
            return Ok((0, true));
        };
        if state.code != self.state_init.code {
            return Err(Refusal::NotTheWallet(self.address.clone()).into());
        }
        Ok((next_request_seqno(account), false))
    }

    /// Builds and signs an external message that makes the wallet send `messages`, in order. `with_state` includes
    /// the wallet's state, which deploys it.
    ///
    /// Fails with a refusal for more than [`MAX_MESSAGES`] messages.
    pub fn build_external(
        &self,
        seqno: u32,
        valid_until: u32,
        with_state: bool,
        messages: &[Outgoing],
    ) -> Result<Cell, ClientError> {
        if messages.len() > MAX_MESSAGES {
            let found = messages.len();
            return Err(Refusal::TooManyMessages {
                found,
                limit: MAX_MESSAGES,
            }
            .into());
        }
        self.build(seqno, valid_until, with_state, messages)
            .map_err(|cause| ClientError::fault("building a wallet's message", cause))
    }

    fn build(
        &self,
        seqno: u32,
        valid_until: u32,
        with_state: bool,
        messages: &[Outgoing],
    ) -> Result<Cell, Error> {
        let mut request = CellBuilder::new();
        request.store_u32(SIGNED_EXTERNAL)?;
        request.store_u32(self.wallet_id)?;
        request.store_u32(valid_until)?;
        request.store_u32(seqno)?;
        if messages.is_empty() {
            request.store_bit_zero()?;
        } else {
            request.store_bit_one()?;
            request.store_reference(out_list(messages)?)?;
        }
        request.store_bit_zero()?; // no other actions
        let signature = self.sign(request.clone().build()?.repr_hash().as_slice());
        request.store_raw(&signature, 512)?;
        CellBuilder::build_from(OwnedMessage {
            info: MsgInfo::ExtIn(ExtInMsgInfo {
                src: None,
                dst: self.address.clone().into(),
                import_fee: Tokens::ZERO,
            }),
            init: with_state.then(|| self.state_init.clone()),
            body: request.build()?.into(),
            layout: None,
        })
    }

    /// Sends messages through the wallet, which is deployed on the way if necessary: its account must hold coins.
    /// Seqno and time come from the network.
    ///
    /// Two calls before the next block of the wallet's chain give two requests with the same seqno, one of which is
    /// rejected: put all messages into one call instead.
    pub fn send(&self, live: &dyn Live, messages: &[Outgoing]) -> Result<HashBytes, ClientError> {
        let (seqno, with_state) = self.next_seqno(&live.account(&self.address)?)?;
        let valid_until = getter::unix_time(live.now_ms()?).saturating_add(self.ttl_s);
        let external = self.build_external(seqno, valid_until, with_state, messages)?;
        live.send(external)
    }

    /// Sends messages and traces them to their end.
    pub fn send_and_follow(
        &self,
        backend: &mut dyn Backend,
        messages: &[Outgoing],
        limits: FollowLimits,
    ) -> Result<MessageTree, ClientError> {
        let hash = self.send(backend, messages)?;
        follow(backend, hash, limits)
    }
}

/// TL-B of the wallet's data: signature allowed, seqno, wallet id, key, extensions.
fn build_data(wallet_id: u32, public_key: &[u8; 32]) -> Result<Cell, Error> {
    let mut data = CellBuilder::new();
    data.store_bit_one()?;
    data.store_u32(0)?;
    data.store_u32(wallet_id)?;
    data.store_u256(&HashBytes(*public_key))?;
    data.store_bit_zero()?;
    data.build()
}

/// The number of a signed request, as made by [`OwnerWallet::build_external`]; `None` if the message is not one.
pub fn request_seqno(message: &Cell) -> Option<u32> {
    let parsed = message.parse::<tycho_types::models::Message<'_>>().ok()?;
    let mut body = parsed.body;
    if body.load_u32().ok()? != SIGNED_EXTERNAL {
        return None;
    }
    body.load_u32().ok()?; // wallet
    body.load_u32().ok()?; // valid until
    body.load_u32().ok()
}

/// The number that the next request of a standard wallet must have: 0 before it is deployed.
pub fn next_request_seqno(account: &AccountView) -> u32 {
    let read = || {
        let mut data = account.data()?.as_slice().ok()?;
        data.load_bit().ok()?; // signature allowed
        data.load_u32().ok()
    };
    read().unwrap_or(0)
}
