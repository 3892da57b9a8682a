//! One-time codes, the same for e-mail and SMS: send, send again, check.

use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::elevation::{Proof, finish_verification};
use super::sign_in::{SignInOptions, sign_in, user_of};
use super::{ApiResult, Call, Context, contact_linking, reply};
use crate::clock::iso;
use crate::errors::ApiError;
use crate::outbox::{Channel, Message, MessageKind};
use crate::policy::ProviderName;
use crate::scopes;
use crate::state::{CodeError, Contact, Verification};

/// Body of `signin` and `verify`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct CodeBody {
    #[serde(rename = "verificationUUID")]
    verification_uuid: String,
    verification_token: String,
    #[serde(flatten)]
    options: SignInOptions,
}

/// `create`: a first code.
pub(super) fn create(call: &Call, contact: Contact, captcha: Option<&str>) -> ApiResult {
    let mut context = call.open();
    refuse_without_provider(&context, contact.channel())?;
    refuse_without_captcha(&context, captcha)?;
    let sent = send(&mut context, contact, None)?;
    reply(sent_answer(&sent))
}

/// `retry`: a new code for the same verification.
pub(super) fn retry(call: &Call, id: &str, contact: &Contact, captcha: Option<&str>) -> ApiResult {
    let mut context = call.open();
    refuse_without_captcha(&context, captcha)?;
    let (now, life) = (context.now, context.otp_life());
    let unknown = || unknown_verification(contact.channel());
    let id = Uuid::try_parse(id).map_err(|_| unknown())?;
    let again = context.state.verifications.again(id, contact, now, life).ok_or_else(unknown)?;
    let sent = again.map_err(ApiError::rate_limited)?;
    mail(&context, &sent);
    reply(sent_answer(&sent))
}

/// `signin`: the code opens a session, for a new user if nobody has the contact.
pub(super) fn signin(call: &Call, channel: Channel) -> ApiResult {
    let body: CodeBody = call.json()?;
    let mut context = call.open();
    let options = body.options.check(&context)?;
    let verification = redeem(&mut context, channel, &body.verification_uuid, &body.verification_token)?;
    refuse_social_address(&context, &verification.contact)?;
    let who = user_of(&mut context, verification.contact);
    reply(sign_in(&mut context, &who, options)?)
}

/// `verify`: the code of a signed-in user, as a step-up with a contact of theirs, or to link a new one.
pub(super) fn verify(call: &Call, channel: Channel) -> ApiResult {
    let body: CodeBody = call.json()?;
    let mut context = call.open();
    let session = context.trusted_session()?;
    let requested = scopes::parse_requested(body.options.requested_scopes.as_deref())?;
    let verification = find(&context, channel, &body.verification_uuid)?;
    let known = context.user(session.user_id)?.credential_of(&verification.contact).map(|known| known.id);
    if known.is_none() {
        contact_linking::admit(&mut context, &session, &verification)?;
    }
    let verification = redeem(&mut context, channel, &body.verification_uuid, &body.verification_token)?;
    let (id, requested, next_view) = match known {
        Some(id) => (id, requested, "done"),
        // A contact that was linked just now proves nothing about who the user is.
        None => {
            let linked = contact_linking::link(&mut context, &session, verification.contact)?;
            let next_view = if linked.transferred { "verified-and-transferred" } else { "done" };
            (linked.credential_id, Vec::new(), next_view)
        }
    };
    let mut answer = finish_verification(&mut context, &session, Proof::Credential(id), &requested)?;
    if let Some(fields) = answer.as_object_mut() {
        fields.insert("nextView".into(), next_view.into());
    }
    reply(answer)
}

/// Sends a code; `link_for` names the user whom `PUT users` admitted to link the contact.
pub(super) fn send(
    context: &mut Context<'_>,
    contact: Contact,
    link_for: Option<Uuid>,
) -> Result<Verification, ApiError> {
    let (now, life) = (context.now, context.otp_life());
    let started = context.state.verifications.start(contact, link_for, now, life);
    let sent = started.map_err(ApiError::rate_limited)?;
    mail(context, &sent);
    Ok(sent)
}

/// What `create` and `retry` answer, and `PUT users` embeds.
pub(super) fn sent_answer(sent: &Verification) -> Value {
    match &sent.contact {
        Contact::Email(address) => json!({ "verificationUUID": sent.id, "email": address }),
        Contact::Phone(phone) => json!({
            "verificationUUID": sent.id,
            "phoneNumber": phone.number,
            "phoneCountryCode": phone.country_code,
            "isoCountryCode": phone.iso_country,
        }),
    }
}

fn mail(context: &Context<'_>, sent: &Verification) {
    let owner = context.state.owner_of(&sent.contact).map(|(user_id, _)| user_id);
    context.call.backend.outbox.send(Message {
        id: Uuid::new_v4(),
        channel: sent.contact.channel(),
        to: sent.contact.address(),
        kind: MessageKind::Otp,
        code: Some(sent.code.clone()),
        verification_uuid: Some(sent.id),
        link: None,
        token: None,
        user_id: sent.link_for.or(owner),
        sent_at: iso(context.now),
    });
}

pub(super) fn find(context: &Context<'_>, channel: Channel, id: &str) -> Result<Verification, ApiError> {
    let id = Uuid::try_parse(id).ok();
    let open = id.and_then(|id| context.state.verifications.get(id));
    open.filter(|open| open.contact.channel() == channel).cloned().ok_or_else(|| {
        context.call.trace.failed("code", "no such verification");
        unknown_verification(channel)
    })
}

pub(super) fn redeem(
    context: &mut Context<'_>,
    channel: Channel,
    id: &str,
    code: &str,
) -> Result<Verification, ApiError> {
    let open = find(context, channel, id)?;
    let now = context.now;
    let redeemed = context.state.verifications.redeem(open.id, code, now);
    match redeemed {
        Ok(verification) => {
            context.call.trace.passed("code", "");
            Ok(verification)
        }
        Err(error) => {
            context.call.trace.failed("code", format!("{error:?}"));
            Err(refusal(channel, error))
        }
    }
}

fn refusal(channel: Channel, error: CodeError) -> ApiError {
    let name = name_of(channel);
    match error {
        CodeError::Unknown => unknown_verification(channel),
        CodeError::Expired => {
            ApiError::unprocessable(&format!("invalid_{name}_verification"), "The code has expired")
        }
        CodeError::TooManyAttempts => {
            ApiError::unprocessable(&format!("too_many_{name}_verification_attempts"), "Too many wrong codes")
        }
        CodeError::Wrong => {
            ApiError::unprocessable(&format!("wrong_{name}_verification_token"), "Wrong code")
        }
    }
}

pub(super) fn unknown_verification(channel: Channel) -> ApiError {
    let code = format!("invalid_{}_verification", name_of(channel));
    ApiError::unprocessable(&code, "No such verification, or its code was used")
}

fn name_of(channel: Channel) -> &'static str {
    match channel {
        Channel::Email => "email",
        Channel::Sms => "sms",
    }
}

fn refuse_without_provider(context: &Context<'_>, channel: Channel) -> Result<(), ApiError> {
    let provider = match channel {
        Channel::Email => ProviderName::Email,
        Channel::Sms => ProviderName::Sms,
    };
    if context.policy.offers(provider) {
        return Ok(());
    }
    let code = format!("no_enabled_{}_provider", name_of(channel));
    Err(ApiError::unprocessable(&code, "This way to sign in is switched off"))
}

pub(super) fn refuse_without_captcha(context: &Context<'_>, token: Option<&str>) -> Result<(), ApiError> {
    if context.policy.captcha.is_none() || token.is_some_and(|token| !token.trim().is_empty()) {
        return Ok(());
    }
    context.call.trace.failed("captcha", "token missing");
    Err(ApiError::unprocessable("captcha_required", "A captcha token is needed"))
}

/// An address that came with a social account signs in by that account.
fn refuse_social_address(context: &Context<'_>, contact: &Contact) -> Result<(), ApiError> {
    if context.state.owner_of(contact).is_some() {
        return Ok(());
    }
    let address = contact.address();
    let Some(provider) = context.state.provider_of_email(&address) else { return Ok(()) };
    let error = "The address belongs to a user who signs in by a social account";
    let payload = json!({ "email": address, "loginProvider": provider });
    Err(ApiError::unprocessable("email_associated_with_different_provider", error).with_payload(payload))
}
