//! A local server that speaks the step-up API as the public contract says, with real cryptography and
//! without sending anything anywhere.
//!
//! [`Sandbox::start`] runs it in the process, on a free port; the program `stepup-sandbox` runs it alone.
//! Tests look at it and steer it through the handles of [`Sandbox`], or over HTTP by the control API under
//! `/sandbox/` (see the crate's `README.md`).
//!
//! ```no_run
//! # async fn run() -> Result<(), stepup_sandbox::StartError> {
//! use stepup_sandbox::{Sandbox, SandboxConfig};
//!
//! let sandbox = Sandbox::start(SandboxConfig::default()).await?;
//! let base_url = sandbox.base_url();
//! let code = sandbox.outbox().latest_code("anna@peer.example");
//! sandbox.clock().advance(300);
//! # Ok(())
//! # }
//! ```

pub use clock::Clock;
pub use config::{SandboxConfig, StartError};
pub use log::{Check, Exchange, Log};
pub use outbox::{Channel, Message, MessageFilter, MessageKind, Outbox};
pub use policy::{Policy, PolicyError};
pub use sandbox::Sandbox;
pub use wallets::{WalletChain, Wallets};

pub mod faults;
pub mod passkeys;
pub mod policy;

mod api;
mod backend;
mod clock;
mod config;
mod control;
mod device_registration;
mod device_signature;
mod enforcement;
mod errors;
mod external_assertions;
mod log;
mod mfa_tokens;
mod oauth;
mod outbox;
mod phone_numbers;
mod sandbox;
mod scopes;
mod serve;
mod server;
mod state;
mod tokens;
mod wallets;
