//! OAuth 2.0 by the system's browser (RFC 8252): what is opened, what is waited for, what came back.
//!
//! The backend redeems the code. This side makes the page's address, waits for the redirect, also across the
//! process's death, and hands code and state on.

mod authorization;
mod pending;
mod provider;
mod redirect;
mod visit;

pub(crate) use pending::{BrowserPurpose, PendingBrowser};
pub use provider::SocialProvider;
pub use redirect::RedirectOutcome;
pub(crate) use visit::{BrowserWaiter, Redeeming, Visit};
