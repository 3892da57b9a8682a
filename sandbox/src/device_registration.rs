//! Trusted devices: recognised at sign-in, registered by a mailed link.

use axum::http::header;
use uuid::Uuid;

use crate::api::Context;
use crate::backend::Backend;
use crate::clock::iso;
use crate::errors::ApiError;
use crate::outbox::{Channel, Message, MessageKind};
use crate::state::{DeviceRegistration, RegistrationToken, State};

/// A token and the link that carries it.
pub(crate) struct RegistrationLink {
    pub(crate) token: String,
    pub(crate) link: String,
}

/// The registration of the device that signs in. A new user's first device is trusted; an unknown device of
/// an existing user gets a mail, when the user has an address.
pub(crate) fn recognise(
    context: &mut Context<'_>,
    user_id: Uuid,
    new_user: bool,
) -> Result<Option<Uuid>, ApiError> {
    if !context.policy.device_registration {
        return Ok(None);
    }
    if let Some(id) = registered(context, user_id)? {
        return Ok(Some(id));
    }
    // A sign-in without a device signature (a wallet's) shows no device that could be trusted.
    if new_user && context.call.device_key.is_some() {
        return register(context, user_id).map(Some);
    }
    let email = context.user(user_id)?.email().map(String::from);
    if let Some(to) = email {
        let link = issue_link(&context.call.backend, &mut context.state, user_id, context.now);
        context.call.backend.outbox.send(mail(to, user_id, link, iso(context.now)));
    }
    Ok(None)
}

/// Registers the device that signed this request; the registration it has already is kept.
pub(crate) fn register(context: &mut Context<'_>, user_id: Uuid) -> Result<Uuid, ApiError> {
    if let Some(id) = registered(context, user_id)? {
        return Ok(id);
    }
    let Some(key) = context.call.device_key.clone() else {
        return Err(ApiError::insufficient_scope());
    };
    let user_agent = context.call.header(header::USER_AGENT.as_str());
    let registration = DeviceRegistration::new(&key.0, user_agent, context.now);
    let id = registration.id;
    context.user(user_id)?.devices.push(registration);
    Ok(id)
}

/// Uses a mailed token up and answers whose it was.
///
/// # Errors
/// 422, one code each for an unknown, a used and an expired token.
pub(crate) fn redeem(context: &mut Context<'_>, token: &str) -> Result<Uuid, ApiError> {
    let now = context.now;
    let refused = |code: &str, reason: &str| {
        context.call.trace.failed("registration_token", reason);
        Err(ApiError::unprocessable(code, reason))
    };
    match context.state.registration_tokens.get_mut(token) {
        None => refused("invalid_device_registration_token", "Unknown device registration token"),
        Some(found) if found.used => refused("device_registration_token_used", "The link was used before"),
        Some(found) if found.expires_at <= now => {
            refused("device_registration_token_expired", "The link has expired")
        }
        Some(found) => {
            found.used = true;
            context.call.trace.passed("registration_token", "");
            Ok(found.user_id)
        }
    }
}

/// A fresh single-use link for a user.
pub(crate) fn issue_link(
    backend: &Backend,
    state: &mut State,
    user_id: Uuid,
    now: time::OffsetDateTime,
) -> RegistrationLink {
    let (token, registration) = RegistrationToken::issue(user_id, now);
    state.registration_tokens.insert(token.clone(), registration);
    let link = format!("{}/?deviceRegistrationToken={token}", backend.app_url.trim_end_matches('/'));
    RegistrationLink { token, link }
}

fn registered(context: &mut Context<'_>, user_id: Uuid) -> Result<Option<Uuid>, ApiError> {
    let Some(key) = context.call.device_key.clone() else { return Ok(None) };
    let devices = &context.user(user_id)?.devices;
    Ok(devices.iter().find(|device| device.public_key == key.0).map(|device| device.id))
}

fn mail(to: String, user_id: Uuid, link: RegistrationLink, sent_at: String) -> Message {
    Message {
        id: Uuid::new_v4(),
        channel: Channel::Email,
        to,
        kind: MessageKind::DeviceRegistration,
        code: None,
        verification_uuid: None,
        link: Some(link.link),
        token: Some(link.token),
        user_id: Some(user_id),
        sent_at,
    }
}
