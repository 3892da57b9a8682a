//! Proofs by wallet, by passkey at the sign-in, and by the app's own backend; accounts that become one.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a step that fails ends the test")]

mod external_sign_in;
mod external_verify;
mod helpers;
mod merge;
mod passkey_sign_in;
mod round_trips;
mod transfer;
mod wallet_asked;
mod wallet_link;
mod wallet_session;
mod wallet_sign_in;
mod wallet_step_up;
