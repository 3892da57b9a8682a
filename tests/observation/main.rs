//! What the client knows, observed; and what it does while the app is in the foreground.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a step that fails ends the test, in helper functions too"
)]

mod activity;
mod elevations;
mod endings;
mod foreground;
mod helpers;
mod idle;
mod misbehaving;
mod registration;
mod renewal;
mod session;
