//! The user's profile.

use serde_json::{Value, json};
use stepup_core::{ErrorKind, OnboardingDuty, StepUpError, TokenScope, UpdateOutcome, User, UserUpdate};
use stepup_test_support::World;

use crate::helpers::{OTHER, holds, requests_at_all, sign_in_verified, user, world, world_with};

async fn update(world: &World, update: UserUpdate) -> Result<User, StepUpError> {
    match world.client.auth().update_user(update, None).await? {
        UpdateOutcome::Done { session } => Ok(session.user),
        sent => panic!("{sent:?}"),
    }
}

fn text(text: &str) -> Option<String> {
    Some(text.into())
}

fn everything() -> UserUpdate {
    UserUpdate {
        alias: text("the countess"),
        first_name: text("Ada"),
        last_name: text("Lovelace"),
        username: text("ada"),
        job_title: text("Programmer"),
        team: text("Engine"),
        t_shirt_size: text("M"),
        country: text("GB"),
        policies_consent: Some(true),
        metadata: text(r#"{"notes":["G"],"born":1815}"#),
        btc_wallet: text("btc"),
        kda_wallet: text("kda"),
        ltc_wallet: text("ltc"),
        ckb_wallet: text("ckb"),
        kas_wallet: text("kas"),
        doge_wallet: text("doge"),
        email_notification: Some(true),
        discord_notification: Some(false),
        newsletter_notification: Some(false),
    }
}

fn last_body(world: &World) -> Value {
    world.requests("/users").pop().unwrap()["body"].clone()
}

#[tokio::test]
async fn every_field_is_written() {
    let mut world = world().await;
    world.sign_in().await;
    let written = update(&world, everything()).await.unwrap();
    let expected = json!({
        "alias": "the countess", "firstName": "Ada", "lastName": "Lovelace", "username": "ada",
        "jobTitle": "Programmer", "team": "Engine", "tShirtSize": "M", "country": "GB",
        "policiesConsent": true, "metadata": { "notes": ["G"], "born": 1815 }, "btcWallet": "btc",
        "kdaWallet": "kda", "ltcWallet": "ltc", "ckbWallet": "ckb", "kasWallet": "kas", "dogeWallet": "doge",
        "emailNotification": true, "discordNotification": false, "newsletterNotification": false,
    });
    assert_eq!(last_body(&world), expected);
    let names = |user: &User| {
        let User { alias, first_name, last_name, username, .. } = user.clone();
        [alias, first_name, last_name, username]
    };
    let wanted = [text("the countess"), text("Ada"), text("Lovelace"), text("ada")];
    assert_eq!(names(&written), wanted);
    world.restart();
    assert_eq!(names(&user(&world).await), wanted);
}

#[tokio::test]
async fn what_is_not_given_stays_and_what_is_empty_is_cleared() {
    let world = world().await;
    world.sign_in().await;
    update(&world, everything()).await.unwrap();
    let cleared = UserUpdate {
        first_name: text(""),
        username: text(""),
        country: text(""),
        btc_wallet: text(""),
        metadata: text("{}"),
        ..UserUpdate::default()
    };
    let user = update(&world, cleared).await.unwrap();
    let expected =
        json!({ "firstName": "", "username": null, "country": null, "btcWallet": null, "metadata": {} });
    assert_eq!(last_body(&world), expected);
    assert_eq!((user.first_name.unwrap_or_default().as_str(), user.username), ("", None));
    assert_eq!(user.last_name, text("Lovelace"));
    // The name is free again.
    world.sign_in_as(OTHER).await;
    update(&world, UserUpdate { username: text("ada"), ..UserUpdate::default() }).await.unwrap();
}

#[tokio::test]
async fn what_cannot_be_written_is_not_sent() {
    let world = world().await;
    world.sign_in().await;
    let sent = requests_at_all(&world);
    let refused = |error: StepUpError| match error {
        StepUpError::InvalidArgument { argument, .. } => argument,
        other => panic!("{other:?}"),
    };
    assert_eq!(refused(update(&world, UserUpdate::default()).await.unwrap_err()), "update");
    for metadata in ["", "[]", "7", "null", "{", "\"text\"", "{} {}"] {
        let change = UserUpdate { metadata: text(metadata), alias: text("x"), ..UserUpdate::default() };
        assert_eq!(refused(update(&world, change).await.unwrap_err()), "metadata", "{metadata}");
    }
    assert_eq!(requests_at_all(&world), sent);
}

#[tokio::test]
async fn what_the_server_does_not_accept_is_told_by_its_code() {
    let world = world().await;
    world.sign_in_as(OTHER).await;
    update(&world, UserUpdate { username: text("ada"), ..UserUpdate::default() }).await.unwrap();
    world.sign_in().await;
    let large = format!("{{\"a\":\"{}\"}}", "x".repeat(3_000));
    for (change, code, kind) in [
        (
            UserUpdate { username: text("ada"), ..UserUpdate::default() },
            "username_already_exists",
            ErrorKind::AskUserAgain,
        ),
        (
            UserUpdate { username: text(" "), ..UserUpdate::default() },
            "invalid_username",
            ErrorKind::AskUserAgain,
        ),
        (
            UserUpdate { metadata: Some(large), ..UserUpdate::default() },
            "metadata_size_exceeded",
            ErrorKind::Bug,
        ),
    ] {
        let error = update(&world, change).await.unwrap_err();
        assert_eq!(error.server_answer().unwrap().code.as_deref(), Some(code));
        assert_eq!(error.kind(), kind, "{code}");
    }
    assert_eq!(user(&world).await.username, None);
}

#[tokio::test]
async fn i12_printing_an_update_shows_nothing_of_it() {
    let update = everything();
    let printed = format!("{update:?} {update}");
    for secret in ["Ada", "countess", "1815", "doge"] {
        assert!(!printed.contains(secret), "{printed}");
    }
}

#[tokio::test]
async fn a_token_is_needed_only_where_the_environment_protects_the_profile() {
    let policy = json!({ "actions": [{ "action": "user.update", "required": true }] });
    let world = world_with(policy).await;
    world.sign_in().await;
    let change = || UserUpdate { alias: text("a"), ..UserUpdate::default() };
    let (operation, scope) = ("update_user".into(), TokenScope::USER_UPDATE);
    let required = StepUpError::StepUpRequired { operation, scope, token_was_attached: false };
    assert_eq!(update(&world, change()).await.unwrap_err(), required);
    world.verify_by_email(&[TokenScope::USER_UPDATE]).await.unwrap();
    assert_eq!(update(&world, change()).await.unwrap().alias, text("a"));
    assert!(holds(&world, TokenScope::USER_UPDATE), "it is a reusable one");
}

#[tokio::test]
async fn fault_30_the_token_for_the_profile_goes_with_it_and_no_other() {
    let world = world().await;
    sign_in_verified(&world, &[TokenScope::CREDENTIAL_LINK]).await;
    let change = || UserUpdate { alias: text("a"), ..UserUpdate::default() };
    update(&world, change()).await.unwrap();
    let token_of = |world: &World| {
        let request = world.requests("/users").pop().unwrap();
        request["headers"].get("x-dyn-elevated-access-token").is_some()
    };
    assert!(!token_of(&world));
    world.verify_by_email(&[TokenScope::USER_UPDATE]).await.unwrap();
    update(&world, change()).await.unwrap();
    assert!(token_of(&world));
}

#[tokio::test]
async fn the_duty_to_complete_the_profile_is_resolved_by_completing_it() {
    let fields = json!([
        { "name": "firstName", "required": true },
        { "name": "shoeSize", "required": true },
        { "name": "lastName", "required": false },
    ]);
    let world = world_with(json!({ "profileFields": fields })).await;
    let session = world.sign_in().await;
    assert_eq!(session.duties, [OnboardingDuty::CompleteProfile]);
    assert_eq!(session.user.missing_fields, ["firstName", "shoeSize"]);
    let change = UserUpdate { first_name: text("Ada"), ..UserUpdate::default() };
    let UpdateOutcome::Done { session } = world.client.auth().update_user(change, None).await.unwrap() else {
        panic!("there is nothing to prove");
    };
    assert_eq!(session.user.missing_fields, ["shoeSize"]);
    assert_eq!(session.duties, [OnboardingDuty::CompleteProfile]);
    // A field of the environment's own is part of the metadata.
    let change = UserUpdate { metadata: text(r#"{"shoeSize":"38"}"#), ..UserUpdate::default() };
    let UpdateOutcome::Done { session } = world.client.auth().update_user(change, None).await.unwrap() else {
        panic!("there is nothing to prove");
    };
    assert_eq!((session.duties, session.user.missing_fields), (vec![], Vec::<String>::new()));
}

#[tokio::test]
async fn nobody_signed_in_has_no_profile() {
    let world = world().await;
    let error = update(&world, everything()).await.unwrap_err();
    assert_eq!(error, StepUpError::NotSignedIn { answer: None });
    assert_eq!(requests_at_all(&world), 0);
}

#[tokio::test]
async fn i04_an_update_that_is_answered_for_another_user_is_not_taken() {
    let world = world().await;
    let before = world.sign_in().await.user;
    let body = json!({
        "user": { "id": "another", "verifiedCredentials": [] }, "expiresAt": 4_000_000_000_u64,
        "minifiedJwt": stepup_test_support::elevated_token(&json!({})), "nextView": "done",
    });
    world.fault(json!({ "method": "PUT", "path": "users", "count": 1, "body": body }));
    let error = update(&world, everything()).await.unwrap_err();
    assert_eq!(error, StepUpError::IdentityMismatch);
    assert_eq!(user(&world).await, before);
    update(&world, everything()).await.unwrap();
}
