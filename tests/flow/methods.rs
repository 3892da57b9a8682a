//! A whole flow per method.

use stepup_core::{OtpChannel, StepUpMethod};
use stepup_test_support::World;

use crate::helpers::{EXPORT, granted, prompt, select, start, start_choosing};

const USER: &str = "ada@example.com";

#[tokio::test]
async fn a_code_by_email_leads_to_a_stored_token() {
    let world = World::new().await;
    world.sign_in_as(USER).await;
    let flow = start_choosing(&world);
    let option = select(&flow, &StepUpMethod::Email).await;
    assert_eq!(option.masked_label.as_deref(), Some("a•••@example.com"));
    let prompt = prompt(&flow).await;
    assert_eq!(prompt.channel, Some(OtpChannel::Email));
    flow.submit(world.code(USER)).unwrap();
    let elevations = granted(&flow).await;
    assert_eq!(elevations[0].scopes, [EXPORT]);
    assert!(world.client.step_up().has_elevated_access_token(EXPORT));
}

#[tokio::test]
async fn the_only_method_is_chosen_for_the_user() {
    let world = World::new().await;
    let totp = world.sign_in_and_enroll_totp().await;
    let flow = start(&world);
    assert_eq!(prompt(&flow).await.channel, None);
    flow.submit(world.totp_code(&totp)).unwrap();
    granted(&flow).await;
    assert!(world.client.step_up().has_elevated_access_token(EXPORT));
}
