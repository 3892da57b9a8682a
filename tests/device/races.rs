//! A completion whose session ends while it is under way (I3, I4, I7).

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use serde_json::json;
use stepup_core::{
    ClientConfig, DeviceKeys, DevicePublicKey, OnboardingDuty, Platform, PlatformError, SignInOutcome,
    SoftwareKeys, StepUpClient, StepUpError,
};
use stepup_test_support::{EMAIL, KeyMode, World, eventually};
use tokio::sync::Notify;

use crate::helpers::{
    COMPLETE, OTHER, answered, begin, begin_complete, carried_out_late, mailed_link, two_phones,
};

/// A keystore that lets one signature wait.
#[derive(Default)]
struct HoldingKeys {
    keys: SoftwareKeys,
    holds_next: AtomicBool,
    is_holding: AtomicBool,
    released: Notify,
}

#[async_trait::async_trait]
impl DeviceKeys for HoldingKeys {
    async fn generate(&self, name: String) -> Result<DevicePublicKey, PlatformError> {
        self.keys.generate(name).await
    }

    async fn public_key(&self, name: String) -> Result<Option<DevicePublicKey>, PlatformError> {
        self.keys.public_key(name).await
    }

    async fn sign(&self, name: String, message: Vec<u8>) -> Result<Vec<u8>, PlatformError> {
        if self.holds_next.swap(false, Ordering::AcqRel) {
            self.is_holding.store(true, Ordering::Release);
            self.released.notified().await;
        }
        self.keys.sign(name, message).await
    }

    async fn delete(&self, name: String) -> Result<(), PlatformError> {
        self.keys.delete(name).await
    }
}

fn not_signed_in<T: std::fmt::Debug>(result: Result<T, StepUpError>) {
    assert!(matches!(result, Err(StepUpError::NotSignedIn { .. })), "{result:?}");
}

#[tokio::test]
async fn i04_a_late_answer_does_not_sign_in_again_who_has_signed_out() {
    let (world, _first, mut second) = two_phones().await;
    second.restart_patiently();
    carried_out_late(&world, COMPLETE);
    let (complete, _) = begin_complete(&second, &mailed_link(&world, EMAIL));
    world.arrived(COMPLETE, 1).await;
    second.client.auth().logout(None).await.unwrap();
    second.assert_signed_out().await;
    not_signed_in(complete.await.unwrap());
    second.assert_signed_out().await;
}

#[tokio::test]
async fn i04_a_late_answer_does_not_change_the_session_of_the_next_user() {
    let (world, _first, mut second) = two_phones().await;
    second.restart_patiently();
    carried_out_late(&world, COMPLETE);
    let (complete, _) = begin_complete(&second, &mailed_link(&world, EMAIL));
    world.arrived(COMPLETE, 1).await;
    second.client.auth().logout(None).await.unwrap();
    let other = second.sign_in_as(&world, OTHER).await;
    not_signed_in(complete.await.unwrap());
    assert_eq!(second.session().await.unwrap().user, other.user);
    assert!(second.storage.text().contains(&other.user.id));
}

#[tokio::test]
async fn i04_what_was_begun_for_one_user_is_not_sent_for_the_next() {
    let (world, _first, mut second) = two_phones().await;
    second.restart_patiently();
    second.client.restore(None).await.unwrap();
    second.keys.set(KeyMode::Hangs);
    let asked = second.keys.calls().len();
    let (complete, _) = begin_complete(&second, &mailed_link(&world, EMAIL));
    eventually("the keystore is asked", || second.keys.calls().len() > asked).await;
    let auth = second.client.auth();
    let logout = tokio::spawn(async move { auth.logout(None).await });
    eventually("signed out", || !second.devices().is_required()).await;
    second.keys.set(KeyMode::Works);
    let _ = logout.await.unwrap();
    not_signed_in(complete.await.unwrap());
    assert_eq!(world.count(COMPLETE), 0);
}

#[tokio::test]
async fn i07_a_session_that_the_server_has_ended_is_over_and_the_link_still_good() {
    let (world, _first, second) = two_phones().await;
    let link = mailed_link(&world, EMAIL);
    for (method, path) in [("POST", COMPLETE), ("GET", "session")] {
        answered(&world, method, path, 401, json!({ "error": "Unauthorized" }));
    }
    not_signed_in(second.complete(&link).await);
    second.assert_signed_out().await;
    assert_eq!(second.sign_in(&world).await.duties, [OnboardingDuty::RegisterDevice]);
    assert_eq!(second.complete(&link).await.unwrap().duties, []);
}

#[tokio::test]
async fn i07_a_refusal_of_a_session_that_is_alive_ends_nothing() {
    let (world, _first, second) = two_phones().await;
    let link = mailed_link(&world, EMAIL);
    answered(&world, "POST", COMPLETE, 401, json!({ "error": "Unauthorized" }));
    let error = second.complete(&link).await.unwrap_err();
    assert!(matches!(&error, StepUpError::Server { answer, .. } if answer.status == 401), "{error:?}");
    assert_eq!(second.complete(&link).await.unwrap().duties, []);
}

#[tokio::test]
async fn i03_the_loss_of_the_device_key_ends_the_session_before_the_link_is_sent() {
    let (world, _first, second) = two_phones().await;
    let link = mailed_link(&world, EMAIL);
    second.keys.lose_all().await;
    let error = second.complete(&link).await.unwrap_err();
    assert!(matches!(error, StepUpError::KeyLost | StepUpError::NotSignedIn { .. }), "{error:?}");
    assert_eq!(world.count(COMPLETE), 0);
    second.assert_signed_out().await;
}

#[tokio::test]
async fn i04_a_list_that_one_user_asked_for_is_not_sent_for_the_next() {
    let (world, keys) = (World::new().await, Arc::new(HoldingKeys::default()));
    let storage = Platform::insecure_in_memory().storage;
    let storage_namespace = Some("holding".into());
    let config = ClientConfig { storage_namespace, limits: None, deadlines: None, ..world.config() };
    let client = StepUpClient::new(config, Platform::new(storage, keys.clone())).unwrap();
    let sign_in = async |email: &str| {
        client.auth().send_email_otp(email.into(), None).await.unwrap();
        let outcome = client.auth().sign_in_with_otp(world.code(email), None, None).await;
        let SignInOutcome::Done { session, .. } = outcome.unwrap();
        session
    };
    sign_in(EMAIL).await;
    keys.holds_next.store(true, Ordering::Release);
    let devices = client.device_registration();
    let list = begin(async move { devices.list(None).await });
    eventually("the keystore is asked", || keys.is_holding.load(Ordering::Acquire)).await;
    let next = sign_in(OTHER).await;
    keys.released.notify_one();
    not_signed_in(list.await.unwrap());
    assert_eq!(world.count("deviceRegistrations"), 0);
    assert_eq!(client.auth().session(None).await.unwrap().unwrap().user, next.user);
}
