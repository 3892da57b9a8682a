//! A passkey sheet that stays open until the test closes it.

use std::sync::Arc;

use stepup_core::{ClientConfig, Deadlines, PasskeyProvider, PlatformError, StepUpClient};
use stepup_test_support::{TestPasskeys, World};
use tokio::sync::Semaphore;

#[derive(Clone)]
pub(crate) struct Sheet {
    authenticator: TestPasskeys,
    shown: Arc<Semaphore>,
    confirmed: Arc<Semaphore>,
    dismissed: Arc<Semaphore>,
}

/// The sheet goes away when nobody waits for it any more.
struct Dismissal(Arc<Semaphore>);

impl Drop for Dismissal {
    fn drop(&mut self) {
        self.0.add_permits(1);
    }
}

impl Sheet {
    /// Gives the world's client, which is made anew, this sheet. It has all the time in the world.
    pub(crate) fn before(world: &mut World) -> Self {
        let nothing_yet = || Arc::new(Semaphore::new(0));
        let (shown, confirmed, dismissed) = (nothing_yet(), nothing_yet(), nothing_yet());
        let sheet = Self { authenticator: world.passkeys.clone(), shown, confirmed, dismissed };
        world.client.shutdown();
        let platform = world.platform().with_passkeys(Arc::new(sheet.clone()));
        let deadlines = Some(Deadlines { passkey: None, ..world.config().deadlines.unwrap() });
        let config = ClientConfig { deadlines, ..world.config() };
        world.client = StepUpClient::with_clock(config, platform, world.clock.shared()).unwrap();
        sheet
    }

    /// Waits until the user sees it.
    pub(crate) async fn is_shown(&self) {
        self.shown.acquire().await.unwrap().forget();
    }

    /// The user confirms, now or when the sheet comes.
    pub(crate) fn confirm(&self) {
        self.confirmed.add_permits(1);
    }

    /// Waits until a sheet went away, with or without the user's doing.
    pub(crate) async fn is_dismissed(&self) {
        self.dismissed.acquire().await.unwrap().forget();
    }

    async fn wait(&self) {
        let _dismissal = Dismissal(Arc::clone(&self.dismissed));
        self.shown.add_permits(1);
        self.confirmed.acquire().await.unwrap().forget();
    }
}

#[async_trait::async_trait]
impl PasskeyProvider for Sheet {
    async fn create(&self, options_json: String) -> Result<String, PlatformError> {
        self.wait().await;
        self.authenticator.create(options_json).await
    }

    async fn get(&self, options_json: String) -> Result<String, PlatformError> {
        self.wait().await;
        self.authenticator.get(options_json).await
    }
}
