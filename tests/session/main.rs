//! Sessions: sign-in, renewal, expiry, restart, logout, and what storage and keystore do to them.
#![allow(clippy::unwrap_used, reason = "test code: a step that fails ends the test")]

mod cancel;
mod clock;
mod duties;
mod epochs;
mod expiry;
mod foreground;
mod helpers;
mod identity;
mod identity_mismatch;
mod key_loss;
mod keystore;
mod late_answers;
mod late_cancel;
mod lifecycle;
mod logout;
mod logout_faults;
mod mfa_completion;
mod otp_refusals;
mod otp_sending;
mod process_death;
mod refresh;
mod restore;
mod session;
mod sign_in;
mod storage_faults;
mod stored_form;
mod unauthorized;
