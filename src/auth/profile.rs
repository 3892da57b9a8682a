//! The user's profile, and the end of the account.

use std::{fmt, sync::Arc};

use serde_json::{Map, Value};

use super::{AuthClient, CredentialFormat, Session, UpdateOutcome, VerifiedCredential};
use crate::{
    api::{Request, operations},
    cancel::CancelToken,
    context::Context,
    error::{StepUpError, UnavailableReason},
    identifier::CredentialId,
    state::SessionChange,
};

/// What to change of the user's profile. What is not given stays; an empty text clears a field. Printing one
/// shows nothing of it.
#[derive(Clone, Default, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Debug, Display)]
pub struct UserUpdate {
    /// Name that the user chose to be shown.
    #[uniffi(default = None)]
    pub alias: Option<String>,
    /// First name.
    #[uniffi(default = None)]
    pub first_name: Option<String>,
    /// Last name.
    #[uniffi(default = None)]
    pub last_name: Option<String>,
    /// Name that is unique in the environment.
    #[uniffi(default = None)]
    pub username: Option<String>,
    /// Job title.
    #[uniffi(default = None)]
    pub job_title: Option<String>,
    /// Team.
    #[uniffi(default = None)]
    pub team: Option<String>,
    /// T-shirt size.
    #[uniffi(default = None)]
    pub t_shirt_size: Option<String>,
    /// Country, as ISO 3166-1 code.
    #[uniffi(default = None)]
    pub country: Option<String>,
    /// Whether the user agrees to the environment's policies.
    #[uniffi(default = None)]
    pub policies_consent: Option<bool>,
    /// Data of the app about the user: a JSON object, as a text.
    #[uniffi(default = None)]
    pub metadata: Option<String>,
    /// Bitcoin address.
    #[uniffi(default = None)]
    pub btc_wallet: Option<String>,
    /// Kadena address.
    #[uniffi(default = None)]
    pub kda_wallet: Option<String>,
    /// Litecoin address.
    #[uniffi(default = None)]
    pub ltc_wallet: Option<String>,
    /// Nervos address.
    #[uniffi(default = None)]
    pub ckb_wallet: Option<String>,
    /// Kaspa address.
    #[uniffi(default = None)]
    pub kas_wallet: Option<String>,
    /// Dogecoin address.
    #[uniffi(default = None)]
    pub doge_wallet: Option<String>,
    /// Whether the user wants notifications by e-mail.
    #[uniffi(default = None)]
    pub email_notification: Option<bool>,
    /// Whether the user wants notifications on Discord.
    #[uniffi(default = None)]
    pub discord_notification: Option<bool>,
    /// Whether the user wants the newsletter.
    #[uniffi(default = None)]
    pub newsletter_notification: Option<bool>,
}

#[uniffi::export]
impl AuthClient {
    /// Changes the user's profile (`PUT users`). Takes the elevated token for `user:update`, which only some
    /// environments demand. E-mail address and phone number are changed by `link_email` and `link_phone`.
    ///
    /// # Errors
    /// `InvalidArgument` if nothing is to be changed or the metadata is no JSON object; `StepUpRequired` for
    /// `user:update`; `Server` with the code of what the server does not accept, such as
    /// `username_already_exists`.
    #[uniffi::method(default(cancel = None))]
    pub async fn update_user(
        &self,
        update: UserUpdate,
        cancel: Option<Arc<CancelToken>>,
    ) -> Result<UpdateOutcome, StepUpError> {
        let context = Arc::clone(&self.context);
        self.context.run(cancel, async move { context.update_user(update).await }).await
    }

    /// Removes a credential from the user (`POST verify/unlink`): an e-mail address, a phone number, a social
    /// account, a wallet, named by the id that [`crate::User::verified_credentials`] has. Takes the elevated
    /// token for `credential:unlink`.
    ///
    /// # Errors
    /// `StepUpRequired` for `credential:unlink`; `MethodUnavailable` for an embedded wallet; `Server` with
    /// `cannot_delete_last_sign_in_verified_credential`.
    #[uniffi::method(default(cancel = None))]
    pub async fn unlink_credential(
        &self,
        credential_id: CredentialId,
        cancel: Option<Arc<CancelToken>>,
    ) -> Result<Session, StepUpError> {
        let context = Arc::clone(&self.context);
        self.context.run(cancel, async move { context.unlink_credential(&credential_id).await }).await
    }

    /// Deletes the user's account for good (`DELETE users`) and signs out before it returns. Takes the
    /// elevated token for `user:delete`.
    ///
    /// # Errors
    /// `StepUpRequired` for `user:delete`; those of every call.
    #[uniffi::method(default(cancel = None))]
    pub async fn delete_user(&self, cancel: Option<Arc<CancelToken>>) -> Result<(), StepUpError> {
        let context = Arc::clone(&self.context);
        let delete = async move {
            let request = Request::new(&operations::DELETE_USER);
            context.end_by(request, |_| Ok(true), "the account was deleted").await.map(drop)
        };
        self.context.run(cancel, delete).await
    }
}

impl Context {
    async fn update_user(self: &Arc<Self>, update: UserUpdate) -> Result<UpdateOutcome, StepUpError> {
        let body = update.body()?;
        let epoch = self.signed_in().await?.epoch;
        let request = Request::new(&operations::UPDATE_USER).body(body);
        let reissued = self.reissue(request, SessionChange::Reissue).await?;
        self.updated(epoch, reissued, None).await
    }

    async fn unlink_credential(self: &Arc<Self>, id: &CredentialId) -> Result<Session, StepUpError> {
        if id.as_str().trim().is_empty() {
            let reason = "is not an id".into();
            return Err(StepUpError::InvalidArgument { argument: "credential_id".into(), reason });
        }
        let current = self.signed_in().await?;
        let mut known = current.session.user.verified_credentials.iter();
        let credential = known.find(|credential| credential.id == *id);
        if credential.is_some_and(VerifiedCredential::is_embedded_wallet) {
            let reason = UnavailableReason::Unsupported;
            return Err(StepUpError::MethodUnavailable { reason, answer: None });
        }
        let is_wallet =
            credential.is_some_and(|credential| credential.format == CredentialFormat::Blockchain);
        let field = if is_wallet { "walletId" } else { "verifiedCredentialId" };
        let body = Map::from_iter([(field.to_owned(), Value::from(id.as_str()))]);
        let request = Request::new(&operations::UNLINK_CREDENTIAL).body(body.into());
        self.reissue(request, SessionChange::Reissue).await?;
        self.session().await
    }
}

impl UserUpdate {
    fn body(self) -> Result<Value, StepUpError> {
        let invalid = |argument: &str, reason: &str| {
            Err(StepUpError::InvalidArgument { argument: argument.into(), reason: reason.into() })
        };
        let mut body = Map::new();
        for (name, text) in self.texts() {
            body.extend(text.map(|text| (name.to_owned(), Value::from(text))));
        }
        for (name, text) in self.nullable_texts() {
            let value = |text: &str| if text.is_empty() { Value::Null } else { text.into() };
            body.extend(text.map(|text| (name.to_owned(), value(text))));
        }
        let flags = [
            ("policiesConsent", self.policies_consent),
            ("emailNotification", self.email_notification),
            ("discordNotification", self.discord_notification),
            ("newsletterNotification", self.newsletter_notification),
        ];
        for (name, flag) in flags {
            body.extend(flag.map(|flag| (name.to_owned(), Value::Bool(flag))));
        }
        if let Some(text) = &self.metadata {
            match serde_json::from_str(text) {
                Ok(metadata @ Value::Object(_)) => drop(body.insert("metadata".into(), metadata)),
                _ => return invalid("metadata", "is not a JSON object"),
            }
        }
        if body.is_empty() { invalid("update", "changes nothing") } else { Ok(body.into()) }
    }

    fn texts(&self) -> [(&'static str, Option<&str>); 6] {
        [
            ("alias", self.alias.as_deref()),
            ("firstName", self.first_name.as_deref()),
            ("lastName", self.last_name.as_deref()),
            ("jobTitle", self.job_title.as_deref()),
            ("team", self.team.as_deref()),
            ("tShirtSize", self.t_shirt_size.as_deref()),
        ]
    }

    /// Fields that the API clears by null: a user name of nothing would be one that must be unique.
    fn nullable_texts(&self) -> [(&'static str, Option<&str>); 8] {
        [
            ("username", self.username.as_deref()),
            ("country", self.country.as_deref()),
            ("btcWallet", self.btc_wallet.as_deref()),
            ("kdaWallet", self.kda_wallet.as_deref()),
            ("ltcWallet", self.ltc_wallet.as_deref()),
            ("ckbWallet", self.ckb_wallet.as_deref()),
            ("kasWallet", self.kas_wallet.as_deref()),
            ("dogeWallet", self.doge_wallet.as_deref()),
        ]
    }
}

impl fmt::Display for UserUpdate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("UserUpdate([redacted])")
    }
}

impl fmt::Debug for UserUpdate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}
