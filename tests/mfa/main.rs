//! Second factors: what there is, the first code of an authenticator app, passkeys, e-mail as a factor, and
//! action-based MFA.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a step that fails ends the test, in helper functions too"
)]

mod action;
mod default_factor;
mod email_factor;
mod first_code;
mod helpers;
mod legacy_attached;
mod legacy_ends;
mod legacy_token;
mod methods;
mod passkeys;
