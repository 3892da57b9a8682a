//! A passkey as the account knows it: listed, renamed.

use std::{fmt, sync::Arc, time::SystemTime};

use serde_json::json;

use crate::{
    api::{
        Request,
        models::{PasskeyBody, PasskeysAnswer},
        operations,
    },
    context::Context,
    error::StepUpError,
    identifier::PasskeyId,
};

const LONGEST_ALIAS: usize = 100;

/// A passkey of the user. Printing one shows its id only.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Debug, Display)]
pub struct Passkey {
    /// The passkey's id, for `rename` and `delete`.
    pub id: PasskeyId,
    /// The credential id that the authenticator knows it by (WebAuthn), base64url.
    pub credential_id: Option<String>,
    /// The name that the user gave it.
    pub alias: Option<String>,
    /// When it was added.
    pub created_at: Option<SystemTime>,
    /// When it was changed last.
    pub updated_at: Option<SystemTime>,
    /// The `User-Agent` of the app or browser that it was made with.
    pub user_agent: Option<String>,
    /// The origin that it was made for.
    pub origin: Option<String>,
    /// What keeps it, for example the name of a password manager.
    pub storage_name: Option<String>,
}

impl Context {
    pub(super) async fn list_passkeys(self: &Arc<Self>) -> Result<Vec<Passkey>, StepUpError> {
        let answer: PasskeysAnswer = self.call(Request::new(&operations::PASSKEYS)).await?.read()?;
        Ok(answer.passkeys.into_iter().map(Passkey::from).collect())
    }

    pub(super) async fn rename_passkey(
        self: &Arc<Self>,
        id: &PasskeyId,
        typed: &str,
    ) -> Result<Passkey, StepUpError> {
        let body = json!({ "id": id, "alias": alias(typed)? });
        let answer = self.call(Request::new(&operations::RENAME_PASSKEY).body(body)).await?;
        Ok(answer.read::<PasskeyBody>()?.into())
    }
}

fn alias(typed: &str) -> Result<&str, StepUpError> {
    let alias = typed.trim();
    if (1..=LONGEST_ALIAS).contains(&alias.chars().count()) {
        return Ok(alias);
    }
    let reason = format!("must have 1 to {LONGEST_ALIAS} characters");
    Err(StepUpError::InvalidArgument { argument: "alias".into(), reason })
}

impl From<PasskeyBody> for Passkey {
    fn from(body: PasskeyBody) -> Self {
        let PasskeyBody { id, credential_id, alias, created_at, updated_at, user_agent, origin, storage } =
            body;
        let storage_name = storage.name;
        let id = id.into();
        Self { id, credential_id, alias, created_at, updated_at, user_agent, origin, storage_name }
    }
}

impl fmt::Display for Passkey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Passkey {{ id: {} }}", self.id)
    }
}

impl fmt::Debug for Passkey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alias_is_trimmed_and_has_one_to_a_hundred_characters() {
        assert_eq!(alias("  my phone \n"), Ok("my phone"));
        assert!(alias(&"ä".repeat(100)).is_ok());
        for bad in ["", " \t", &"x".repeat(101)] {
            assert!(matches!(alias(bad), Err(StepUpError::InvalidArgument { .. })), "{bad:?}");
        }
    }
}
