//! A world for one test: a sandbox of its own, a client on it, and callbacks that can be told to misbehave.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "test code: a step that fails ends the test, and names say what it is"
)]

mod browser;
mod captcha;
mod clock;
mod eventually;
mod host_panics;
mod keys;
mod listener;
mod log;
mod passkeys;
mod storage;
mod wallets;
mod world;

pub use browser::{BrowserMode, SocialAccount, TestBrowser};
pub use captcha::{CaptchaMode, TestCaptcha};
pub use clock::TestClock;
pub use eventually::{at_rest, eventually};
pub use keys::{KeyMode, TestKeys};
pub use listener::{ListenerMode, TestListener};
pub use log::TestLog;
pub use passkeys::{PasskeyMode, TestPasskeys};
pub use storage::{StorageMode, TestStorage};
pub use wallets::{TestWallet, WalletMode};
pub use world::{EMAIL, REDIRECT, Totp, World, elevated_token};
