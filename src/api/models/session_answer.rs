//! VerifyResponse and UpdateSelfResponse: the answer of every call that re-issues the session.

use serde::Deserialize;

use super::{otp::OtpAnswer, tolerant, user::UserBody};
use crate::{
    api::{Answer, Failure},
    auth::User,
    clock::UnixMillis,
    identifier::VerificationId,
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
    #[serde(default, deserialize_with = "tolerant::text")]
    mfa_token: Option<String>,
    #[serde(default, deserialize_with = "tolerant::text")]
    next_view: Option<String>,
    #[serde(default, deserialize_with = "tolerant::object")]
    email_verification: Option<OtpAnswer>,
    #[serde(default, deserialize_with = "tolerant::object")]
    sms_verification: Option<OtpAnswer>,
}

/// What has to follow an update of the user (`nextView`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NextStep {
    /// The code of this verification, sent by e-mail, has to be confirmed.
    ConfirmEmail { verification_id: VerificationId },
    /// The code of this verification, sent by SMS, has to be confirmed.
    ConfirmPhone { verification_id: VerificationId },
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
    /// The legacy MFA token that was asked for.
    pub(crate) mfa_token: Option<SecretString>,
    /// Apart from the rest: the session is the user's, whatever is wrong with this.
    pub(crate) next: Result<Option<NextStep>, Failure>,
}

impl SessionAnswer {
    pub(crate) fn read(answer: &Answer) -> Result<Self, Failure> {
        let body: Body = answer.read()?;
        if body.user.is_nameless() {
            return Err(answer.malformed("the user has no id"));
        }
        let full_jwt = filled(body.jwt);
        let token = filled(body.minified_jwt).or_else(|| full_jwt.clone());
        let id = |sent: Option<OtpAnswer>| {
            let id = sent.map(|sent| sent.verification_id);
            id.ok_or_else(|| answer.malformed("a code has to be confirmed, and none was sent"))
        };
        let next = match body.next_view.as_deref() {
            Some("verify-email") => id(body.email_verification)
                .map(|verification_id| Some(NextStep::ConfirmEmail { verification_id })),
            Some("verify-sms") => id(body.sms_verification)
                .map(|verification_id| Some(NextStep::ConfirmPhone { verification_id })),
            _ => Ok(None),
        };
        Ok(Self {
            user: body.user.into(),
            expires_at: UnixMillis::from_seconds(body.expires_at),
            token: token.ok_or_else(|| answer.malformed("there is no session token"))?,
            full_jwt,
            elevated_access_token: filled(body.elevated_access_token),
            mfa_token: filled(body.mfa_token),
            next,
        })
    }
}

fn filled(token: Option<String>) -> Option<SecretString> {
    token.filter(|token| !token.is_empty()).map(SecretString::new)
}
