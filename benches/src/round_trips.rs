//! How long a step-up takes on a slow network, in round trips.

mod accounts;

use std::time::{Duration, Instant};

use serde_json::json;
use stepup_core::{SignInOptions, StepUpError, TokenScope};
use stepup_test_support::{EMAIL, World};

use crate::report::Report;

const ROUND_TRIP: Duration = Duration::from_millis(100);
const SCOPES: [TokenScope; 1] = [TokenScope::WALLET_EXPORT];

/// Every endpoint on the way.
const ENDPOINTS: [(&str, &str); 15] = [
    ("GET", "settings"),
    ("POST", "providers/{provider}/initAuth"),
    ("POST", "providers/{provider}/verify"),
    ("POST", "wallets/verify"),
    ("POST", "externalAuth/verify"),
    ("POST", "deviceRegistration"),
    ("GET", "nonces"),
    ("POST", "stepUp/check"),
    ("POST", "emailVerifications/create"),
    ("POST", "emailVerifications/verify"),
    ("POST", "smsVerifications/create"),
    ("POST", "smsVerifications/verify"),
    ("POST", "users/mfa/auth/totp"),
    ("POST", "users/mfa/auth/recovery"),
    ("POST", "users/mfa/auth/passkey"),
];

pub(crate) async fn measure(report: &mut Report) {
    let world = World::new().await;
    world.sign_in().await;
    row(report, &world, "check to Elevation by e-mail code, nonces warm", 3, async {
        check(&world).await;
        world.verify_by_email(&SCOPES).await
    })
    .await;

    let world = World::new().await;
    let totp = world.sign_in_and_enroll_totp().await;
    let code = world.totp_code(&totp);
    row(report, &world, "check to Elevation by TOTP, nonces warm", 2, async {
        check(&world).await;
        world.client.step_up().verify_totp(code, SCOPES.to_vec(), None, None).await
    })
    .await;

    let world = World::new().await;
    world.sign_in_and_enroll_totp().await;
    let codes = world.client.mfa().recovery_codes(None).await.unwrap();
    row(report, &world, "check to Elevation by recovery code, nonces warm", 2, async {
        check(&world).await;
        let code = codes[0].expose().to_owned();
        world.client.step_up().verify_recovery_code(code, SCOPES.to_vec(), None).await
    })
    .await;

    let world = World::new().await;
    world
        .sign_in_with(EMAIL, SignInOptions { allow_new_mfa_linking: true, ..SignInOptions::default() })
        .await;
    world.client.passkeys().register(None).await.unwrap();
    world.fault(json!({ "method": "GET", "path": "users/passkeys/authenticate", "latencyMs": 100 }));
    row(report, &world, "check to Elevation by passkey, prepared beside the check, nonces warm", 2, async {
        let step_up = world.client.step_up();
        let (prepared, ()) = tokio::join!(step_up.prepare_passkey(None), check(&world));
        step_up.perform_passkey(prepared?, SCOPES.to_vec(), None).await
    })
    .await;
    accounts::measure(report).await;
}

async fn check(world: &World) {
    assert!(world.client.step_up().check(TokenScope::WALLET_EXPORT, None).await.unwrap().is_confirmed);
}

pub(crate) async fn row<T>(
    report: &mut Report,
    world: &World,
    what: &str,
    goal: u32,
    step_up: impl Future<Output = Result<T, StepUpError>>,
) -> Duration {
    for (verb, path) in ENDPOINTS {
        world.fault(json!({ "method": verb, "path": path, "latencyMs": 100 }));
    }
    let before = api_requests(world);
    let started = Instant::now();
    step_up.await.unwrap();
    let elapsed = started.elapsed();
    let trips = elapsed.as_secs_f64() / ROUND_TRIP.as_secs_f64();
    report.limit(
        &format!("{what}: sequential round trips"),
        &goal.to_string(),
        format!("{trips:.2} ({} ms), {} requests in all", elapsed.as_millis(), api_requests(world) - before),
        trips < f64::from(goal) + 0.9,
    );
    elapsed
}

/// The authenticator is part of the test world, not of the API.
pub(crate) fn api_requests(world: &World) -> usize {
    world.sandbox.log().exchanges().iter().filter(|exchange| exchange.path.starts_with("/api/")).count()
}
