//! A token lent to one request (I5).

use std::sync::Arc;

use super::{EpochData, LegacyToken, State};
use crate::{scope::TokenScope, token::StoredToken};

/// What is lent.
pub(crate) enum Lent {
    Elevated(StoredToken),
    Legacy(LegacyToken),
}

/// Holds a token for a request. A single-use one goes back if the request provably never left, also when the
/// lease is dropped before the request is handed over; otherwise it is spent.
pub(crate) struct Lease {
    state: Arc<State>,
    epoch: u64,
    lent: Option<Lent>,
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
        Some(self.lent(epoch, Lent::Elevated(token)))
    }

    /// Lends the legacy token, if one is held in this epoch.
    pub(crate) fn lease_legacy(self: &Arc<Self>, epoch: u64) -> Option<Lease> {
        let token = self.in_epoch(epoch, EpochData::take_legacy_token)??;
        Some(self.lent(epoch, Lent::Legacy(token)))
    }

    fn lent(self: &Arc<Self>, epoch: u64, lent: Lent) -> Lease {
        Lease { state: Arc::clone(self), epoch, lent: Some(lent), is_sent: false }
    }
}

impl Lease {
    pub(crate) fn lent(&self) -> Option<&Lent> {
        self.lent.as_ref()
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
        match self.lent.take() {
            Some(Lent::Elevated(token)) => self.state.remove_token(token.serial),
            Some(Lent::Legacy(refused)) => {
                // A newer one stays.
                self.state.in_epoch(self.epoch, |data| {
                    data.legacy_token.take_if(|held| held.token == refused.token);
                });
            }
            None => {}
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if self.is_sent {
            return;
        }
        match self.lent.take() {
            Some(Lent::Elevated(token)) if token.single_use => self.state.give_back(self.epoch, token),
            Some(Lent::Legacy(token)) if token.single_use => {
                // A newer one stays.
                self.state.in_epoch(self.epoch, |data| data.legacy_token.get_or_insert(token).single_use);
            }
            _ => {}
        }
    }
}
