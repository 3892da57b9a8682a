//! `verify/unlink`: any credential, by its id.

use std::sync::Arc;

use axum::Router;
use axum::routing::post;
use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

use super::{ApiResult, Call, reply};
use crate::backend::Backend;
use crate::enforcement::{Operation, guard};
use crate::errors::ApiError;
use crate::state::User;

pub(super) fn routes() -> Router<Arc<Backend>> {
    Router::new().route("/verify/unlink", post(unlink))
}

/// Every name under which clients send the id; one of them is a misspelling that is on the wire.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct UnlinkBody {
    verified_credential_id: Option<String>,
    verified_crential_id: Option<String>,
    wallet_id: Option<String>,
    primary_wallet_id: Option<String>,
}

impl UnlinkBody {
    fn id(&self) -> Result<Uuid, ApiError> {
        let named = self.verified_credential_id.as_deref().or(self.verified_crential_id.as_deref());
        let named = named.or(self.wallet_id.as_deref()).or(self.primary_wallet_id.as_deref());
        let named = named.ok_or_else(|| ApiError::malformed("`verifiedCredentialId` is missing"))?;
        Uuid::try_parse(named).map_err(|_| unknown())
    }

    /// Whether the id came as that of a wallet.
    fn names_wallet(&self) -> bool {
        self.wallet_id.is_some() || self.primary_wallet_id.is_some()
    }
}

async fn unlink(call: Call) -> ApiResult {
    let body: UnlinkBody = call.json()?;
    let mut context = call.open();
    let session = context.trusted_session()?;
    let id = body.id()?;
    let user = context.user(session.user_id)?;
    if !user.has_credential(id) {
        return Err(unknown());
    }
    if body.names_wallet() && user.wallets.iter().any(|wallet| wallet.id == id && wallet.is_embedded()) {
        let error = "An embedded wallet is not unlinked as a wallet";
        return Err(ApiError::unprocessable("linked_embedded_wallet", error));
    }
    refuse_last(user, id)?;
    guard(&mut context, &session, Operation::Unlink)?;
    context.user(session.user_id)?.remove_credential(id);
    let session = context.reissue(&session);
    let answer: Value = context.verify_response(&session, None)?;
    reply(answer)
}

/// The last credential that can sign in stays.
pub(super) fn refuse_last(user: &User, id: Uuid) -> Result<(), ApiError> {
    if user.sign_in_credentials_without(id) > 0 {
        return Ok(());
    }
    let error = "The last credential that can sign in stays";
    Err(ApiError::unprocessable("cannot_delete_last_sign_in_verified_credential", error))
}

fn unknown() -> ApiError {
    ApiError::unprocessable("invalid_unlink_request", "The user has no such credential")
}
