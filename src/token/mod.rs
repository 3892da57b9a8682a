//! Elevated access tokens: what they permit, how long, and that a single-use one is used once.

mod assertion;
mod claims;
mod store;

use std::time::SystemTime;

pub(crate) use assertion::Assertion;
pub(crate) use claims::{SessionClaims, TokenClaims};
pub(crate) use store::{StoredToken, TokenStore};

use crate::{clock::ServerClock, scope::TokenScope, secret::public_secret};

/// A permission that the user has proven, without the token itself.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Elevation {
    /// What it permits.
    pub scopes: Vec<TokenScope>,
    /// When it ends, on this device's clock.
    pub expires_at: SystemTime,
    /// Whether it permits one operation only.
    pub single_use: bool,
}

impl Elevation {
    pub(crate) fn of(token: &StoredToken, clock: &ServerClock) -> Self {
        Self {
            scopes: token.scopes.clone(),
            expires_at: clock.to_device(token.expires_at),
            single_use: token.single_use,
        }
    }
}

public_secret! {
    /// An elevated access token as it is sent in `x-dyn-elevated-access-token`.
    ElevatedAccessToken
}
