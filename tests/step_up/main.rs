//! Step-up: checks, every way to verify, tokens, factors.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a step that fails ends the test, in helper functions too"
)]

mod attachment;
mod check;
mod check_fails_closed;
mod check_together;
mod device_registration;
mod enforcement;
mod factors;
mod gate;
mod headers;
mod helpers;
mod lease;
mod not_elevated;
mod otp;
mod otp_refused;
mod otp_target;
mod passkey;
mod passkey_fails;
mod recovery_code;
mod sequences;
mod sheet;
mod tokens;
mod totp;
