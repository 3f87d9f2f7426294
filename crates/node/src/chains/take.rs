//! Taking a block that was decided: on disk first, then for everyone to see.

use std::sync::{Arc, Mutex, PoisonError};

use ddvs_light::Certificate;
use ddvs_replica::{Body, CertifiedHeader, ExecuteError, Executed, Replica};
use ddvs_types::ChainId;

use super::{Chains, TakeError};
use crate::block::{self, DecodedBlock};
use crate::site::Site;
use crate::store::Commit;

/// Blocks of a chain after which its state is stored: as many are executed again after a restart.
const STATE_EVERY: u64 = 1_000;

impl Chains {
    /// Takes a block that was decided: executes it if it was not, stores it, and shows it.
    ///
    /// Fails when it is not the next one, or not certified; when it is certified but not valid, the chain is captured.
    pub fn take(
        &self,
        chain: ChainId,
        bytes: &[u8],
        certificate: Certificate,
    ) -> Result<u64, TakeError> {
        let decoded = block::decode(bytes)?;
        let id = decoded.id();
        let (replica, candidate) = {
            let site = self.site(chain).ok_or(TakeError::NoSuchChain(chain))?;
            let known = site.height();
            if decoded.header.height != known + 1 {
                return Err(TakeError::NotNext {
                    chain,
                    found: decoded.header.height,
                    known,
                });
            }
            (site.replica.clone(), site.candidate(&id))
        };
        let scope = &replica.header().scope;
        let height = decoded.header.height;
        certificate.verify(scope, height, &id, replica.next_set())?;
        let executed = match candidate {
            Some(executed) => executed,
            None => Arc::new(self.execute_decided(chain, &replica, &decoded)?),
        };
        let certified = CertifiedHeader {
            header: decoded.cell.clone(),
            certificate,
        };
        self.commit(chain, bytes, &executed, &certified)?;
        self.show(chain, &executed, certified);
        Ok(height)
    }

    fn execute_decided(
        &self,
        chain: ChainId,
        replica: &Replica,
        decoded: &DecodedBlock<'_>,
    ) -> Result<Executed, TakeError> {
        let height = decoded.header.height;
        let reason = match Body::decode(decoded.body).map(|body| replica.execute(&body)) {
            Ok(Ok(executed)) if executed.replica.hash() == decoded.id() => return Ok(executed),
            Ok(Ok(_)) => "its header is another one".to_owned(),
            Ok(Err(ExecuteError::Refused(refusal))) | Err(refusal) => refusal.to_string(),
            Ok(Err(ExecuteError::Fault(fault))) => return Err(fault.into()),
        };
        if let Some(mut site) = self.site(chain) {
            site.captured = Some(format!("block {height}: {reason}"));
        }
        Err(TakeError::Captured {
            chain,
            height,
            reason,
        })
    }

    fn commit(
        &self,
        chain: ChainId,
        bytes: &[u8],
        executed: &Executed,
        certified: &CertifiedHeader,
    ) -> Result<(), TakeError> {
        let header = executed.replica.header();
        let received = executed.replica.chain().received();
        let state = match header.height % STATE_EVERY {
            0 => Some(encode_state(&executed.replica)?),
            _ => None,
        };
        let sent = executed.made.sent.iter();
        self.store.commit(&Commit {
            chain,
            height: header.height,
            block: bytes,
            certified,
            is_turn: self.site(chain).is_some_and(|site| site.is_kept(header)),
            sent: sent
                .map(|sent| (sent.destination, sent.number, &sent.cell))
                .collect(),
            imported: (received.iter())
                .map(|(from, lane)| (from, lane.count))
                .collect(),
            state,
        })?;
        Ok(())
    }

    /// Shows a block that is on disk to everyone who follows the chain.
    fn show(&self, chain: ChainId, executed: &Executed, certified: CertifiedHeader) {
        let height = executed.replica.header().height;
        if let Some(mut site) = self.site(chain) {
            site.take(executed, certified);
        }
        self.forget_imported(chain, &executed.replica);
        if let Some(sender) = self.heights.get(&chain) {
            sender.send_replace(height);
        }
        if let Some(on_block) = self.on_block.get() {
            on_block(Arc::new(executed.made.block.clone()));
        }
    }

    /// Lets other chains forget what this one has imported.
    fn forget_imported(&self, chain: ChainId, replica: &Replica) {
        for (source, lane) in replica.chain().received().iter() {
            let reached = |(id, site): (&ChainId, &Mutex<Site>)| {
                let site = site.lock().unwrap_or_else(PoisonError::into_inner);
                let cursor = site.replica.cursors().get(&source)?;
                (*id != source).then_some(cursor.header.height)
            };
            let lowest = self.sites.iter().filter_map(reached).min();
            if let Some(mut site) = self.site(source) {
                site.forget(chain, lane.count, lowest.unwrap_or(0));
            }
        }
    }

    /// Stores the state of a chain, so that a restart has little to execute.
    ///
    /// Fails when the store does.
    pub fn keep_state(&self, chain: ChainId) -> Result<(), TakeError> {
        let replica = self.replica(chain).ok_or(TakeError::NoSuchChain(chain))?;
        if replica.header().height > 0 {
            self.store.keep_state(chain, &encode_state(&replica)?)?;
        }
        Ok(())
    }
}

fn encode_state(replica: &Replica) -> Result<Vec<u8>, TakeError> {
    let chain = replica.chain().id();
    replica.export()?.encode().map_err(|_| {
        TakeError::Fault(ddvs_chain::Fault::Exhausted {
            chain,
            what: "memory for its state",
        })
    })
}
