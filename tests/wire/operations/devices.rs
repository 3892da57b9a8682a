//! Registering this device, and the list of devices.

use serde_json::json;
use stepup_core::StepUpClient;
use stepup_sandbox::{MessageFilter, MessageKind};
use stepup_test_support::{EMAIL, TestKeys, TestStorage};

use super::{Prepared, Trouble};
use crate::bench::Bench;

impl Bench {
    pub(super) async fn prepare_devices(&mut self, name: &str) -> Option<Prepared> {
        let known =
            ["complete_device_registration", "registered_devices", "revoke_device", "revoke_all_devices"];
        if !known.contains(&name) {
            return None;
        }
        self.patch_policy(&json!({ "deviceRegistration": true }));
        self.sign_in().await;
        let mut prepared = Prepared::default();
        match name {
            "complete_device_registration" => prepared.link = self.on_another_device().await,
            "revoke_device" => {
                let devices = self.client().device_registration().list(None).await.unwrap();
                prepared.id = devices[0].id.to_string();
            }
            _ => {}
        }
        Some(prepared)
    }

    /// The user takes another phone and signs in there: the link that is mailed.
    async fn on_another_device(&mut self) -> String {
        self.world.storage = TestStorage::default();
        self.world.keys = TestKeys::default();
        self.restart();
        self.sign_in().await;
        let filter = MessageFilter { to: Some(EMAIL.into()), ..MessageFilter::default() };
        let mails = self.world.sandbox.outbox().messages(&filter);
        let mail = mails.into_iter().find(|mail| mail.kind == MessageKind::DeviceRegistration);
        mail.and_then(|mail| mail.link).expect("a link was mailed")
    }
}

pub(super) async fn perform(
    client: &StepUpClient,
    name: &str,
    prepared: &Prepared,
) -> Option<Result<(), Trouble>> {
    let devices = client.device_registration();
    let done = match name {
        "complete_device_registration" => devices.complete(prepared.link.clone(), None).await.map(drop),
        "registered_devices" => devices.list(None).await.map(drop),
        "revoke_device" => devices.revoke(prepared.id.as_str().into(), None).await.map(drop),
        "revoke_all_devices" => devices.revoke_all(None).await,
        _ => return None,
    };
    Some(done.map_err(Trouble::from))
}
