//! The tokens that are held, one per set of scopes, and the rule by which one is chosen.

use std::collections::HashMap;

use crate::{clock::UnixMillis, scope::TokenScope, secret::SecretString, token::claims::TokenClaims};

/// A token with what its claims say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StoredToken {
    /// Tells this token from a later one with the same scopes.
    pub(crate) serial: u64,
    pub(crate) token: SecretString,
    /// Sorted, without repetition.
    pub(crate) scopes: Vec<TokenScope>,
    pub(crate) expires_at: UnixMillis,
    pub(crate) single_use: bool,
}

impl StoredToken {
    fn serves(&self, scope: &str, now: UnixMillis) -> bool {
        self.expires_at > now && self.scopes.iter().any(|held| held.as_str() == scope)
    }
}

/// Holds tokens; knows neither clock nor network. All of it belongs to one user and epoch (I3).
#[derive(Debug, Default)]
pub(crate) struct TokenStore {
    tokens: Vec<StoredToken>,
    /// Per scope, when the last token that has it ends: the local check is one look-up, however many tokens
    /// there are.
    latest_expiry: HashMap<TokenScope, UnixMillis>,
    last_serial: u64,
}

impl TokenStore {
    /// Whether a token with this scope is held and still valid.
    pub(crate) fn has(&self, scope: &TokenScope, now: UnixMillis) -> bool {
        self.latest_expiry.get(scope).is_some_and(|expires_at| *expires_at > now)
    }

    /// Stores a token, replacing one with the same set of scopes. Answers with its serial, or none if it
    /// has ended.
    pub(crate) fn insert(
        &mut self,
        token: SecretString,
        claims: TokenClaims,
        now: UnixMillis,
    ) -> Option<u64> {
        self.retain(|held| held.expires_at > now && held.scopes != claims.scopes);
        if claims.expires_at <= now {
            return None;
        }
        self.last_serial += 1;
        let TokenClaims { scopes, expires_at, single_use, .. } = claims;
        self.push(StoredToken { serial: self.last_serial, token, scopes, expires_at, single_use });
        Some(self.last_serial)
    }

    /// The token that serves a scope best (I6): reusable before single-use, exact before broader; among
    /// reusable ones the one that lasts longest, among single-use ones the one that ends soonest.
    pub(crate) fn best(&self, scope: &str, now: UnixMillis) -> Option<&StoredToken> {
        self.tokens.iter().filter(|token| token.serves(scope, now)).min_by_key(|token| {
            let UnixMillis(expiry) = token.expires_at;
            let by_expiry = if token.single_use { expiry } else { -expiry };
            (token.single_use, token.scopes.len() != 1, by_expiry)
        })
    }

    /// Hands out the best token; a single-use one leaves the store with it (I5).
    pub(crate) fn take(&mut self, scope: &str, now: UnixMillis) -> Option<StoredToken> {
        let token = self.best(scope, now)?.clone();
        if token.single_use {
            self.remove(token.serial);
        }
        Some(token)
    }

    /// Takes back a single-use token whose request never left. A newer one with the same scopes stays.
    pub(crate) fn give_back(&mut self, token: StoredToken) {
        if self.tokens.iter().all(|held| held.scopes != token.scopes) {
            self.push(token);
        }
    }

    /// Drops this token. Answers whether it was held.
    pub(crate) fn remove_refused(&mut self, token: &SecretString) -> bool {
        let before = self.tokens.len();
        self.retain(|held| held.token != *token);
        self.tokens.len() != before
    }

    pub(crate) fn remove(&mut self, serial: u64) {
        self.retain(|token| token.serial != serial);
    }

    /// Drops the token with exactly these scopes, in their order.
    pub(crate) fn remove_scopes(&mut self, scopes: &[TokenScope]) {
        self.retain(|token| token.scopes != scopes);
    }

    pub(crate) fn clear(&mut self) {
        self.retain(|_| false);
    }

    /// Every token that is still valid.
    pub(crate) fn valid(&self, now: UnixMillis) -> impl Iterator<Item = &StoredToken> {
        self.tokens.iter().filter(move |token| token.expires_at > now)
    }

    /// Every token that may be written down: single-use ones live in memory only, so that no restart hands
    /// one out twice.
    pub(crate) fn reusable(&self) -> impl Iterator<Item = &StoredToken> {
        self.tokens.iter().filter(|token| !token.single_use)
    }

    fn push(&mut self, token: StoredToken) {
        for scope in &token.scopes {
            let latest = self.latest_expiry.entry(scope.clone()).or_insert(token.expires_at);
            *latest = token.expires_at.max(*latest);
        }
        self.tokens.push(token);
    }

    fn retain(&mut self, keep: impl Fn(&StoredToken) -> bool) {
        let before = self.tokens.len();
        self.tokens.retain(keep);
        if self.tokens.len() != before {
            self.latest_expiry.clear();
            for token in std::mem::take(&mut self.tokens) {
                self.push(token);
            }
        }
    }
}

#[cfg(test)]
mod tests;
