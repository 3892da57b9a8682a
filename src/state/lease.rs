//! A token lent to one request (I5).

use std::sync::Arc;

use super::State;
use crate::{scope::TokenScope, secret::SecretString, token::StoredToken};

/// Holds a token for a request. A single-use one goes back to the store if the request provably never left,
/// also when the lease is dropped before the request is handed over; otherwise it is spent.
pub(crate) struct Lease {
    state: Arc<State>,
    epoch: u64,
    token: Option<StoredToken>,
    is_sent: bool,
}

impl State {
    /// Lends the token that serves a scope best, if one is held in this epoch.
    pub(crate) fn lease(self: &Arc<Self>, epoch: u64, scope: &TokenScope) -> Option<Lease> {
        let mut inner = self.write();
        if inner.epoch != epoch {
            return None;
        }
        let token = inner.tokens.take(scope.as_str(), self.clock.now())?;
        Some(Lease { state: Arc::clone(self), epoch, token: Some(token), is_sent: false })
    }
}

impl Lease {
    pub(crate) fn token(&self) -> Option<&SecretString> {
        self.token.as_ref().map(|token| &token.token)
    }

    /// The request is handed over to the network: from here on it counts as sent.
    pub(crate) fn sent(&mut self) {
        self.is_sent = true;
    }

    /// The request provably never left.
    pub(crate) fn never_left(&mut self) {
        self.is_sent = false;
    }

    /// The server refused this token, so it is of no use, even if it is a reusable one.
    pub(crate) fn refused(mut self) {
        if let Some(token) = self.token.take() {
            self.state.remove_token(self.epoch, token.serial);
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let Some(token) = self.token.take()
            && token.single_use
            && !self.is_sent
        {
            self.state.give_back(self.epoch, token);
        }
    }
}
