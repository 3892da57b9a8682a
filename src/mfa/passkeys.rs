//! Passkeys of the user.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{Passkey, ceremony};
use crate::{
    api::{Operation, Request, operations},
    auth::{Session, VerifiedCredential, is_mfa_pending},
    cancel::CancelToken,
    context::Context,
    error::{PlatformCallback, StepUpError},
    identifier::PasskeyId,
    platform::call_out,
    state::SessionChange,
};

/// The user's passkeys. From [`StepUpClient::passkeys`](crate::StepUpClient::passkeys).
#[derive(uniffi::Object)]
pub struct PasskeysClient {
    context: Arc<Context>,
}

impl PasskeysClient {
    pub(crate) fn new(context: Arc<Context>) -> Arc<Self> {
        Arc::new(Self { context })
    }
}

#[uniffi::export]
impl PasskeysClient {
    /// Adds a passkey of this device (`GET` and `POST users/passkeys/register`, the system's sheet between
    /// them). Takes the elevated token for `credential:link`; that one is needed is found out before the
    /// sheet is shown.
    ///
    /// # Errors
    /// `StepUpRequired` for `credential:link`; `Cancelled` if the user declined; `MethodUnavailable` if
    /// this device has one already or the app no `PasskeyProvider`.
    #[uniffi::method(default(cancel = None))]
    pub async fn register(&self, cancel: Option<Arc<CancelToken>>) -> Result<Session, StepUpError> {
        let context = Arc::clone(&self.context);
        let register = async move {
            context.register_passkey().await?;
            context.session().await
        };
        self.context.run(cancel, register).await
    }

    /// The user's passkeys (`GET users/passkeys`), with what the account knows of each.
    ///
    /// # Errors
    /// `NotSignedIn`, and those of every call.
    #[uniffi::method(default(cancel = None))]
    pub async fn list(&self, cancel: Option<Arc<CancelToken>>) -> Result<Vec<Passkey>, StepUpError> {
        let context = Arc::clone(&self.context);
        self.context.run(cancel, async move { context.list_passkeys().await }).await
    }

    /// Gives a passkey another name (`PUT users/passkeys`); answers with the passkey as it is then.
    ///
    /// - `id`: the passkey's id, from `list`.
    /// - `alias`: 1 to 100 characters; blanks around it are dropped.
    ///
    /// # Errors
    /// `InvalidArgument` for a name that is empty or too long; `MethodUnavailable` if there is no such
    /// passkey.
    #[uniffi::method(default(cancel = None))]
    pub async fn rename(
        &self,
        id: PasskeyId,
        alias: String,
        cancel: Option<Arc<CancelToken>>,
    ) -> Result<Passkey, StepUpError> {
        let context = Arc::clone(&self.context);
        self.context.run(cancel, async move { context.rename_passkey(&id, &alias).await }).await
    }

    /// Removes a passkey from the account (`DELETE users/passkeys`). Takes the elevated token for
    /// `credential:unlink`. The device keeps its half until the user removes it there.
    ///
    /// # Errors
    /// `StepUpRequired` for `credential:unlink`; `MethodUnavailable` if there is no such passkey.
    #[uniffi::method(default(cancel = None))]
    pub async fn delete(&self, id: PasskeyId, cancel: Option<Arc<CancelToken>>) -> Result<(), StepUpError> {
        let context = Arc::clone(&self.context);
        let delete = async move {
            let request = Request::new(&operations::DELETE_PASSKEY).body(json!({ "passkeyId": id }));
            context.call(request).await.map(drop)
        };
        self.context.run(cancel, delete).await
    }
}

impl Context {
    async fn register_passkey(self: &Arc<Self>) -> Result<(), StepUpError> {
        let provider = self.platform.passkeys()?;
        let current = self.signed_in_on_registered_device().await?;
        let epoch = current.epoch;
        // Where the sign-in itself demands a factor, adding the first one may need no step-up.
        let user = &current.session.user;
        let is_first = !user.verified_credentials.iter().any(VerifiedCredential::is_mfa);
        if !(is_mfa_pending(user) && is_first) {
            self.ensure_permitted(&operations::REGISTER_PASSKEY).await?;
        }
        let answer = self.call(Request::new(&operations::PREPARE_PASSKEY_REGISTRATION)).await?;
        let options = ceremony::creation_options(answer.read::<Value>()?)
            .ok_or_else(|| answer.malformed("the options have no challenge"))?;
        let ceremony = async move { provider.create(options.to_string()).await };
        let credential = call_out(PlatformCallback::Passkey, self.config.passkey_deadline, ceremony).await?;
        let body = ceremony::registration_body(&credential)?;
        if self.state.epoch() != epoch {
            // The passkey was made for a user who is not signed in any more.
            return Err(StepUpError::NotSignedIn { answer: None });
        }
        let request = Request::new(&operations::REGISTER_PASSKEY).body(body);
        self.reissue(request, SessionChange::Reissue).await.map(drop)
    }

    /// Refuses an operation that the server would refuse, or could not be asked about, before the user takes
    /// part in it: a passkey that was made and not registered stays behind on the device.
    pub(crate) async fn ensure_permitted(
        self: &Arc<Self>,
        operation: &'static Operation,
    ) -> Result<(), StepUpError> {
        let Some(scope) = operation.scope else { return Ok(()) };
        let check = self.check(scope.clone()).await;
        if check.is_required { Err(check.refusal(operation.name)) } else { Ok(()) }
    }
}
