//! `users/merge` and `verify/merge`: two users who turn out to be one person.

use std::sync::Arc;

use axum::Router;
use axum::routing::post;
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{ApiResult, Call, Context, reply};
use crate::backend::Backend;
use crate::errors::ApiError;
use crate::policy::{LinkConflict, Policy, ProfileField};
use crate::state::{Offer, STANDARD_FIELDS, Session, User};

pub(super) fn routes() -> Router<Arc<Backend>> {
    Router::new().route("/users/merge", post(merge)).route("/verify/merge", post(merge_with_resolutions))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct MergeBody {
    #[serde(default)]
    merge_user_resolutions: Option<Vec<Resolution>>,
}

/// Whose value of a field is kept.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Resolution {
    user_id: String,
    field_key: String,
    r#type: String,
}

/// The refusal of a credential that `owner` has: `plain`, or where the policy merges, an offer that the
/// session's user can take within ten minutes, once.
pub(super) fn merge_offer(
    context: &mut Context<'_>,
    session: &Session,
    owner: Uuid,
    plain: ApiError,
) -> ApiError {
    if context.policy.link_conflict != LinkConflict::Merge {
        return plain;
    }
    let users = &context.state.users;
    let (Some(from), Some(current)) = (users.get(&owner), users.get(&session.user_id)) else { return plain };
    let conflicts: Vec<_> = conflicts(&context.policy, from, current)
        .iter()
        .map(|one| conflict_json(one, from, current))
        .collect();
    let conflicts = json!({ "fromUser": context.user_fields(from), "conflicts": conflicts });
    let now = context.now;
    context.state.offers.make(session.user_id, Offer::Merge(owner), now);
    let error = "The credential belongs to another user; the two can be merged";
    ApiError::unprocessable("merge_accounts_confirmation", error)
        .with_payload(json!({ "mergeConflicts": conflicts }))
}

/// Takes the offer where there is nothing to choose.
async fn merge(call: Call) -> ApiResult {
    finish(&call, &[])
}

/// Takes the offer, with a choice for each conflict.
async fn merge_with_resolutions(call: Call) -> ApiResult {
    let body: MergeBody = call.json()?;
    finish(&call, &body.merge_user_resolutions.unwrap_or_default())
}

fn finish(call: &Call, resolutions: &[Resolution]) -> ApiResult {
    let mut context = call.open();
    let session = context.trusted_session()?;
    let Some(Offer::Merge(gone)) = context.state.offers.of(session.user_id, context.now).cloned() else {
        return Err(invalid(&context, "nothing was offered, or too long ago"));
    };
    let current = context.user(session.user_id)?.clone();
    let Some(from) = context.state.users.get(&gone).cloned() else {
        return Err(invalid(&context, "the other user is gone"));
    };
    let conflicts = conflicts(&context.policy, &from, &current);
    let chosen = choose(&conflicts, resolutions, &from, &current).map_err(|why| invalid(&context, &why))?;
    context.state.merge_users(gone, current.id);
    let user = context.user(current.id)?;
    for field in chosen {
        user.copy_field(&field.name, &from);
    }
    let session = context.reissue(&session);
    reply(context.verify_response(&session, None)?)
}

/// The fields that both have and differ in: the API's own, and the environment's.
fn conflicts(policy: &Policy, from: &User, current: &User) -> Vec<ProfileField> {
    let listed = |name: &str| policy.profile_fields.iter().find(|field| field.name == name).cloned();
    let standard = STANDARD_FIELDS.iter().filter(|name| **name != "metadata");
    let standard = standard.map(|name| listed(name).unwrap_or_else(|| ProfileField::unlisted(name)));
    let custom = policy.profile_fields.iter().filter(|field| field.kind() == "custom").cloned();
    let differs = |field: &ProfileField| {
        let values = from.field(&field.name).zip(current.field(&field.name));
        values.is_some_and(|(theirs, own)| theirs != own)
    };
    standard.chain(custom).filter(differs).collect()
}

fn conflict_json(field: &ProfileField, from: &User, current: &User) -> Value {
    let side = |user: &User| json!({ "userId": user.id, "value": user.field(&field.name) });
    json!({ "field": field.to_json(), "fromUser": side(from), "currentUser": side(current) })
}

/// The fields whose value is taken from the other user. Every conflict is resolved exactly once.
fn choose<'a>(
    conflicts: &'a [ProfileField],
    resolutions: &[Resolution],
    from: &User,
    current: &User,
) -> Result<Vec<&'a ProfileField>, String> {
    let known = |one: &Resolution| {
        conflicts.iter().any(|field| field.name == one.field_key && field.kind() == one.r#type)
    };
    if let Some(stray) = resolutions.iter().find(|one| !known(one)) {
        return Err(format!("`{}` is no conflict of type `{}`", stray.field_key, stray.r#type));
    }
    let mut chosen = Vec::new();
    for field in conflicts {
        let of_field: Vec<_> = resolutions.iter().filter(|one| one.field_key == field.name).collect();
        let [resolution] = of_field.as_slice() else {
            return Err(format!("`{}` is not resolved exactly once", field.name));
        };
        match Uuid::try_parse(&resolution.user_id) {
            Ok(id) if id == from.id => chosen.push(field),
            Ok(id) if id == current.id => {}
            _ => return Err(format!("`{}` is neither user's id", resolution.user_id)),
        }
    }
    Ok(chosen)
}

fn invalid(context: &Context<'_>, reason: &str) -> ApiError {
    context.call.trace.failed("merge", reason);
    ApiError::unprocessable("merge_accounts_invalid", &format!("The accounts were not merged: {reason}"))
}
