//! Bindings of the ddvs contracts: messages, storage, addresses, getters and exit codes.
