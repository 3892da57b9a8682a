//! The network: headers, errors, limits, faults; secrets and callbacks.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "test code: a step that fails ends the test"
)]

mod bench;
mod callbacks;
mod contract;
mod device_signature;
mod door;
mod error_secrets;
mod errors;
mod faults;
mod gate;
mod hosts;
mod kinds;
mod misbehaviour;
mod nonces;
mod novelties;
mod operations;
mod other_server;
mod peer_failures;
mod races;
mod reentrancy;
mod repetition;
mod request_headers;
mod secrets;
mod sweep;
mod threads;
mod tls;
mod wiped;
