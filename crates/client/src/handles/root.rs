//! The DePool Root of one validator.

use ddvs_contracts::messages::{
    CloseRoot, DeployWallet, Message, PossessionProof, RegisterKey, SyncStake, TakeSurplus,
};
use ddvs_contracts::reserves::root_reserve_nano;
use ddvs_contracts::storage::{RootState, RootStorage};
use ddvs_contracts::{Codes, Network, RootTerms, address};
use tycho_types::cell::{Cell, HashBytes, Lazy};
use tycho_types::error::Error;
use tycho_types::models::StdAddr;

use super::{params, read_active, storage_prices};
use crate::{ChainId, ClientError, Live, Outgoing};

/// A DePool Root.
#[derive(Debug, Clone)]
pub struct DePoolRoot {
    codes: Codes,
    network: Network,
    terms: RootTerms,
    address: StdAddr,
}

impl DePoolRoot {
    /// The Root with these terms on `chain`, deployed or not.
    ///
    /// Fails with a fault when a cell cannot be built, which its sizes forbid.
    pub fn new(network: &Network, chain: ChainId, terms: RootTerms) -> Result<Self, ClientError> {
        Self::with_codes(&Codes::default(), network, chain, terms)
    }

    /// Like [`Self::new`], in a network that runs other contracts than the committed ones.
    pub fn with_codes(
        codes: &Codes,
        network: &Network,
        chain: ChainId,
        terms: RootTerms,
    ) -> Result<Self, ClientError> {
        let address = address::root_state_init_with(codes, network, chain, &terms)
            .and_then(|state| address::address_of(chain, &state))
            .map_err(fault)?;
        Ok(Self {
            codes: codes.clone(),
            network: network.clone(),
            terms,
            address,
        })
    }

    /// The Root at an address, with the terms in its data. Whether it is authentic follows from them: the address of
    /// a handle is always computed.
    ///
    /// Fails with a refusal when the account is not active or is not a Root of this network.
    pub fn fetch(
        live: &dyn Live,
        network: &Network,
        address: &StdAddr,
    ) -> Result<Self, ClientError> {
        let storage: RootStorage = read_active(live, address)?;
        let terms = storage.terms.load().map_err(fault)?;
        let root = Self::new(network, address.workchain, terms)?;
        if root.address == *address {
            Ok(root)
        } else {
            Err(crate::Refusal::NotTheWallet(address.clone()).into())
        }
    }

    /// Its address.
    pub fn address(&self) -> &StdAddr {
        &self.address
    }

    /// Its terms, which can never change.
    pub fn terms(&self) -> &RootTerms {
        &self.terms
    }

    /// Deploys it; the value is its reserve for storage.
    pub fn deploy(&self, value_nano: u128) -> Result<Outgoing, ClientError> {
        let chain = self.address.workchain;
        let state = address::root_state_init_with(&self.codes, &self.network, chain, &self.terms)
            .map_err(fault)?;
        Ok(Outgoing::new(self.address.clone(), value_nano, Cell::default()).with_state_init(state))
    }

    /// Registers a consensus key (owner only).
    pub fn register_key(
        &self,
        key: HashBytes,
        proof: &PossessionProof,
        value_nano: u128,
        query_id: u64,
    ) -> Result<Outgoing, ClientError> {
        let proof = Lazy::new(proof).map_err(fault)?;
        self.send(
            RegisterKey {
                query_id,
                key,
                proof,
            },
            value_nano,
        )
    }

    /// Leaves the set and lets all stakes unlock (owner only).
    pub fn close(&self, value_nano: u128, query_id: u64) -> Result<Outgoing, ClientError> {
        self.send(CloseRoot { query_id }, value_nano)
    }

    /// Requests again what the D'Elector does not count yet (anyone).
    pub fn sync(&self, value_nano: u128, query_id: u64) -> Result<Outgoing, ClientError> {
        self.send(SyncStake { query_id }, value_nano)
    }

    /// Pays out its surplus (owner only).
    pub fn take_surplus(&self, value_nano: u128, query_id: u64) -> Result<Outgoing, ClientError> {
        self.send(TakeSurplus { query_id }, value_nano)
    }

    /// Deploys the wallet of `owner` on `chain`; the value becomes its free coins (anyone).
    pub fn deploy_wallet(
        &self,
        owner: &StdAddr,
        chain: ChainId,
        value_nano: u128,
        query_id: u64,
    ) -> Result<Outgoing, ClientError> {
        let owner = owner.clone();
        self.send(
            DeployWallet {
                query_id,
                owner,
                chain,
            },
            value_nano,
        )
    }

    fn send(&self, body: impl Message, value_nano: u128) -> Result<Outgoing, ClientError> {
        let body = body.to_cell().map_err(fault)?;
        Ok(Outgoing::new(self.address.clone(), value_nano, body))
    }

    /// Value to attach to a change, in nano; the unused part comes back.
    pub fn change_value(&self, live: &dyn Live) -> Result<u128, ClientError> {
        Ok(params(live, self.address.workchain)?
            .change_value_nano()
            .into())
    }

    /// Its storage reserve, in nano.
    pub fn reserve_nano(&self, live: &dyn Live) -> Result<u128, ClientError> {
        let prices = storage_prices(live, self.address.workchain)?;
        Ok(root_reserve_nano(&prices))
    }

    /// Its state; the default before its first message.
    ///
    /// Fails with a refusal when it is not deployed.
    pub fn state(&self, live: &dyn Live) -> Result<RootState, ClientError> {
        let storage: RootStorage = read_active(live, &self.address)?;
        match storage.state {
            Some(state) => state.load().map_err(fault),
            None => Ok(RootState::default()),
        }
    }
}

fn fault(cause: Error) -> ClientError {
    ClientError::fault("a Root's message or state", cause)
}
