//! What there is to choose from.

use serde_json::json;
use stepup_core::{
    CredentialFormat, MfaFactorKind, Platform, SocialProvider, StepUpError, StepUpFilter, StepUpFlowState,
    StepUpMethod, StepUpOption, TokenScope, UnavailableReason,
};
use stepup_test_support::{EMAIL, World};

use crate::{
    helpers::{EXPORT, choosing, granted, prompt, start, start_choosing, start_for, until},
    screen::name,
    users::{config, credential, patch_policy, with_email, with_many, with_totp_and_passkey},
};

const GOOGLE: StepUpMethod = StepUpMethod::Social { provider: SocialProvider::Google };

fn methods(options: &[StepUpOption]) -> Vec<StepUpMethod> {
    options.iter().map(|option| option.method.clone()).collect()
}

/// What a flow with this filter offers, and what it hints at.
async fn offered(world: &World, filter: StepUpFilter) -> (Vec<StepUpMethod>, Vec<MfaFactorKind>) {
    let step_up = world.client.step_up();
    let flow = step_up.start(vec![EXPORT], Some(filter), None, false).unwrap();
    let state = until(&flow, |state| name(state) == "Choosing").await;
    let StepUpFlowState::Choosing { options, enrollment_hints, is_confirmed: true, error: None } = state
    else {
        panic!("{state:?}")
    };
    flow.cancel();
    (methods(&options), enrollment_hints)
}

#[tokio::test]
async fn the_servers_choice_comes_first_then_the_methods_in_their_order() {
    let world = with_many().await;
    let options = choosing(&start_choosing(&world)).await;
    let expected = [StepUpMethod::Email, StepUpMethod::Sms, StepUpMethod::Wallet, GOOGLE];
    assert_eq!(methods(&options), expected);
    let preferred: Vec<_> = options.iter().map(|option| option.is_preferred).collect();
    assert_eq!(preferred, [true, false, false, false]);
    assert!(options.iter().all(|option| option.unusable.is_none() && !option.is_second_factor));
    assert_eq!(options[0].masked_label.as_deref(), Some("a•••@example.com"));
    assert_eq!(options[1].masked_label.as_deref(), Some("+1 •••67"));
    assert!(
        options
            .iter()
            .all(|option| option.credential_id.as_ref().is_some_and(|id| id.as_str() == option.id.as_str()))
    );
}

#[tokio::test]
async fn second_factors_come_with_recovery_codes_last() {
    let (world, _) = with_totp_and_passkey().await;
    let options = choosing(&start_choosing(&world)).await;
    let (mut offered, last) = (methods(&options), options.last().unwrap());
    assert_eq!(offered.pop(), Some(StepUpMethod::RecoveryCode));
    assert!(!last.is_preferred);
    assert!(
        offered.len() == 2
            && [StepUpMethod::Passkey, StepUpMethod::Totp].iter().all(|it| offered.contains(it))
    );
    assert!(options.iter().all(|option| option.is_second_factor));
}

#[tokio::test]
async fn what_the_app_prefers_comes_before_the_servers_choice() {
    let world = with_many().await;
    let wallet = credential(&world, &CredentialFormat::Blockchain).await;
    let flow = world.client.step_up().start(vec![EXPORT], None, Some(wallet.clone()), false).unwrap();
    let options = choosing(&flow).await;
    assert_eq!((options[0].id.as_str(), options[0].is_preferred), (wallet.as_str(), true));
    assert_eq!(options.iter().filter(|option| option.is_preferred).count(), 1);
    assert_eq!(options[1].method, StepUpMethod::Email, "then the server's");
}

#[tokio::test]
async fn a_filter_leaves_out_what_the_app_does_not_want() {
    let world = with_many().await;
    let (all, _) = offered(&world, StepUpFilter::All).await;
    assert_eq!(all.len(), 4);
    assert_eq!(offered(&world, StepUpFilter::ReauthenticationOnly).await.0, all);
    assert_eq!(offered(&world, StepUpFilter::MfaOnly).await.0, []);
    let named = vec![GOOGLE, StepUpMethod::Sms, StepUpMethod::Totp];
    let named = offered(&world, StepUpFilter::Methods { methods: named }).await.0;
    assert_eq!(named, [StepUpMethod::Sms, GOOGLE]);
    let (world, _) = with_totp_and_passkey().await;
    assert_eq!(offered(&world, StepUpFilter::MfaOnly).await.0.len(), 3);
    assert_eq!(offered(&world, StepUpFilter::ReauthenticationOnly).await.0, []);
}

#[tokio::test]
async fn an_assertion_of_the_backend_is_offered_where_the_app_names_it() {
    let world = with_email().await;
    let named = vec![StepUpMethod::ExternalJwt, StepUpMethod::Email];
    let (named, _) = offered(&world, StepUpFilter::Methods { methods: named }).await;
    assert_eq!(named, [StepUpMethod::Email, StepUpMethod::ExternalJwt]);
    assert_eq!(offered(&world, StepUpFilter::All).await.0, [StepUpMethod::Email]);
}

#[tokio::test]
async fn nobody_is_asked_to_choose_from_one_unless_the_app_wants_that() {
    let world = with_email().await;
    let codes = world.count("emailVerifications/create");
    let flow = start_choosing(&world);
    assert_eq!(choosing(&flow).await.len(), 1);
    assert_eq!(world.count("emailVerifications/create"), codes);
    flow.cancel();
    prompt(&start(&world)).await;
    assert_eq!(world.count("emailVerifications/create"), codes + 1);
}

#[tokio::test]
async fn the_app_that_comes_back_from_the_only_method_is_not_sent_there_again() {
    let world = with_email().await;
    let flow = start(&world);
    prompt(&flow).await;
    flow.back().unwrap();
    assert_eq!(name(&flow.state()), "Choosing");
}

#[tokio::test]
async fn what_the_app_has_no_callback_for_is_shown_as_unusable_and_not_chosen_for_the_user() {
    let mut world = with_many().await;
    let platform = Platform { oauth_browser: None, wallet_signer: None, ..world.platform() };
    world.restart_on(config(&world), platform);
    let filter = StepUpFilter::Methods { methods: vec![GOOGLE, StepUpMethod::Wallet, StepUpMethod::Email] };
    let flow = world.client.step_up().start(vec![EXPORT], Some(filter), None, true).unwrap();
    prompt(&flow).await;
    flow.back().unwrap();
    let options = choosing(&flow).await;
    let unusable: Vec<_> = options.iter().map(|option| option.unusable).collect();
    let unsupported = Some(UnavailableReason::Unsupported);
    assert_eq!(unusable, [None, unsupported, unsupported]);
}

#[tokio::test]
async fn whoever_has_nothing_that_serves_is_told_what_to_add() {
    let world = with_email().await;
    let (options, hints) = offered(&world, StepUpFilter::MfaOnly).await;
    assert_eq!(options, []);
    assert_eq!(hints, [MfaFactorKind::Totp, MfaFactorKind::Passkey]);
}

#[tokio::test]
async fn what_was_added_meanwhile_is_offered_after_a_retry() {
    let world = with_email().await;
    let none = json!({ "isRequired": true, "credentials": [], "defaultCredentialId": null });
    world.fault(json!({ "method": "POST", "path": "stepUp/check", "count": 1, "body": none }));
    let flow = start_choosing(&world);
    assert_eq!(choosing(&flow).await, []);
    assert_eq!(name(&flow.state()), "Choosing", "no silent end");
    flow.retry().unwrap();
    let chosen = until(
        &flow,
        |state| matches!(state, StepUpFlowState::Choosing { options, .. } if !options.is_empty()),
    );
    chosen.await;
    assert_eq!(world.count("stepUp/check"), 2);
}

#[tokio::test]
async fn an_option_that_does_not_exist_cannot_be_chosen() {
    let world = with_email().await;
    let flow = start_choosing(&world);
    choosing(&flow).await;
    let refused = flow.select("no such option".into());
    assert_eq!(refused, Err(StepUpError::InvalidTransition { event: "select".into() }));
    assert_eq!(name(&flow.state()), "Choosing");
}

#[tokio::test]
async fn what_cannot_be_asked_for_is_refused_at_once() {
    let world = with_email().await;
    let step_up = world.client.step_up();
    for scopes in [vec![], vec![TokenScope::from("")], vec![EXPORT, TokenScope::from("two words")]] {
        let refused = step_up.start(scopes, None, None, true).map(|flow| flow.state());
        assert!(matches!(refused, Err(StepUpError::InvalidArgument { .. })), "{refused:?}");
    }
    world.client.shutdown();
    let refused = step_up.start(vec![EXPORT], None, None, true).map(|flow| flow.state());
    assert_eq!(refused, Err(StepUpError::ClientClosed));
    assert_eq!(world.count("stepUp/check"), 0);
}

#[tokio::test]
async fn a_method_that_is_switched_off_later_leads_back_to_the_choice() {
    let world = with_many().await;
    let flow = start_choosing(&world);
    let options = choosing(&flow).await;
    patch_policy(&world, &json!({ "providers": [{ "provider": "sms", "enabled": false }] }));
    flow.select(options[1].id.clone()).unwrap();
    let state = until(&flow, |state| matches!(state, StepUpFlowState::Choosing { error: Some(_), .. })).await;
    let StepUpFlowState::Choosing { options, error, .. } = state else { unreachable!() };
    assert_eq!((options[1].error.as_ref(), options[0].error.as_ref()), (error.as_ref(), None));
    flow.select(options[0].id.clone()).unwrap();
    prompt(&flow).await;
    flow.submit(world.code(EMAIL)).unwrap();
    granted(&flow).await;
}

#[tokio::test]
async fn a_filter_with_one_method_goes_straight_to_it() {
    let world = with_many().await;
    let filter = StepUpFilter::Methods { methods: vec![StepUpMethod::Sms] };
    let flow = start_for(&world, &[EXPORT], Some(filter));
    assert_eq!(prompt(&flow).await.masked_destination.as_deref(), Some("+1 •••67"));
}
