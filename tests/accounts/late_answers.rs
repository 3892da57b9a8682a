//! What becomes of a code that is being redeemed while the session changes, or the network fails (I3, I4,
//! I10).

use serde_json::{Value, json};
use stepup_core::{RedirectOutcome, SessionTokenKind, StepUpError, TokenScope};
use stepup_test_support::{World, elevated_token};
use tokio::task::JoinHandle;

use crate::helpers::{
    EXPORT, LATE, LINK, OTHER, Visit, done, holds, own_account, patient_world, redemptions,
    sign_in_with_google, social, user, user_id,
};

fn step(visit: Visit) -> &'static str {
    if visit == Visit::SignIn { "providers/google/signIn" } else { "providers/google/verify" }
}

/// A successful answer to a redemption by this user, with a token for everything that the tests look at.
async fn success(world: &World, user_id: &str) -> Value {
    let auth = world.client.auth();
    let token = match auth.session_token(SessionTokenKind::Minified, None).await {
        Ok(Some(token)) => token.expose().to_owned(),
        _ => elevated_token(&json!({ "sub": user_id })),
    };
    let now = world.sandbox.clock().now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let scope = "wallet:export wallet:sign";
    let claims = json!({ "sub": user_id, "scope": scope, "exp": now + 300, "singleUse": false });
    let credentials = match auth.session(None).await.unwrap() {
        Some(session) => social(&session.user).iter().map(|one| one.id.clone()).collect(),
        None => Vec::new(),
    };
    let credentials: Vec<_> = credentials
        .iter()
        .map(|id| json!({ "id": id, "format": "oauth", "oauth_provider": "google", "signInEnabled": true }))
        .collect();
    json!({
        "user": { "id": user_id, "scope": "user:basic", "verifiedCredentials": credentials },
        "expiresAt": now + 7_200,
        "minifiedJwt": token,
        "elevatedAccessToken": elevated_token(&claims),
    })
}

fn answered(world: &World, visit: Visit, late_by: u64, body: &Value) {
    let path = step(visit);
    world.fault(json!({ "method": "POST", "path": path, "count": 1, "latencyMs": late_by, "body": body }));
}

/// Has a redirect redeemed, and waits until the request has arrived.
async fn begin_redeeming(
    world: &World,
    visit: Visit,
    redirect: String,
) -> JoinHandle<Result<RedirectOutcome, StepUpError>> {
    let (auth, earlier) = (world.client.auth(), world.count(step(visit)));
    let call = tokio::spawn(async move { auth.handle_redirect(redirect, None).await });
    world.arrived(step(visit), earlier + 1).await;
    call
}

fn assert_not_signed_in<T: std::fmt::Debug>(ended: Result<T, StepUpError>) {
    let error = ended.unwrap_err();
    assert!(matches!(error, StepUpError::NotSignedIn { .. }), "{error:?}");
}

#[tokio::test]
async fn i04_a_redemption_that_is_answered_after_logout_brings_nothing() {
    for visit in Visit::ALL {
        let mut world = patient_world().await;
        visit.prepare(&world).await;
        let (call, redirect) = visit.begin(&world).await;
        let user = user_id(&world).await.unwrap_or_else(|| "somebody".into());
        answered(&world, visit, LATE, &success(&world, &user).await);
        let redeeming = begin_redeeming(&world, visit, redirect).await;
        world.client.auth().logout(None).await.unwrap();
        assert_not_signed_in(redeeming.await.unwrap());
        assert_not_signed_in(call.await.unwrap());
        for _ in 0..2 {
            assert_eq!(user_id(&world).await, None, "{visit:?}");
            assert!(!holds(&world, EXPORT) && world.storage.records().is_empty());
            world.restart();
        }
    }
}

#[tokio::test]
async fn i04_a_redemption_that_is_answered_after_a_change_of_user_brings_nothing() {
    for visit in [Visit::Link, Visit::Verify] {
        let world = patient_world().await;
        visit.prepare(&world).await;
        world.client.auth().send_email_otp(OTHER.into(), None).await.unwrap();
        let (call, redirect) = visit.begin(&world).await;
        let first = user_id(&world).await.unwrap();
        answered(&world, visit, LATE, &success(&world, &first).await);
        let redeeming = begin_redeeming(&world, visit, redirect).await;
        world.client.auth().logout(None).await.unwrap();
        let second = done(world.client.auth().sign_in_with_otp(world.code(OTHER), None, None).await).user;
        assert_not_signed_in(redeeming.await.unwrap());
        assert_not_signed_in(call.await.unwrap());
        assert_eq!(user(&world).await, second, "{visit:?}");
        assert!(!holds(&world, EXPORT) && !holds(&world, LINK));
        assert!(!world.storage.text().contains(&first));
    }
}

#[tokio::test]
async fn i03_a_code_that_waits_for_its_turn_is_not_sent_for_the_next_user() {
    for visit in [Visit::Link, Visit::Verify] {
        let world = patient_world().await;
        visit.prepare(&world).await;
        world.client.auth().send_email_otp(OTHER.into(), None).await.unwrap();
        let (call, redirect) = visit.begin(&world).await;
        let (earlier, signed_in) = (redemptions(&world), world.count("emailVerifications/signin"));
        let path = "emailVerifications/signin";
        world.fault(json!({ "method": "POST", "path": path, "count": 1, "latencyMs": LATE }));
        let (auth, code) = (world.client.auth(), world.code(OTHER));
        let sign_in = tokio::spawn(async move { auth.sign_in_with_otp(code, None, None).await });
        world.arrived(path, signed_in + 1).await;
        assert_not_signed_in(world.client.auth().handle_redirect(redirect, None).await);
        assert_not_signed_in(call.await.unwrap());
        let second = done(sign_in.await.unwrap());
        assert_eq!(redemptions(&world), earlier, "{visit:?}");
        assert_eq!(user_id(&world).await, Some(second.user.id));
    }
}

#[tokio::test]
async fn i07_a_code_waits_for_the_refresh_before_it() {
    for visit in [Visit::Link, Visit::Verify] {
        let world = patient_world().await;
        visit.prepare(&world).await;
        let (call, redirect) = visit.begin(&world).await;
        world.fault(json!({ "method": "POST", "path": "refresh", "count": 1, "latencyMs": LATE }));
        let auth = world.client.auth();
        let refresh = tokio::spawn(async move { auth.refresh(None).await });
        world.arrived("/refresh", 1).await;
        world.client.auth().handle_redirect(redirect, None).await.unwrap();
        refresh.await.unwrap().unwrap();
        call.await.unwrap().unwrap();
        assert!(visit.has_succeeded(&world).await, "{visit:?}");
        world.client.auth().refresh(None).await.unwrap();
    }
}

#[tokio::test]
async fn i04_an_answer_that_names_another_user_is_not_taken() {
    for visit in [Visit::Link, Visit::Verify] {
        let world = patient_world().await;
        visit.prepare(&world).await;
        let before = user(&world).await;
        let mut foreign = success(&world, "another user").await;
        answered(&world, visit, 0, &foreign);
        let (call, redirect) = visit.begin(&world).await;
        let error = world.client.auth().handle_redirect(redirect, None).await.unwrap_err();
        assert_eq!(error, StepUpError::IdentityMismatch, "{visit:?}");
        assert_eq!(call.await.unwrap().unwrap_err(), StepUpError::IdentityMismatch);
        // The session is the user's, but the token is another's.
        foreign["user"]["id"] = before.id.clone().into();
        answered(&world, visit, 0, &foreign);
        let (call, redirect) = visit.begin(&world).await;
        let error = world.client.auth().handle_redirect(redirect, None).await.unwrap_err();
        assert_eq!(error, StepUpError::IdentityMismatch, "{visit:?}");
        call.await.unwrap().unwrap_err();
        assert_eq!(user(&world).await, before);
        assert!(!holds(&world, EXPORT));
        assert!(!world.storage.text().contains("another user"));
    }
}

#[tokio::test]
async fn i10_a_code_is_sent_once_whatever_the_network_does() {
    let failures = [
        json!({ "cut": "before" }),
        json!({ "cut": "amid" }),
        json!({ "status": 503, "headers": { "retry-after": "0" } }),
        json!({ "status": 429, "headers": { "retry-after": "0" } }),
        json!({ "status": 200, "body": "{\"user\":" }),
        json!({ "status": 200, "body": "<html>" }),
        json!({ "status": 200, "body": null }),
    ];
    for visit in Visit::ALL {
        let world = patient_world().await;
        visit.prepare(&world).await;
        for failure in &failures {
            let (call, redirect) = visit.begin(&world).await;
            let (who, earlier) = (user_id(&world).await, redemptions(&world));
            let mut rule = failure.clone();
            (rule["method"], rule["path"], rule["count"]) = ("POST".into(), step(visit).into(), 1.into());
            world.fault(rule);
            let error = world.client.auth().handle_redirect(redirect.clone(), None).await.unwrap_err();
            assert_eq!(call.await.unwrap().unwrap_err(), error, "{visit:?} {failure}");
            assert_eq!(redemptions(&world), earlier + 1, "{visit:?} {failure}: {error:?}");
            let again = world.client.auth().handle_redirect(redirect, None).await;
            assert_eq!(again, Ok(RedirectOutcome::NotOurs));
            assert!(!holds(&world, EXPORT));
            if failure["cut"] == "amid" && visit != Visit::SignIn {
                // The server has re-issued the session, so this one is over (contract, §0.6).
                world.client.auth().logout(None).await.unwrap();
                world.sandbox.clock().advance(601);
                world.clock.set_ahead(601);
                visit.prepare(&world).await;
            } else {
                assert_eq!(user_id(&world).await, who, "{visit:?} {failure}");
            }
        }
    }
}

#[tokio::test]
async fn i12_a_dropped_answer_leaves_no_scope_behind() {
    let world = patient_world().await;
    sign_in_with_google(&world, own_account()).await;
    let (call, redirect) = Visit::Verify.begin(&world).await;
    let body = success(&world, &user_id(&world).await.unwrap()).await;
    answered(&world, Visit::Verify, LATE, &body);
    let redeeming = begin_redeeming(&world, Visit::Verify, redirect).await;
    redeeming.abort();
    assert!(redeeming.await.unwrap_err().is_cancelled());
    assert_eq!(call.await.unwrap(), Err(StepUpError::Cancelled));
    world.client.auth().refresh(None).await.unwrap();
    assert!(!holds(&world, EXPORT) && !holds(&world, TokenScope::WALLET_SIGN));
    assert!(!world.storage.text().contains(body["elevatedAccessToken"].as_str().unwrap()));
}
