//! What `PUT users` may write into the profile.

use serde_json::{Map, Value};

use super::Context;
use crate::errors::ApiError;
use crate::policy::ProfileField;
use crate::state::{STANDARD_FIELDS, State, User};

/// Larger metadata is refused, in bytes of its JSON.
const MAX_METADATA: usize = 2048;

/// The fields of a body that belong into the profile, checked.
///
/// # Errors
/// 400 for a value of the wrong type; 422 `invalid_username`, `username_already_exists`,
/// `custom_field_data_not_unique`, `metadata_size_exceeded`.
pub(super) fn accept(
    context: &Context<'_>,
    user: &User,
    body: &Map<String, Value>,
) -> Result<Map<String, Value>, ApiError> {
    let written = body.iter().filter(|(name, _)| STANDARD_FIELDS.contains(&name.as_str()));
    let profile: Map<_, _> = written.map(|(name, value)| (name.clone(), value.clone())).collect();
    for (name, value) in &profile {
        refuse_type(name, value)?;
    }
    refuse_empty_username(&profile)?;
    refuse_large_metadata(&profile)?;
    let mut changed = user.clone();
    changed.profile.extend(profile.clone());
    refuse_taken_values(context, user, &changed)?;
    Ok(profile)
}

/// Whether no user has this value of a field.
pub(super) fn is_free(state: &State, name: &str, value: &str) -> bool {
    !state.users.values().any(|user| user.field(name).as_deref() == Some(value))
}

/// `null` empties a field, whatever its type.
fn refuse_type(name: &str, value: &Value) -> Result<(), ApiError> {
    let (fits, wanted) = match name {
        "metadata" => (value.is_object(), "an object"),
        "policiesConsent" | "emailNotification" | "discordNotification" | "newsletterNotification" => {
            (value.is_boolean(), "true or false")
        }
        _ => (value.is_string(), "a text"),
    };
    match fits || value.is_null() {
        true => Ok(()),
        false => Err(ApiError::malformed(&format!("`{name}` must be {wanted}"))),
    }
}

fn refuse_empty_username(profile: &Map<String, Value>) -> Result<(), ApiError> {
    match profile.get("username").and_then(Value::as_str) {
        Some(name) if name.trim().is_empty() => {
            Err(ApiError::unprocessable("invalid_username", "This is not a user name"))
        }
        _ => Ok(()),
    }
}

fn refuse_large_metadata(profile: &Map<String, Value>) -> Result<(), ApiError> {
    let size = profile.get("metadata").map_or(0, |metadata| metadata.to_string().len());
    if size <= MAX_METADATA {
        return Ok(());
    }
    let error = format!("The metadata has {size} bytes, {MAX_METADATA} are allowed");
    Err(ApiError::unprocessable("metadata_size_exceeded", &error))
}

/// User names are unique everywhere, other fields where the policy says so.
fn refuse_taken_values(context: &Context<'_>, user: &User, changed: &User) -> Result<(), ApiError> {
    let listed = context.policy.profile_fields.iter().filter(|field| field.unique);
    let names = listed.map(|field| field.name.as_str()).chain(["username"]);
    for name in names.filter(|name| !ProfileField::is_contact(name)) {
        let Some(value) = changed.field(name).filter(|value| user.field(name).as_ref() != Some(value)) else {
            continue;
        };
        // The user's own value is another one: whoever has this one is somebody else.
        if !is_free(&context.state, name, &value) {
            return Err(match name {
                "username" => ApiError::unprocessable("username_already_exists", "The user name is taken"),
                _ => ApiError::unprocessable(
                    "custom_field_data_not_unique",
                    &format!("Another user has this value of `{name}`"),
                ),
            });
        }
    }
    Ok(())
}
