//! The answer of `POST externalAuth/verify`: an elevated token and no session.

use serde::Deserialize;

use crate::secret::SecretString;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ElevatedTokenAnswer {
    #[serde(default)]
    elevated_access_token: Option<SecretString>,
}

impl ElevatedTokenAnswer {
    pub(crate) fn token(self) -> Option<SecretString> {
        self.elevated_access_token.filter(|token| !token.expose().is_empty())
    }
}
