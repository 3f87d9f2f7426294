//! Contracts and ledgers with one rule taken out.
