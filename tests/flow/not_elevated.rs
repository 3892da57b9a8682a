//! Proofs that the server accepts without granting what was asked for.

use std::{sync::Arc, time::SystemTime};

use serde_json::{Value, json};
use stepup_core::{
    SignInOptions, StepUpError, StepUpFilter, StepUpFlow, StepUpFlowState, StepUpMethod, TokenScope,
};
use stepup_test_support::{EMAIL, Totp, World, elevated_token};

use crate::{
    helpers::{EXPORT, LINK, UNLINK, choosing, ended, prompt, start_for, until},
    screen::name,
    users::{SUBJECT, assertion, holds, with_external_jwt, world},
};

/// The error with which the user is back at the choice.
async fn back_at_the_choice(flow: &StepUpFlow) -> StepUpError {
    let is_told = |state: &StepUpFlowState| matches!(state, StepUpFlowState::Choosing { error: Some(_), .. });
    match until(flow, is_told).await {
        StepUpFlowState::Choosing { options, error, .. } => {
            assert_eq!(options[0].error, error);
            error.unwrap()
        }
        _ => unreachable!(),
    }
}

async fn enroll_totp(world: &World) -> Totp {
    let enrollment = world.client.mfa().enroll_totp(None).await.unwrap();
    let totp = Totp { secret: enrollment.secret.expose().to_owned(), device_id: enrollment.device_id };
    world.client.mfa().confirm_totp(world.totp_code(&totp), None).await.unwrap();
    totp
}

#[tokio::test]
async fn fault_32_fault_33_a_code_that_grants_nothing_is_no_success() {
    let world = world().await;
    let options = SignInOptions { allow_new_mfa_linking: true, ..SignInOptions::default() };
    world.sign_in_with(EMAIL, options).await;
    let flow = start_for(&world, &[EXPORT], None);
    prompt(&flow).await;
    // Meanwhile the user gets a second factor, and a code by e-mail does not do any more.
    enroll_totp(&world).await;
    flow.submit(world.code(EMAIL)).unwrap();
    let error = back_at_the_choice(&flow).await;
    assert_eq!(error, StepUpError::NotElevated { granted: vec![], missing: vec![EXPORT] });
    assert!(!holds(&world, EXPORT));
}

/// A token of the user's for these scopes, as the server would grant it.
async fn token_for(world: &World, scopes: &str) -> Value {
    let user = world.client.auth().session(None).await.unwrap().unwrap().user;
    let now = world.sandbox.clock().now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
    let claims = json!({ "sub": user.id, "scope": scopes, "exp": now + 300, "singleUse": false });
    json!({ "elevatedAccessToken": elevated_token(&claims) })
}

async fn submit(world: &World, flow: &Arc<StepUpFlow>) -> Vec<TokenScope> {
    let waiting = until(flow, |state| name(state) == "AwaitingExternalJwt").await;
    let StepUpFlowState::AwaitingExternalJwt { scopes, .. } = waiting else { unreachable!() };
    let named = scopes.iter().map(TokenScope::as_str).collect::<Vec<_>>().join(" ");
    let jwt = assertion(world, json!({ "sub": SUBJECT, "scope": named })).await;
    flow.submit_external_jwt(jwt).unwrap();
    scopes
}

#[tokio::test]
async fn what_was_granted_is_kept_and_only_the_rest_is_asked_for() {
    let world = with_external_jwt().await;
    let filter = StepUpFilter::Methods { methods: vec![StepUpMethod::ExternalJwt] };
    let flow = start_for(&world, &[LINK, UNLINK], Some(filter));
    let body = token_for(&world, "credential:link").await;
    world.fault(json!({ "method": "POST", "path": "externalAuth/verify", "count": 1, "body": body }));
    assert_eq!(submit(&world, &flow).await, [LINK, UNLINK]);
    let error = back_at_the_choice(&flow).await;
    assert_eq!(error, StepUpError::NotElevated { granted: vec![LINK], missing: vec![UNLINK] });
    assert!(holds(&world, LINK) && !holds(&world, UNLINK));
    flow.select(choosing(&flow).await[0].id.clone()).unwrap();
    assert_eq!(submit(&world, &flow).await, [UNLINK]);
    let state = ended(&flow).await;
    let StepUpFlowState::Granted { elevations, not_required } = state else { panic!("{state:?}") };
    let scopes: Vec<_> = elevations.into_iter().map(|elevation| elevation.scopes).collect();
    assert_eq!((scopes, not_required), (vec![vec![LINK], vec![UNLINK]], vec![]));
}

#[tokio::test]
async fn a_hopeless_assertion_stays_where_another_may_be_given() {
    let world = with_external_jwt().await;
    let filter = StepUpFilter::Methods { methods: vec![StepUpMethod::ExternalJwt] };
    let flow = start_for(&world, &[LINK], Some(filter));
    until(&flow, |state| name(state) == "AwaitingExternalJwt").await;
    flow.submit_external_jwt("not a JWT".into()).unwrap();
    let is_told = |state: &StepUpFlowState| {
        matches!(state, StepUpFlowState::AwaitingExternalJwt { error: Some(_), .. })
    };
    until(&flow, is_told).await;
    submit(&world, &flow).await;
    assert!(matches!(ended(&flow).await, StepUpFlowState::Granted { .. }));
}
