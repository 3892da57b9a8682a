//! `users`: the signed-in user, read, changed, deleted.

use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use serde_json::{Map, Value, json};

use super::contact_linking::refuse_taken;
use super::otp::{refuse_without_captcha, send, sent_answer};
use super::{ApiResult, Call, Context, email, no_content, profile, reply};
use crate::backend::Backend;
use crate::enforcement::{Operation, guard};
use crate::errors::ApiError;
use crate::phone_numbers;
use crate::state::{Contact, Session, User};

pub(super) fn routes() -> Router<Arc<Backend>> {
    Router::new().route("/users", get(read).put(update).delete(delete)).route("/users/check", get(check))
}

async fn read(call: Call) -> ApiResult {
    let mut context = call.open();
    let session = context.session()?;
    let user = context.user(session.user_id)?.clone();
    reply(context.user_json(&session, &user))
}

/// Writes profile fields, acknowledges recovery codes, and starts the verification of a new contact.
async fn update(call: Call) -> ApiResult {
    let body: Map<String, Value> = call.json()?;
    let mut context = call.open();
    let session = context.trusted_session()?;
    let contact = new_contact(&mut context, &session, &body)?;
    let user = context.user(session.user_id)?.clone();
    let profile = profile::accept(&context, &user, &body)?;
    if contact.is_some() {
        guard(&mut context, &session, Operation::LinkContact)?;
    }
    if !profile.is_empty() {
        guard(&mut context, &session, Operation::UpdateProfile)?;
    }
    acknowledge(context.user(session.user_id)?, body.get("mfaBackupCodeAcknowledgement"))?;
    context.user(session.user_id)?.profile.extend(profile);
    let next = match contact {
        Some(contact) => continuation(&mut context, &session, contact)?,
        None => json!({ "nextView": "done" }),
    };
    let mut answer = context.verify_response(&session, None)?;
    if let (Some(fields), Value::Object(next)) = (answer.as_object_mut(), next) {
        fields.extend(next);
    }
    reply(answer)
}

async fn delete(call: Call) -> ApiResult {
    let mut context = call.open();
    let session = context.trusted_session()?;
    guard(&mut context, &session, Operation::DeleteUser)?;
    context.state.delete_user(session.user_id);
    no_content()
}

/// Whether a user name or e-mail address is free. The filter comes as a nested query or as JSON.
async fn check(call: Call) -> ApiResult {
    let json: Value =
        call.query.get("filter").and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    let part = |name: &str| {
        let nested = call.query.get(&format!("filter[{name}]")).cloned();
        nested.or_else(|| json[name].as_str().map(Into::into))
    };
    let (Some(field), Some(value)) = (part("filterColumn"), part("filterValue")) else {
        return Err(ApiError::malformed("`filter` needs `filterColumn` and `filterValue`"));
    };
    let context = call.open();
    context.trusted_session()?;
    let available = match field.as_str() {
        "username" => profile::is_free(&context.state, "username", &value),
        "email" => Contact::email(&value).is_some_and(|contact| context.state.owner_of(&contact).is_none()),
        _ => return Err(ApiError::malformed("`filterColumn` is `username` or `email`")),
    };
    reply(json!({ "field": field, "value": value, "available": available }))
}

/// The e-mail address or phone number that the user does not have yet.
fn new_contact(
    context: &mut Context<'_>,
    session: &Session,
    body: &Map<String, Value>,
) -> Result<Option<Contact>, ApiError> {
    let text = |name: &str| body.get(name).and_then(Value::as_str);
    let contact = match (text("email"), text("phoneNumber")) {
        (Some(address), _) => email::parse(Some(address))?,
        (None, Some(number)) => {
            phone_numbers::parse(number, text("phoneCountryCode"), text("isoCountryCode"))
                .ok_or_else(|| ApiError::unprocessable("invalid_phone", "This is not a phone number"))?
        }
        (None, None) => return Ok(None),
    };
    if context.user(session.user_id)?.credential_of(&contact).is_some() {
        return Ok(None);
    }
    refuse_taken(context, &contact)?;
    refuse_without_captcha(context, text("captchaToken"))?;
    Ok(Some(contact))
}

fn continuation(context: &mut Context<'_>, session: &Session, contact: Contact) -> Result<Value, ApiError> {
    let sent = send(context, contact, Some(session.user_id))?;
    Ok(match sent.contact {
        Contact::Email(_) => json!({ "nextView": "verify-email", "emailVerification": sent_answer(&sent) }),
        Contact::Phone(_) => json!({ "nextView": "verify-sms", "smsVerification": sent_answer(&sent) }),
    })
}

fn acknowledge(user: &mut User, value: Option<&Value>) -> Result<(), ApiError> {
    match (value, &mut user.recovery) {
        (None | Some(Value::Null), _) => Ok(()),
        (Some(Value::String(word)), Some(recovery)) if word == "complete" => {
            recovery.acknowledged = true;
            Ok(())
        }
        _ => Err(ApiError::unprocessable("invalid_update", "There are no recovery codes to acknowledge")),
    }
}
