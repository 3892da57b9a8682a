//! The persisted form: old samples stay readable, and nothing in it is believed that should not be.

use std::{
    collections::BTreeSet,
    time::{Duration, SystemTime},
};

use serde_json::{Value, json};
use stepup_core::{CredentialFormat, SessionTokenKind, TokenScope, User};
use stepup_test_support::{World, elevated_token};

use crate::helpers::{
    envelope, holds, holds_no_token, reusable_token, seconds_from_now, sign_in_with_tokens, user_id,
};

/// Written by the first version. Never edited; a new version adds a sample of its own.
const V1: &[u8] = include_bytes!("../envelopes/v1.json");
/// With the name of the epoch, and more of the user.
const V2: &[u8] = include_bytes!("../envelopes/v2.json");

/// A client on a storage that holds this.
async fn starts_with(bytes: &[u8]) -> World {
    let mut world = World::new().await;
    world.sign_in().await;
    world.client.shutdown();
    world.storage.overwrite(bytes);
    world.client = world.open().unwrap();
    world.client.restore(None).await.unwrap();
    world
}

/// A stored session of this user, with these elevated tokens.
fn stored(user: &str, elevations: &[String]) -> Vec<u8> {
    let elevations: Vec<Value> = elevations.iter().map(|token| json!({ "token": token })).collect();
    let token = elevated_token(&json!({ "sub": user }));
    json!({
        "schema_version": 1,
        "user": { "id": user },
        "session": { "token": token, "expires_at": seconds_from_now(7_200) },
        "elevations": elevations,
    })
    .to_string()
    .into_bytes()
}

#[tokio::test]
async fn an_envelope_of_version_1_is_restored() {
    is_restored(V1).await;
}

#[tokio::test]
async fn an_envelope_of_version_2_is_restored() {
    let user = is_restored(V2).await;
    assert_eq!((user.job_title.as_deref(), user.country.as_deref()), (Some("Countess"), Some("GB")));
    assert_eq!(user.metadata.as_deref(), Some(r#"{"plan":"gold"}"#));
}

/// What every version holds.
async fn is_restored(sample: &[u8]) -> User {
    let world = starts_with(sample).await;
    let sample: Value = serde_json::from_slice(sample).unwrap();
    let auth = world.client.auth();
    let session = auth.session(None).await.unwrap().unwrap();
    assert_eq!(session.user.id, "5d0c3b0e-7a4f-4c38-9b62-1f6f0a3c9d21");
    assert_eq!(session.user.email.as_deref(), Some("ada@example.com"));
    let credentials = &session.user.verified_credentials;
    let formats: Vec<_> = credentials.iter().map(|credential| credential.format.clone()).collect();
    let expected = [CredentialFormat::Email, CredentialFormat::PhoneNumber, CredentialFormat::Passkey];
    assert_eq!(formats, expected);
    assert_eq!(session.expires_at, SystemTime::UNIX_EPOCH + Duration::from_secs(4_102_444_800));
    for (kind, name) in [(SessionTokenKind::Minified, "token"), (SessionTokenKind::Full, "full_jwt")] {
        let token = auth.session_token(kind, None).await.unwrap().unwrap();
        assert_eq!(token.expose(), sample["session"][name].as_str().unwrap());
    }
    let elevation = world.client.step_up().elevation(TokenScope::CREDENTIAL_LINK).unwrap();
    assert_eq!(elevation.scopes, [TokenScope::CREDENTIAL_LINK, TokenScope::CREDENTIAL_UNLINK]);
    assert!(!elevation.single_use);
    session.user
}

#[tokio::test]
async fn a_sample_holds_every_field_that_is_written() {
    let world = World::new().await;
    sign_in_with_tokens(&world).await;
    let sample: Value = serde_json::from_slice(V2).unwrap();
    let written = envelope(&world);
    assert_eq!(written["schema_version"], 2);
    assert_eq!(paths(&written), paths(&sample), "a new form needs a new version and a new sample");
}

/// The names of all fields.
fn paths(value: &Value) -> BTreeSet<String> {
    let below = |name: &str, value: &Value| {
        let nested: Vec<_> = paths(value).into_iter().map(|path| format!("{name}.{path}")).collect();
        std::iter::once(name.to_owned()).chain(nested).collect::<Vec<_>>()
    };
    match value {
        Value::Object(fields) => fields.iter().flat_map(|(name, value)| below(name, value)).collect(),
        Value::Array(items) => items.iter().flat_map(|item| below("[]", item)).collect(),
        _ => BTreeSet::new(),
    }
}

#[tokio::test]
async fn i03_i04_a_stored_token_of_another_user_is_left_out() {
    let tokens =
        [reusable_token("u", &"a:own".into()), reusable_token("stranger", &TokenScope::CREDENTIAL_LINK)];
    let world = starts_with(&stored("u", &tokens)).await;
    assert_eq!(user_id(&world).await.as_deref(), Some("u"));
    assert!(holds(&world, "a:own".into()));
    assert!(holds_no_token(&world));
}

#[tokio::test]
async fn i05_a_stored_token_that_has_expired_or_is_single_use_is_left_out() {
    let token = |expiry: u64, single_use: bool, scope: &str| {
        elevated_token(&json!({ "sub": "u", "scope": scope, "exp": expiry, "singleUse": single_use }))
    };
    let tokens = [
        token(1_700_000_000, false, TokenScope::CREDENTIAL_LINK.as_str()),
        token(seconds_from_now(300), true, TokenScope::WALLET_EXPORT.as_str()),
        "not a token".into(),
        token(seconds_from_now(300), false, "a:good"),
    ];
    let world = starts_with(&stored("u", &tokens)).await;
    assert!(holds(&world, "a:good".into()));
    assert!(holds_no_token(&world));
}

#[tokio::test]
async fn i18_fields_that_are_unknown_or_null_do_no_harm() {
    let mut stored: Value = serde_json::from_slice(&stored("u", &[])).unwrap();
    stored["added_later"] = json!({ "a": [1] });
    stored["user"]["added_later"] = json!(1);
    stored["user"]["email"] = Value::Null;
    stored["session"]["full_jwt"] = Value::Null;
    let unknown = json!([{ "id": "c", "format": "hologram", "sign_in_enabled": true }]);
    stored["user"]["verified_credentials"] = unknown;
    let world = starts_with(stored.to_string().as_bytes()).await;
    let user = world.client.auth().session(None).await.unwrap().unwrap().user;
    assert_eq!(user.verified_credentials[0].format, CredentialFormat::Other("hologram".into()));
}
