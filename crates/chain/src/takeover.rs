//! Changes of a chain's config: after a block that changed the D'Elector, or with time.

use std::sync::Arc;

use tycho_types::models::{AccountState, ShardAccount};

use crate::chain::Chain;
use crate::{ChainConfig, Fault, config};

/// Applies another entry of the storage prices that has come into force.
pub(crate) fn refresh_prices(chain: &mut Chain, now: u32) {
    let Some(dictionary) = chain.config.dictionary().cloned() else {
        return;
    };
    let delector = chain.delector.address;
    // The same dictionary was parsed before; only the time differs.
    if let Ok(config) =
        ChainConfig::parse(chain.id, delector, &dictionary, now, Some(&chain.config))
    {
        chain.config = Arc::new(config);
    }
}

/// Applies the config that the D'Elector holds, for the next block on. An invalid dictionary is not used, and the
/// reason is returned: the chain keeps its config.
pub(crate) fn take_over_config(
    chain: &mut Chain,
    delector: &ShardAccount,
    now: u32,
) -> Result<Option<String>, Fault> {
    let account = delector
        .load_account()
        .map_err(Fault::state(chain.id, "reading the D'Elector"))?;
    let data = account.and_then(|account| match account.state {
        AccountState::Active(state) => state.data,
        AccountState::Uninit | AccountState::Frozen(_) => None,
    });
    let parsed = config::dictionary(data.as_ref()).and_then(|dictionary| {
        if *dictionary.repr_hash() == chain.config.root_hash {
            return Ok(None);
        }
        let delector = chain.delector.address;
        ChainConfig::parse(chain.id, delector, &dictionary, now, Some(&chain.config)).map(Some)
    });
    match parsed {
        Ok(Some(config)) => {
            chain.config = Arc::new(config);
            Ok(None)
        }
        Ok(None) => Ok(None),
        Err(error) => Ok(Some(error.to_string())),
    }
}
