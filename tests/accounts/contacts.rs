//! Linking and changing an e-mail address or phone number.

use serde_json::json;
use stepup_core::{
    CodeRefusal, CredentialFormat, ErrorKind, OtpChannel, OtpVerification, PhoneNumber, StepUpError,
    TokenScope, UpdateOutcome,
};
use stepup_test_support::{EMAIL, World};

use crate::helpers::{
    EXPORT, LINK, OLDER, OTHER, holds, linked, of_format, requests_at_all, sign_in_verified, user, world,
    world_with,
};

const NUMBER: &str = "+12025550167";

fn phone() -> PhoneNumber {
    PhoneNumber::new("+1", "(202) 555-0167")
}

fn code_sent(outcome: Result<UpdateOutcome, StepUpError>) -> OtpVerification {
    match outcome.unwrap() {
        UpdateOutcome::CodeSent { verification } => verification,
        UpdateOutcome::Done { session } => panic!("no code was sent: {session:?}"),
    }
}

async fn link_email(world: &World, email: &str) -> Result<UpdateOutcome, StepUpError> {
    world.client.auth().link_email(email.into(), None).await
}

async fn link_phone(world: &World) -> Result<UpdateOutcome, StepUpError> {
    world.client.auth().link_phone(phone(), None).await
}

fn no_such_code() -> StepUpError {
    let reason = "names no code that was sent for this purpose in this session".into();
    StepUpError::InvalidArgument { argument: "verification_id".into(), reason }
}

#[tokio::test]
async fn an_address_is_changed_with_a_token_and_a_code() {
    let mut world = world().await;
    let before = sign_in_verified(&world, &[LINK]).await.user;
    let sent = code_sent(link_email(&world, &format!(" {OTHER} ")).await);
    assert_eq!((sent.channel, sent.masked_destination.as_str()), (OtpChannel::Email, "g•••@example.com"));
    assert_eq!(user(&world).await.email.as_deref(), Some(EMAIL), "not before it is proven");
    let auth = world.client.auth();
    let session = linked(auth.confirm_link(world.code(OTHER), None, None).await);
    assert_eq!((session.user.id.as_str(), session.user.email.as_deref()), (before.id.as_str(), Some(OTHER)));
    assert_eq!(of_format(&session.user, &CredentialFormat::Email).len(), 1);
    world.restart();
    assert_eq!(user(&world).await.email.as_deref(), Some(OTHER));
    world.client.auth().logout(None).await.unwrap();
    assert_eq!(world.sign_in_as(OTHER).await.user.id, before.id);
}

#[tokio::test]
async fn a_number_is_added_with_a_token_and_a_code() {
    let world = world().await;
    sign_in_verified(&world, &[LINK]).await;
    let sent = code_sent(link_phone(&world).await);
    assert_eq!((sent.channel, sent.masked_destination.as_str()), (OtpChannel::Sms, "+1 •••67"));
    let code = world.code(NUMBER);
    let session = linked(world.client.auth().confirm_link(code, Some(sent.id), None).await);
    let phones = of_format(&session.user, &CredentialFormat::PhoneNumber);
    assert_eq!(phones.len(), 1);
    assert_eq!(phones[0].phone_number.as_deref(), Some("2025550167"));
    assert_eq!(of_format(&session.user, &CredentialFormat::Email).len(), 1, "the address stays");
}

#[tokio::test]
async fn fault_30_the_token_goes_with_both_requests() {
    let world = world().await;
    sign_in_verified(&world, &[LINK]).await;
    code_sent(link_email(&world, OTHER).await);
    linked(world.client.auth().confirm_link(world.code(OTHER), None, None).await);
    let put = world.requests("/users").pop().unwrap();
    assert_eq!((put["method"].as_str(), &put["body"]), (Some("PUT"), &json!({ "email": OTHER })));
    let confirm = world.requests("emailVerifications/verify").pop().unwrap();
    for request in [&put, &confirm] {
        assert!(request["headers"]["x-dyn-elevated-access-token"].is_string(), "{request}");
    }
    assert!(confirm["body"].get("requestedScopes").is_none());
    code_sent(link_phone(&world).await);
    let put = world.requests("/users").pop().unwrap();
    assert_eq!(put["body"], json!({ "phoneNumber": NUMBER }));
}

#[tokio::test]
async fn fault_43_without_a_token_the_step_up_is_named_and_no_code_is_sent() {
    let world = world().await;
    sign_in_verified(&world, &[EXPORT]).await;
    let required = |operation: &str| StepUpError::StepUpRequired {
        operation: operation.into(),
        scope: LINK,
        token_was_attached: false,
    };
    assert_eq!(link_email(&world, OTHER).await.unwrap_err(), required("link_email"));
    assert_eq!(link_phone(&world).await.unwrap_err(), required("link_phone"));
    assert_eq!(world.sandbox.outbox().latest_code(OTHER), None);
    assert_eq!(world.sandbox.outbox().latest_code(NUMBER), None);
    assert!(holds(&world, EXPORT));
}

#[tokio::test]
async fn before_step_up_no_token_is_needed() {
    let world = world_with(json!({ "apiVersion": OLDER })).await;
    world.sign_in().await;
    code_sent(link_email(&world, OTHER).await);
    linked(world.client.auth().confirm_link(world.code(OTHER), None, None).await);
}

#[tokio::test]
async fn i05_a_single_use_token_is_spent_by_the_first_of_the_two() {
    let world = world().await;
    sign_in_verified(&world, &[LINK, EXPORT]).await;
    assert!(world.client.step_up().elevation(LINK).unwrap().single_use);
    code_sent(link_email(&world, OTHER).await);
    assert!(!holds(&world, LINK));
    linked(world.client.auth().confirm_link(world.code(OTHER), None, None).await);
    let confirm = world.requests("emailVerifications/verify").pop().unwrap();
    assert!(confirm["headers"].get("x-dyn-elevated-access-token").is_none());
}

#[tokio::test]
async fn a_wrong_code_can_be_corrected() {
    let world = world().await;
    sign_in_verified(&world, &[LINK]).await;
    code_sent(link_email(&world, OTHER).await);
    let (auth, code) = (world.client.auth(), world.code(OTHER));
    let sent = requests_at_all(&world);
    let malformed = auth.confirm_link("12345".into(), None, None).await.unwrap_err();
    assert_eq!(malformed, StepUpError::InvalidCode { reason: CodeRefusal::Malformed, answer: None });
    assert_eq!(requests_at_all(&world), sent);
    let wrong = if code == "000000" { "111111" } else { "000000" };
    let error = auth.confirm_link(wrong.into(), None, None).await.unwrap_err();
    let StepUpError::InvalidCode { reason, .. } = error else { panic!("{error:?}") };
    assert_eq!(reason, CodeRefusal::Wrong);
    linked(auth.confirm_link(format!(" {} {} ", &code[..3], &code[3..]), None, None).await);
    // It served.
    assert_eq!(auth.confirm_link(code, None, None).await.unwrap_err(), no_such_code());
}

#[tokio::test]
async fn a_code_is_sent_again() {
    let world = world().await;
    sign_in_verified(&world, &[LINK]).await;
    let auth = world.client.auth();
    assert_eq!(auth.resend_link_otp(None, None).await.unwrap_err(), no_such_code());
    let email = code_sent(link_email(&world, OTHER).await);
    let number = code_sent(link_phone(&world).await);
    let again = auth.resend_link_otp(Some(email.id.clone()), None).await.unwrap();
    assert_eq!((again.id.as_str(), again.channel), (email.id.as_str(), OtpChannel::Email));
    // The latest is now the one that was sent again.
    linked(auth.confirm_link(world.code(OTHER), None, None).await);
    assert_eq!(auth.resend_link_otp(None, None).await.unwrap().id, number.id);
    linked(auth.confirm_link(world.code(NUMBER), Some(number.id), None).await);
    assert_eq!(auth.resend_link_otp(None, None).await.unwrap_err(), no_such_code());
}

#[tokio::test]
async fn too_many_codes_are_told_with_the_time_to_wait() {
    let world = world().await;
    sign_in_verified(&world, &[LINK]).await;
    let auth = world.client.auth();
    code_sent(link_email(&world, OTHER).await);
    auth.resend_link_otp(None, None).await.unwrap();
    auth.resend_link_otp(None, None).await.unwrap();
    let error = auth.resend_link_otp(None, None).await.unwrap_err();
    assert!(matches!(error, StepUpError::RateLimited { .. }), "{error:?}");
    assert!(error.retry_after().is_some());
    linked(auth.confirm_link(world.code(OTHER), None, None).await);
}

#[tokio::test]
async fn fault_37_a_code_of_one_purpose_never_serves_another() {
    let world = world().await;
    sign_in_verified(&world, &[LINK]).await;
    let (auth, step_up) = (world.client.auth(), world.client.step_up());
    let proof = step_up.send_otp(None, None).await.unwrap();
    let code = world.code(EMAIL);
    for id in [None, Some(proof.id.clone())] {
        assert_eq!(auth.confirm_link(code.clone(), id.clone(), None).await.unwrap_err(), no_such_code());
        assert_eq!(auth.resend_link_otp(id, None).await.unwrap_err(), no_such_code());
    }
    let contact = code_sent(link_email(&world, OTHER).await);
    let code = world.code(OTHER);
    let verify = step_up.verify_otp(code.clone(), vec![EXPORT], Some(contact.id.clone()), None).await;
    assert_eq!(verify.unwrap_err(), no_such_code());
    assert_eq!(step_up.resend_otp(Some(contact.id.clone()), None).await.unwrap_err(), no_such_code());
    assert_eq!(auth.resend_otp(Some(contact.id), None).await.unwrap_err(), no_such_code());
    let sign_in = auth.sign_in_with_otp(code.clone(), None, None).await;
    assert_eq!(sign_in.unwrap_err(), no_such_code());
    // Each still serves its own.
    step_up.verify_otp(world.code(EMAIL), vec![EXPORT], Some(proof.id), None).await.unwrap();
    linked(auth.confirm_link(code, None, None).await);
}

#[tokio::test]
async fn i03_a_code_of_a_session_that_has_ended_links_nothing() {
    let world = world().await;
    sign_in_verified(&world, &[LINK]).await;
    let contact = code_sent(link_email(&world, "new@example.com").await);
    world.client.auth().logout(None).await.unwrap();
    world.sign_in_as(OTHER).await;
    let (auth, code) = (world.client.auth(), world.code("new@example.com"));
    for id in [None, Some(contact.id)] {
        assert_eq!(auth.confirm_link(code.clone(), id, None).await.unwrap_err(), no_such_code());
    }
    assert_eq!(world.count("emailVerifications/verify"), 1);
}

#[tokio::test]
async fn what_is_no_address_is_not_sent() {
    let world = world().await;
    sign_in_verified(&world, &[LINK]).await;
    let sent = requests_at_all(&world);
    for text in ["", "ada", "@example.com", "a b@example.com"] {
        let error = link_email(&world, text).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::AskUserAgain);
        let StepUpError::InvalidArgument { argument, .. } = error else { panic!("{error:?}") };
        assert_eq!(argument, "email");
    }
    for (country, number) in [("", "2025550167"), ("1", ""), ("1", "call me"), ("x", "2025550167")] {
        let phone = PhoneNumber::new(country, number);
        let error = world.client.auth().link_phone(phone, None).await.unwrap_err();
        assert!(matches!(error, StepUpError::InvalidArgument { .. }), "{error:?}");
    }
    assert_eq!(requests_at_all(&world), sent);
}

#[tokio::test]
async fn the_address_that_the_user_has_needs_no_code() {
    let world = world().await;
    sign_in_verified(&world, &[LINK]).await;
    let outcome = link_email(&world, EMAIL).await.unwrap();
    assert!(matches!(outcome, UpdateOutcome::Done { .. }), "{outcome:?}");
    assert_eq!(world.client.auth().resend_link_otp(None, None).await.unwrap_err(), no_such_code());
}

#[tokio::test]
async fn nobody_signed_in_links_nothing() {
    let world = world().await;
    let none = StepUpError::NotSignedIn { answer: None };
    assert_eq!(link_email(&world, OTHER).await.unwrap_err(), none);
    assert_eq!(link_phone(&world).await.unwrap_err(), none);
    let auth = world.client.auth();
    assert_eq!(auth.confirm_link("123456".into(), None, None).await.unwrap_err(), none);
    assert_eq!(auth.resend_link_otp(None, None).await.unwrap_err(), none);
    assert_eq!(requests_at_all(&world), 0);
}

#[tokio::test]
async fn fault_44_a_403_that_is_about_something_else_is_no_step_up() {
    let world = world().await;
    sign_in_verified(&world, &[LINK]).await;
    let body = json!({ "error": "Forbidden" });
    world.fault(json!({ "method": "PUT", "path": "users", "count": 1, "status": 403, "body": body }));
    let error = link_email(&world, OTHER).await.unwrap_err();
    let StepUpError::Server { operation, answer, .. } = &error else { panic!("{error:?}") };
    assert_eq!((operation.as_str(), answer.status), ("link_email", 403));
    assert!(holds(&world, TokenScope::CREDENTIAL_LINK));
    assert!(!format!("{error:?} {error}").contains(OTHER));
}
