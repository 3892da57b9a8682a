//! Accounts: social sign-in, linking and step-up, contacts, profile, the end of an account, captchas.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a step that fails ends the test, in helper functions too"
)]

mod browser;
mod browser_elsewhere;
mod captcha;
mod captcha_late;
mod contact_conflicts;
mod contacts;
mod contacts_elsewhere;
mod delete_user;
mod delete_user_races;
mod helpers;
mod late_answers;
mod process_death;
mod profile;
mod providers;
mod redirects;
mod sessions_meanwhile;
mod settings;
mod social_link;
mod social_sign_in;
mod social_step_up;
mod unlink;
