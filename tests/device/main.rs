//! Device registration: the duty and its observation, the mailed link, the list of devices and revocation.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a step that fails ends the test, in helper functions too"
)]

mod cancel;
mod complete;
mod helpers;
mod joined;
mod links;
mod list;
mod listeners;
mod misbehaving_listeners;
mod races;
mod revoke;
mod status;
