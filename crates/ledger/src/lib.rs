//! The embedded multi-chain network: TVM chains in one process, without clock, socket or disk.
