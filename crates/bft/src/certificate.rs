//! Certificates as the engine and as everyone else has them.

use ddvs_light::{Certificate, CommitSignature};
use malachitebft_core_types as engine;
use malachitebft_core_types::{ExtendedCommitCertificate, ExtendedCommitSignature, Round};
use tycho_types::cell::HashBytes;

use crate::context::{Context, Height, Key};

/// Returns the engine's certificate in the form that everyone verifies: ascending by key, each key once.
pub(crate) fn from_engine(certificate: &engine::CommitCertificate<Context>) -> Certificate {
    let signatures = certificate.commit_signatures.iter();
    let mut signatures: Vec<_> = signatures
        .map(|commit| CommitSignature {
            key: commit.address.0,
            signature: commit.signature,
        })
        .collect();
    signatures.sort_unstable_by_key(|commit| commit.key);
    signatures.dedup_by_key(|commit| commit.key);
    Certificate {
        // a nil round is never decided, and would not verify
        round: certificate.round.as_u32().unwrap_or(u32::MAX),
        signatures,
    }
}

/// Returns the certificate in the form that engines send to each other.
pub(crate) fn to_engine(
    height: u64,
    id: HashBytes,
    certificate: &Certificate,
) -> ExtendedCommitCertificate<Context> {
    let signatures = certificate.signatures.iter();
    ExtendedCommitCertificate {
        height: Height(height),
        round: Round::new(certificate.round),
        value_id: id,
        commit_signatures: signatures
            .map(|commit| ExtendedCommitSignature::new(Key(commit.key), commit.signature, None))
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn certificates_are_sorted_by_key_and_survive_both_ways() {
        let commit = |byte| engine::CommitSignature::new(Key(HashBytes([byte; 32])), [byte; 64]);
        let id = HashBytes([9; 32]);
        let certificate = from_engine(&engine::CommitCertificate {
            height: Height(5),
            round: Round::new(2),
            value_id: id,
            commit_signatures: vec![commit(3), commit(1), commit(2), commit(1)],
        });
        let keys: Vec<_> = (certificate.signatures.iter())
            .map(|commit| commit.key.0[0])
            .collect();
        assert_eq!(keys, [1, 2, 3]);
        let engine = to_engine(5, id, &certificate);
        assert_eq!(from_engine(&engine.trim_vote_extensions()), certificate);
    }
}
