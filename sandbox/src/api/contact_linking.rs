//! Linking an e-mail address or phone number to a signed-in user, also one that somebody else has.

use serde_json::json;
use uuid::Uuid;

use super::Context;
use super::merge::merge_offer;
use crate::enforcement::{Operation, guard};
use crate::errors::ApiError;
use crate::policy::LinkConflict;
use crate::state::{Contact, Credential, Session, Verification};

/// A contact that was linked.
pub(super) struct Linked {
    pub(super) credential_id: Uuid,
    /// Whether another user had it before.
    pub(super) transferred: bool,
}

/// A new contact needs an elevated token, unless `PUT users` took it.
///
/// # Errors
/// 403 without the token; 422 where a contact of somebody else is never linked.
pub(super) fn admit(
    context: &mut Context<'_>,
    session: &Session,
    open: &Verification,
) -> Result<(), ApiError> {
    refuse_taken(context, &open.contact)?;
    if open.link_for == Some(session.user_id) {
        return Ok(());
    }
    guard(context, session, Operation::LinkContact)
}

/// Refuses a contact that some user has, unless the policy lets something come of its proof.
pub(super) fn refuse_taken(context: &Context<'_>, contact: &Contact) -> Result<(), ApiError> {
    let taken_for_good = context.policy.link_conflict == LinkConflict::Refuse;
    match context.state.owner_of(contact) {
        Some(_) if taken_for_good => Err(taken(contact)),
        _ => Ok(()),
    }
}

/// Adds a contact whose code was right; one of the same kind is replaced and keeps its id.
///
/// # Errors
/// 422 where another user has it, as the policy says; it may be an offer to merge.
pub(super) fn link(
    context: &mut Context<'_>,
    session: &Session,
    contact: Contact,
) -> Result<Linked, ApiError> {
    let owner = context.state.owner_of(&contact);
    match owner {
        Some((owner, credential)) if context.policy.link_conflict == LinkConflict::Transfer => {
            context.state.release(owner, credential);
        }
        Some((owner, _)) => return Err(merge_offer(context, session, owner, taken(&contact))),
        None => {}
    }
    let credential_id = put(context, session, contact)?;
    Ok(Linked { credential_id, transferred: owner.is_some() })
}

fn put(context: &mut Context<'_>, session: &Session, contact: Contact) -> Result<Uuid, ApiError> {
    let now = context.now;
    let user = context.user(session.user_id)?;
    let same_kind = |credential: &&mut Credential| credential.contact.channel() == contact.channel();
    if let Some(existing) = user.credentials.iter_mut().find(same_kind) {
        existing.contact = contact;
        existing.verified_at = now;
        return Ok(existing.id);
    }
    let credential = Credential::new(contact, now);
    let id = credential.id;
    user.credentials.push(credential);
    Ok(id)
}

fn taken(contact: &Contact) -> ApiError {
    match contact {
        Contact::Email(address) => {
            ApiError::unprocessable("email_already_exists", "The address belongs to another user")
                .with_payload(json!({ "email": address }))
        }
        Contact::Phone(_) => ApiError::unprocessable(
            "user_has_already_account_with_phone_number",
            "The number belongs to another user",
        ),
    }
}
