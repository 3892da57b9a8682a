//! `deviceRegistration` and `deviceRegistrations`.

use std::sync::Arc;

use axum::Router;
use axum::extract::Path;
use axum::routing::{delete, get, post};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::sign_in::{SignInOptions, SignedIn, sign_in};
use super::{ApiResult, Call, Context, reply};
use crate::backend::Backend;
use crate::clock::iso;
use crate::device_registration::{redeem, register};
use crate::errors::ApiError;
use crate::state::{DeviceRegistration, Session};

const TOKEN: &str = "x-dynamic-device-registration-token";

pub(super) fn routes() -> Router<Arc<Backend>> {
    Router::new()
        .route("/deviceRegistration", post(complete))
        .route("/deviceRegistrations", get(list).delete(revoke_all))
        .route("/deviceRegistrations/{id}", delete(revoke))
}

/// Registers the signing device for the user of the token. With a session of that user it is re-issued;
/// without one, or with somebody else's, the answer is a session of the token's user.
async fn complete(call: Call) -> ApiResult {
    let mut context = call.open();
    let presented = call.header("authorization").is_some();
    let session = if presented { Some(context.session()?) } else { None };
    let user_id = redeem(&mut context, call.header(TOKEN).unwrap_or_default())?;
    let id = register(&mut context, user_id)?;
    match session.filter(|session| session.user_id == user_id) {
        Some(session) => {
            let registered = Session { device_registration: Some(id), ..session };
            let session = context.reissue(&registered);
            reply(context.verify_response(&session, None)?)
        }
        None => {
            let credential_id = context.user(user_id)?.last_verified_credential.unwrap_or_default();
            let who = SignedIn { user_id, credential_id, new_user: false, mfa_passed: false };
            let options = SignInOptions::default().check(&context)?;
            reply(sign_in(&mut context, &who, options)?)
        }
    }
}

async fn list(call: Call) -> ApiResult {
    let mut context = call.open();
    let (session, current) = registered_session(&context)?;
    let devices: Vec<_> =
        devices(&mut context, &session)?.iter().map(|one| device_json(one, current)).collect();
    reply(json!({ "count": devices.len(), "deviceRegistrations": devices }))
}

#[derive(Deserialize)]
struct RegistrationId {
    id: String,
}

/// Sessions on a revoked device end at once.
async fn revoke(Path(path): Path<RegistrationId>, call: Call) -> ApiResult {
    let mut context = call.open();
    let (session, current) = registered_session(&context)?;
    let devices = devices(&mut context, &session)?;
    let index = devices
        .iter()
        .position(|device| device.id.to_string() == path.id)
        .ok_or_else(|| ApiError::not_found("device_registration_not_found", "No such device registration"))?;
    let revoked = devices.remove(index).id;
    let ended =
        |other: &Session| other.user_id == session.user_id && other.device_registration == Some(revoked);
    context.state.sessions.retain(|_, other| !ended(other));
    reply(json!({ "currentDeviceRevoked": revoked == current }))
}

async fn revoke_all(call: Call) -> ApiResult {
    let mut context = call.open();
    let (session, _) = registered_session(&context)?;
    devices(&mut context, &session)?.clear();
    context.state.sessions.retain(|_, other| other.user_id != session.user_id);
    reply(json!({ "currentDeviceRevoked": true }))
}

fn devices<'a>(
    context: &'a mut Context<'_>,
    session: &Session,
) -> Result<&'a mut Vec<DeviceRegistration>, ApiError> {
    Ok(&mut context.user(session.user_id)?.devices)
}

/// The session and its own registration; 401 also where the device is not registered.
fn registered_session(context: &Context<'_>) -> Result<(Session, Uuid), ApiError> {
    let session = context.session()?;
    match session.device_registration {
        Some(id) => Ok((session, id)),
        None => {
            context.call.trace.failed("device_registration", "this session's device is not registered");
            Err(ApiError::no_registered_device())
        }
    }
}

fn device_json(device: &DeviceRegistration, current: Uuid) -> Value {
    json!({
        "id": device.id,
        "isCurrentDevice": device.id == current,
        "createdAt": iso(device.created_at),
        "userAgent": device.user_agent,
    })
}
