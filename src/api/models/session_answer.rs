//! VerifyResponse and UpdateSelfResponse: the answer of every call that re-issues the session.

use serde::Deserialize;

use super::{tolerant, user::UserBody};
use crate::{
    api::{Answer, Failure},
    auth::User,
    clock::UnixMillis,
    secret::SecretString,
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    user: UserBody,
    #[serde(deserialize_with = "tolerant::seconds")]
    expires_at: i64,
    #[serde(default, deserialize_with = "tolerant::text")]
    minified_jwt: Option<String>,
    #[serde(default, deserialize_with = "tolerant::text")]
    jwt: Option<String>,
    #[serde(default, deserialize_with = "tolerant::text")]
    elevated_access_token: Option<String>,
}

/// A session as the server issued it.
#[derive(Debug)]
pub(crate) struct SessionAnswer {
    pub(crate) user: User,
    pub(crate) expires_at: UnixMillis,
    /// The token that requests carry: the minified JWT if there is one, else the full one.
    pub(crate) token: SecretString,
    pub(crate) full_jwt: Option<SecretString>,
    pub(crate) elevated_access_token: Option<SecretString>,
}

impl SessionAnswer {
    pub(crate) fn read(answer: &Answer) -> Result<Self, Failure> {
        let body: Body = answer.read()?;
        if body.user.is_nameless() {
            return Err(answer.malformed("the user has no id"));
        }
        let full_jwt = filled(body.jwt);
        let token = filled(body.minified_jwt).or_else(|| full_jwt.clone());
        Ok(Self {
            user: body.user.into(),
            expires_at: UnixMillis::from_seconds(body.expires_at),
            token: token.ok_or_else(|| answer.malformed("there is no session token"))?,
            full_jwt,
            elevated_access_token: filled(body.elevated_access_token),
        })
    }
}

fn filled(token: Option<String>) -> Option<SecretString> {
    token.filter(|token| !token.is_empty()).map(SecretString::new)
}
