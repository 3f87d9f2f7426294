//! The D'Elector & Config: storage and getters (`contracts/delector/`).

pub mod storage;
