//! The step-up flow, from outside: a screen that renders states and passes on what the user does.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a step that fails ends the test, in helper functions too"
)]

mod cancel;
mod captcha;
mod checks;
mod choice;
mod codes;
mod endings;
mod guarded;
mod helpers;
mod joining;
mod late;
mod letting_go;
mod listeners;
mod methods;
mod not_elevated;
mod observed;
mod passkeys;
mod process_death;
mod process_death_browser;
mod process_death_limits;
mod process_death_record;
mod screen;
mod stages;
mod taps;
mod threads;
mod unusable;
mod users;
