//! By what is linked, by what the app's own backend says, and the registration of a device.

use serde_json::json;
use stepup_core::{ClientConfig, Platform, SocialProvider, WalletChain};
use stepup_test_support::{BrowserMode, SocialAccount, World};

use super::{SCOPES, check, row};
use crate::report::Report;

pub(super) async fn measure(report: &mut Report) {
    social(report).await;
    wallet(report).await;
    external_jwt(report).await;
    device(report).await;
}

async fn social(report: &mut Report) {
    let world = World::with_policy(json!({ "providers": [{ "provider": "google" }] })).await;
    world.browser.set(BrowserMode::Approves(SocialAccount::new("ada")));
    let provider = SocialProvider::Google;
    world.client.auth().sign_in_with_social(provider.clone(), None, None).await.unwrap();
    row(report, &world, "check to Elevation by social account, nonces and settings warm", 3, async {
        check(&world).await;
        world.client.step_up().verify_social(provider, SCOPES.to_vec(), None).await
    })
    .await;
}

async fn wallet(report: &mut Report) {
    let mut world = World::new().await;
    let (app_origin, app_name) = (Some("http://localhost".to_owned()), Some("Bench".to_owned()));
    world.restart_with(ClientConfig { app_origin, app_name, ..world.config() });
    world.wallet.offer("ada", WalletChain::Evm);
    world.client.auth().sign_in_with_wallet(None, None, None).await.unwrap();
    row(report, &world, "check to Elevation by wallet, nonces warm", 2, async {
        check(&world).await;
        world.client.step_up().verify_wallet(SCOPES.to_vec(), None, None).await
    })
    .await;
}

async fn external_jwt(report: &mut Report) {
    let world = World::new().await;
    world.client.auth().sign_in_with_external_jwt(assertion(&world).await, None).await.unwrap();
    let jwt = assertion(&world).await;
    row(report, &world, "check to Elevation by external JWT", 2, async {
        check(&world).await;
        world.client.step_up().verify_external_jwt(jwt, None).await
    })
    .await;
    let world = World::new().await;
    world.client.auth().sign_in_with_external_jwt(assertion(&world).await, None).await.unwrap();
    let jwt = assertion(&world).await;
    row(report, &world, "external JWT to Elevation, without a check", 1, async {
        world.client.step_up().verify_external_jwt(jwt, None).await
    })
    .await;
}

async fn assertion(world: &World) -> String {
    let claims = json!({ "sub": "ada", "scope": "wallet:export" });
    let (_, answer) = world.control("external-jwt", claims).await;
    answer["jwt"].as_str().unwrap().to_owned()
}

async fn device(report: &mut Report) {
    let mut world = World::with_policy(json!({ "deviceRegistration": true })).await;
    world.sign_in().await;
    world.restart_on(world.config(), Platform::insecure_in_memory());
    let user_id = world.sign_in().await.user.id;
    let (_, answer) = world.control("device-registrations", json!({ "userId": user_id })).await;
    let token = answer["token"].as_str().unwrap();
    let link = format!("https://app.example/device?deviceRegistrationToken={token}");
    row(report, &world, "completion of a device registration, nonces warm", 1, async {
        world.client.device_registration().complete(link, None).await
    })
    .await;
}
