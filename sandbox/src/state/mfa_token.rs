//! Tokens of action-based MFA, the forerunner of elevated tokens: no scope, no expiry.

use std::collections::HashMap;

use rand::distributions::{Alphanumeric, DistString};
use uuid::Uuid;

use super::Session;

/// What the tokens begin with, so that the log can shorten them.
pub(crate) const MFA_TOKEN_PREFIX: &str = "mfa_";
const LENGTH: usize = 43;

/// The tokens that still serve.
#[derive(Default)]
pub(crate) struct MfaTokens {
    issued: HashMap<String, MfaToken>,
}

struct MfaToken {
    /// The sign-in it was issued in: it ends with it, and with it the token.
    sign_in: Uuid,
    single_use: bool,
}

impl MfaTokens {
    /// A token for this sign-in and no other.
    pub(crate) fn issue(&mut self, session: &Session, single_use: bool) -> String {
        let random = Alphanumeric.sample_string(&mut rand::thread_rng(), LENGTH);
        let token = format!("{MFA_TOKEN_PREFIX}{random}");
        self.issued.insert(token.clone(), MfaToken { sign_in: session.original_id, single_use });
        token
    }

    /// Accepts a token; a single-use one is gone then.
    pub(crate) fn spend(&mut self, token: &str, session: &Session) -> Result<(), &'static str> {
        let found = self.issued.get(token).ok_or("unknown or used")?;
        if found.sign_in != session.original_id {
            return Err("issued in another sign-in");
        }
        if found.single_use {
            self.issued.remove(token);
        }
        Ok(())
    }
}
