//! Two phones of one user on one sandbox.

use std::{future::Future, sync::Arc};

use serde_json::{Value, json};
use stepup_core::{
    CancelToken, ClientConfig, Deadlines, DeviceRegistrationClient, Limits, Platform, Session, SignInOutcome,
    StepUpClient, StepUpError,
};
use stepup_sandbox::{MessageFilter, MessageKind};
use stepup_test_support::{EMAIL, TestKeys, TestLog, TestStorage, World, eventually};
use tokio::task::JoinHandle;

pub(crate) const OTHER: &str = "grace@example.com";
/// Where the sandbox's links lead to.
pub(crate) const APP: &str = "http://localhost";
/// The endpoint of a completion.
pub(crate) const COMPLETE: &str = "deviceRegistration";

/// How late an answer is that comes late on purpose, in milliseconds.
const LATE: u64 = 500;

/// An install of the app: a client with storage and keys of its own.
pub(crate) struct Phone {
    pub(crate) client: Arc<StepUpClient>,
    pub(crate) storage: TestStorage,
    pub(crate) keys: TestKeys,
    pub(crate) log: TestLog,
    config: ClientConfig,
}

impl Phone {
    /// Clients of one process need a namespace each.
    pub(crate) fn new(world: &World, namespace: &str, device_name: &str) -> Self {
        Self::with(ClientConfig {
            storage_namespace: Some(namespace.into()),
            device_name: Some(device_name.into()),
            app_links: vec![APP.into()],
            ..world.config()
        })
    }

    pub(crate) fn with(config: ClientConfig) -> Self {
        let (storage, keys, log) = (TestStorage::default(), TestKeys::default(), TestLog::default());
        let client = open(&config, &storage, &keys, &log);
        Self { client, storage, keys, log, config }
    }

    /// The app is started again.
    pub(crate) fn restart(&mut self) {
        let config = self.config.clone();
        self.restart_with(config);
    }

    pub(crate) fn restart_with(&mut self, config: ClientConfig) {
        self.client.shutdown();
        self.client = open(&config, &self.storage, &self.keys, &self.log);
        self.config = config;
    }

    /// With the limits that an app has: for tests that make callbacks and answers wait.
    pub(crate) fn restart_patiently(&mut self) {
        self.restart_with(ClientConfig { limits: None, deadlines: None, ..self.config.clone() });
    }

    pub(crate) fn devices(&self) -> Arc<DeviceRegistrationClient> {
        self.client.device_registration()
    }

    pub(crate) async fn sign_in_as(&self, world: &World, email: &str) -> Session {
        self.client.auth().send_email_otp(email.into(), None).await.unwrap();
        let signed_in = self.client.auth().sign_in_with_otp(world.code(email), None, None).await;
        let SignInOutcome::Done { session, .. } = signed_in.unwrap();
        session
    }

    pub(crate) async fn sign_in(&self, world: &World) -> Session {
        self.sign_in_as(world, EMAIL).await
    }

    pub(crate) async fn complete(&self, link: &str) -> Result<Session, StepUpError> {
        self.devices().complete(link.into(), None).await
    }

    pub(crate) async fn session(&self) -> Option<Session> {
        self.client.auth().session(None).await.unwrap()
    }

    /// Nobody is signed in, and nothing of a session is left.
    pub(crate) async fn assert_signed_out(&self) {
        assert!(self.storage.records().is_empty(), "something is left in the storage");
        assert_eq!(self.session().await, None);
        assert!(!self.devices().is_required());
    }
}

fn open(config: &ClientConfig, storage: &TestStorage, keys: &TestKeys, log: &TestLog) -> Arc<StepUpClient> {
    let platform = Platform::new(Arc::new(storage.clone()), Arc::new(keys.clone()));
    StepUpClient::new(config.clone(), platform.with_log_sink(Arc::new(log.clone()))).unwrap()
}

/// A world in which new devices must be registered.
pub(crate) async fn world() -> World {
    World::with_policy(json!({ "deviceRegistration": true })).await
}

/// A user whose first phone is registered and whose second one, signed in too, is not.
pub(crate) async fn two_phones() -> (World, Phone, Phone) {
    let world = world().await;
    let first = Phone::new(&world, "first", "Pixel 9; Android 16");
    first.sign_in(&world).await;
    let second = Phone::new(&world, "second", "iPhone 17; iOS 26");
    second.sign_in(&world).await;
    (world, first, second)
}

/// The latest registration link that was mailed to an address.
pub(crate) fn mailed_link(world: &World, to: &str) -> String {
    let filter = MessageFilter { to: Some(to.into()), ..MessageFilter::default() };
    let mails = world.sandbox.outbox().messages(&filter).into_iter();
    let mut links = mails.filter(|mail| mail.kind == MessageKind::DeviceRegistration);
    links.next().expect("a link was mailed").link.unwrap()
}

/// A registration link for a user, without a mail.
pub(crate) async fn link_for(world: &World, user_id: &str) -> String {
    let (status, answer) = world.control("device-registrations", json!({ "userId": user_id })).await;
    assert_eq!(status, 200, "{answer}");
    answer["link"].as_str().unwrap().to_owned()
}

/// All requests so far.
pub(crate) fn requests(world: &World) -> usize {
    world.sandbox.log().exchanges().len()
}

/// The next request to this endpoint is carried out late.
pub(crate) fn carried_out_late(world: &World, path: &str) {
    world.fault(json!({ "method": "POST", "path": path, "count": 1, "latencyMs": LATE }));
}

/// The next request to this endpoint is answered with this.
pub(crate) fn answered(world: &World, method: &str, path: &str, status: u16, body: Value) {
    world.fault(json!({ "method": method, "path": path, "count": 1, "status": status, "body": body }));
}

pub(crate) fn patch_policy(world: &World, patch: &Value) {
    world.sandbox.set_policy(world.sandbox.policy().merged(patch).unwrap());
}

/// Runs a call beside the test.
pub(crate) fn begin<T: Send + 'static>(
    call: impl Future<Output = Result<T, StepUpError>> + Send + 'static,
) -> JoinHandle<Result<T, StepUpError>> {
    tokio::spawn(call)
}

/// Begins a completion that can be cancelled.
pub(crate) fn begin_complete(
    phone: &Phone,
    link: &str,
) -> (JoinHandle<Result<Session, StepUpError>>, Arc<CancelToken>) {
    let (devices, cancel, link) = (phone.devices(), CancelToken::new(), link.to_owned());
    let token = Arc::clone(&cancel);
    (begin(async move { devices.complete(link, Some(token)).await }), cancel)
}

/// Waits until nothing is required any more.
pub(crate) async fn registered(phone: &Phone) {
    eventually("the registration", || !phone.devices().is_required()).await;
}

/// Limits that nothing in a test runs into by accident, but callbacks' deadlines.
pub(crate) fn short_deadlines(config: ClientConfig) -> ClientConfig {
    let storage = Some(std::time::Duration::from_millis(200));
    ClientConfig {
        limits: Some(Limits::default()),
        deadlines: Some(Deadlines { storage, ..Deadlines::default() }),
        ..config
    }
}
