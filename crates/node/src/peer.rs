//! What a node asks of another one over HTTP.

use std::time::Duration;

use ddvs_replica::CertifiedHeader;
use ddvs_types::ChainId;
use serde::{Deserialize, Serialize};
use tycho_types::boc::Boc;
use tycho_types::cell::Cell;

use crate::record::NodeRecord;

/// Most bytes of an answer.
const MAX_ANSWER: u64 = 64 << 20;
/// How long a node may wait for a block before it answers without one.
pub const MAX_WAIT: Duration = Duration::from_secs(5);
/// How long a follower lets a node wait: another one may have the block already.
const WAIT: Duration = Duration::from_secs(1);
/// Header of a message that came from another node, and is not handed on again.
pub const FORWARDED: &str = "x-ddvs-forwarded";

/// A block as nodes send it.
#[derive(Debug, Serialize, Deserialize)]
pub struct SentBlock {
    /// The encoded block.
    pub block: Vec<u8>,
    /// Its encoded header with the certificate.
    pub certified: Vec<u8>,
}

/// Reason why a node did not answer as it should.
#[derive(Debug, thiserror::Error)]
pub enum PeerError {
    /// The connection failed, or the answer is an error.
    #[error("{url}: {cause}")]
    Http {
        /// What was asked.
        url: String,
        /// Description of the problem.
        cause: Box<ureq::Error>,
    },
    /// The answer cannot be decoded.
    #[error("{url}: the answer cannot be decoded")]
    Answer {
        /// What was asked.
        url: String,
    },
}

/// Asks other nodes.
#[derive(Debug, Clone)]
pub struct Peer {
    agent: ureq::Agent,
}

impl Default for Peer {
    fn default() -> Self {
        let config = ureq::Agent::config_builder()
            .timeout_connect(Some(Duration::from_secs(3)))
            .timeout_global(Some(MAX_WAIT + Duration::from_secs(10)));
        Self {
            agent: config.build().new_agent(),
        }
    }
}

impl Peer {
    fn get<T: serde::de::DeserializeOwned>(&self, url: String) -> Result<T, PeerError> {
        let answer = || {
            let mut answer = self.agent.get(&url).call()?;
            (answer.body_mut())
                .with_config()
                .limit(MAX_ANSWER)
                .read_to_vec()
        };
        let bytes = match answer() {
            Ok(bytes) => bytes,
            Err(cause) => {
                let cause = Box::new(cause);
                return Err(PeerError::Http { url, cause });
            }
        };
        postcard::from_bytes(&bytes).map_err(|_| PeerError::Answer { url })
    }

    /// Returns the blocks of a chain from a height on; none if there are none after a while.
    ///
    /// Fails when the node does not answer. Nothing is verified.
    pub fn blocks(
        &self,
        node: &str,
        chain: ChainId,
        from: u64,
    ) -> Result<Vec<(Vec<u8>, CertifiedHeader)>, PeerError> {
        let url = format!(
            "{node}/node/v1/chains/{chain}/blocks?from={from}&wait_ms={}",
            WAIT.as_millis()
        );
        let sent: Vec<SentBlock> = self.get(url.clone())?;
        let blocks = sent.into_iter().map(|sent| {
            let certified = CertifiedHeader::decode(&sent.certified);
            let certified = certified.map_err(|_| PeerError::Answer { url: url.clone() })?;
            Ok((sent.block, certified))
        });
        blocks.collect()
    }

    /// Returns the addresses that a node knows.
    ///
    /// Fails when the node does not answer. Nothing is verified.
    pub fn records(&self, node: &str) -> Result<Vec<NodeRecord>, PeerError> {
        self.get(format!("{node}/node/v1/records"))
    }

    /// Tells a node an address.
    ///
    /// Fails when the node does not take it.
    pub fn tell(&self, node: &str, record: &NodeRecord) -> Result<(), PeerError> {
        let url = format!("{node}/node/v1/records");
        let Ok(body) = serde_json::to_vec(record) else {
            return Err(PeerError::Answer { url });
        };
        let request = self.agent.post(&url);
        let request = request.header("content-type", "application/json");
        match request.send(&body[..]) {
            Ok(_) => Ok(()),
            Err(cause) => {
                let cause = Box::new(cause);
                Err(PeerError::Http { url, cause })
            }
        }
    }

    /// Hands on an external message.
    ///
    /// Fails when the node does not take it.
    pub fn forward(&self, node: &str, chain: ChainId, message: &Cell) -> Result<(), PeerError> {
        let url = format!("{node}/node/v1/chains/{chain}/externals");
        let sent = (self.agent.post(&url))
            .header(FORWARDED, "1")
            .send(&Boc::encode(message)[..]);
        match sent {
            Ok(_) => Ok(()),
            Err(cause) => {
                let cause = Box::new(cause);
                Err(PeerError::Http { url, cause })
            }
        }
    }
}
