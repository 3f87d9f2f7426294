//! Discovery of a network's description from one URL.

use ddvs_client::{ChainId, ClientError, DElector, MASTERCHAIN};
use ddvs_contracts::Network;
use ddvs_contracts::storage::DElectorStorage;
use ddvs_types::account::decode_account;
use tycho_types::cell::Load;
use tycho_types::models::{BlockchainConfig, StdAddr};

use crate::error::CallError;
use crate::http::{self, Http};
use crate::wire::{self, Config, ContractState, Nothing, OfAddress};
use crate::{ChainDescription, NetworkDescription, Settings};

/// Path at which devnets and gateways serve the nodes' RPC.
const RPC_PATH: &str = "/rpc";

impl NetworkDescription {
    /// Queries the network behind `url`, such as `http://127.0.0.1:8080`: a devnet, a gateway or a node. Param 0 of the
    /// masterchain names its D'Elector, whose data name the genesis; param 12 names the workchains; all other addresses follow.
    ///
    /// Fails when nothing listens there, when it serves no RPC, or when the network runs contracts that this version does not
    /// know; the error says what to do.
    pub fn discover(url: &str, settings: &Settings) -> Result<Self, ClientError> {
        let context = || format!("asking {url}");
        let wrong = |words: String| ClientError::fault(context(), anyhow::anyhow!(words));
        let http = Http::new(settings);
        let (endpoint, config) = first_answer(&http, url).map_err(|error| explain(url, error))?;
        let failed = |cause: CallError| ClientError::fault(context(), cause);
        let codec = |cause: tycho_types::error::Error| ClientError::fault(context(), cause);
        let cell = wire::cell(&config.config).map_err(failed)?;
        let parsed = cell
            .as_slice()
            .and_then(|mut slice| BlockchainConfig::load_from(&mut slice))
            .map_err(codec)?;
        let delector = StdAddr::new(MASTERCHAIN, parsed.address);
        let question = OfAddress { address: &delector };
        let state: ContractState = http
            .call(&endpoint, 2, "getContractState", &question)
            .map_err(failed)?;
        let ContractState::Exists { account, .. } = state else {
            return Err(wrong(format!(
                "the contract {delector} that holds the masterchain's config is not there yet: wait until the network has started"
            )));
        };
        let account = wire::cell(&account)
            .and_then(|cell| decode_account(&cell).map_err(CallError::malformed))
            .map_err(failed)?;
        let foreign = || {
            wrong(
                "the network is none of ddvs, or runs other contracts than this version: use the version that it was made with"
                    .to_owned(),
            )
        };
        let tycho_types::models::AccountState::Active(state) = account.state else {
            return Err(foreign());
        };
        let storage = state
            .data
            .and_then(|data| data.parse::<DElectorStorage>().ok())
            .ok_or_else(foreign)?;
        let network = Network::new(storage.genesis);
        if *DElector::new(&network, MASTERCHAIN)?.address() != delector {
            return Err(foreign());
        }
        let mut ids = vec![MASTERCHAIN];
        for id in parsed.params.get_workchains().map_err(codec)?.keys() {
            ids.extend(ChainId::try_from(id.map_err(codec)?).ok());
        }
        let mut chains = Vec::new();
        for id in ids {
            let delector = DElector::new(&network, id)?.address().clone();
            chains.push(ChainDescription { id, delector });
        }
        let description = Self {
            global_id: config.global_id,
            chains,
            endpoints: vec![endpoint],
        };
        description
            .check()
            .map_err(|cause| ClientError::fault(context(), cause))?;
        Ok(description)
    }
}

/// Returns the config, and the address that returned it: a devnet's RPC has a separate path, a node's may have none.
fn first_answer(http: &Http, url: &str) -> Result<(String, Config), CallError> {
    let base = url.trim_end_matches('/');
    let host = http::without_scheme(base).unwrap_or(base);
    let with_path = format!("{base}{RPC_PATH}");
    let candidates = match host.contains('/') {
        true => vec![base.to_owned()],
        false => vec![with_path, base.to_owned()],
    };
    let mut last = CallError::Malformed("there is no address to ask".to_owned());
    for endpoint in candidates {
        match http.call(&endpoint, 1, "getBlockchainConfig", &Nothing {}) {
            Ok(config) => return Ok((endpoint, config)),
            Err(error @ (CallError::Unreachable(_) | CallError::Tls(_))) => return Err(error),
            Err(error) => last = error,
        }
    }
    Err(last)
}

fn explain(url: &str, error: CallError) -> ClientError {
    let words = match &error {
        CallError::Unreachable(_) if http::without_scheme(url).is_none() => {
            format!("{url:?} is not an http:// or https:// address")
        }
        CallError::Unreachable(why) => format!(
            "nothing answers at {url} ({why}): start a network with `ddvs devnet`, or name another one with --rpc or --network"
        ),
        CallError::Status(_) | CallError::Malformed(_) => format!(
            "what listens at {url} serves no RPC of a ddvs network ({error}): name a devnet, a gateway or a node with --rpc"
        ),
        _ => format!("{url} {error}"),
    };
    ClientError::fault("finding the network", anyhow::anyhow!(words))
}
