//! Flows that have come this far.

use std::sync::Arc;

use serde_json::{Value, json};
use stepup_core::{SocialProvider, StepUpFilter, StepUpFlow, StepUpMethod, WalletChain};
use stepup_test_support::{BrowserMode, EMAIL, PasskeyMode, TestCaptcha, WalletMode, World, eventually};

use crate::{
    helpers::{UNLINK, start_for, until},
    screen::name,
    users::{config, with_email, with_external_jwt, with_google, with_passkey, with_wallet, world_with},
};

/// How late an answer is that comes late, in milliseconds: what is to happen before it takes less.
const LATE: u64 = 1_500;

/// A state that is not the last one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    Checking,
    Choosing,
    CaptchaNeeded,
    SendingCode,
    AwaitingCode,
    AwaitingCeremony,
    AwaitingBrowser,
    AwaitingSignature,
    AwaitingExternalJwt,
    Verifying,
}

impl Stage {
    pub(crate) const ALL: [Self; 10] = [
        Self::Checking,
        Self::Choosing,
        Self::CaptchaNeeded,
        Self::SendingCode,
        Self::AwaitingCode,
        Self::AwaitingCeremony,
        Self::AwaitingBrowser,
        Self::AwaitingSignature,
        Self::AwaitingExternalJwt,
        Self::Verifying,
    ];

    /// A flow in this state; it asks for a token that would be written down.
    pub(crate) async fn reached(self) -> (World, Arc<StepUpFlow>) {
        let world = self.world().await;
        if let Some(fault) = self.fault() {
            world.fault(fault);
        }
        let flow = self.start(&world);
        if self == Self::Verifying {
            until(&flow, |state| name(state) == "AwaitingCode").await;
            flow.submit(world.code(EMAIL)).unwrap();
            world.arrived("emailVerifications/verify", 1).await;
        }
        let expected = format!("{self:?}");
        until(&flow, |state| name(state) == expected).await;
        match self {
            Self::Checking => world.arrived("stepUp/check", 1).await,
            Self::SendingCode => world.arrived("emailVerifications/create", 2).await,
            // The registration's ceremony was the first.
            Self::AwaitingCeremony => eventually("the sheet", || world.passkeys.ceremonies() == 2).await,
            Self::AwaitingBrowser => drop(world.browser.page(2).await),
            Self::AwaitingSignature => eventually("the wallet", || world.wallet.asked().len() == 2).await,
            _ => {}
        }
        (world, flow)
    }

    /// The same flow once more.
    pub(crate) fn start(self, world: &World) -> Arc<StepUpFlow> {
        match self {
            Self::Choosing => world.client.step_up().start(vec![UNLINK], None, None, false).unwrap(),
            Self::AwaitingBrowser => {
                start_with(world, StepUpMethod::Social { provider: SocialProvider::Google })
            }
            Self::AwaitingExternalJwt => start_with(world, StepUpMethod::ExternalJwt),
            _ => start_for(world, &[UNLINK], None),
        }
    }

    async fn world(self) -> World {
        match self {
            Self::AwaitingCeremony => {
                let world = with_passkey().await;
                world.passkeys.set(PasskeyMode::Hangs);
                world
            }
            Self::AwaitingBrowser => {
                let world = with_google().await;
                world.browser.set(BrowserMode::Hangs);
                world
            }
            Self::AwaitingSignature => {
                let world = with_wallet(WalletChain::Evm).await;
                world.wallet.set(WalletMode::Hangs);
                world
            }
            Self::AwaitingExternalJwt => with_external_jwt().await,
            Self::CaptchaNeeded => {
                let captcha = json!({ "provider": "hcaptcha", "siteKey": "a-site" });
                let mut world = world_with(json!({ "captcha": captcha })).await;
                let platform = world.platform().with_captcha(Arc::new(TestCaptcha::default()));
                world.restart_on(config(&world), platform);
                world.sign_in().await;
                world.restart_with(config(&world));
                world.client.restore(None).await.unwrap();
                world
            }
            _ => with_email().await,
        }
    }

    fn fault(self) -> Option<Value> {
        match self {
            Self::Checking => Some(json!({ "method": "POST", "path": "stepUp/check", "hang": true })),
            Self::SendingCode => {
                let path = "emailVerifications/create";
                Some(json!({ "method": "POST", "path": path, "count": 1, "latencyMs": LATE }))
            }
            Self::Verifying => {
                let path = "emailVerifications/verify";
                Some(json!({ "method": "POST", "path": path, "count": 1, "latencyMs": LATE }))
            }
            _ => None,
        }
    }
}

fn start_with(world: &World, method: StepUpMethod) -> Arc<StepUpFlow> {
    start_for(world, &[UNLINK], Some(StepUpFilter::Methods { methods: vec![method] }))
}

/// Waits until what was under way when the flow ended has been answered, and has arrived.
pub(crate) async fn settled(world: &World) {
    let is_answered = || {
        let requests = world.requests("emailVerifications/verify");
        requests.iter().all(|exchange| exchange["status"].is_number())
    };
    eventually("everything is answered", is_answered).await;
    eventually("everything is written", || world.storage.is_at_rest()).await;
}
