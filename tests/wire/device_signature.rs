//! The device signature (contract §0.2, §0.3): on exactly these endpoints, and good.

use std::collections::HashSet;

use crate::{
    bench::Bench,
    door::{Recorded, is_at},
    sweep::every_operation,
};

/// Contract §0.3, as far as the core calls these endpoints.
const SIGNED: [(&str, &str); 15] = [
    ("POST", "refresh"),
    ("POST", "emailVerifications/signin"),
    ("POST", "emailVerifications/verify"),
    ("POST", "smsVerifications/signin"),
    ("POST", "smsVerifications/verify"),
    ("POST", "providers/{id}/signIn"),
    ("POST", "externalAuth/signin"),
    ("POST", "wallets/verify"),
    ("POST", "verify/link"),
    ("POST", "verify/transfer"),
    ("POST", "verify/merge"),
    ("POST", "deviceRegistration"),
    ("GET", "deviceRegistrations"),
    ("DELETE", "deviceRegistrations"),
    ("DELETE", "deviceRegistrations/{id}"),
];

const HEADERS: [&str; 3] =
    ["x-dynamic-device-nonce", "x-dynamic-device-publickey", "x-dynamic-device-signed-nonce"];

fn is_signed(method: &str, path: &str) -> bool {
    SIGNED.iter().any(|(signed, template)| *signed == method && is_at(path, template))
}

fn signature(request: &Recorded) -> Vec<String> {
    HEADERS.iter().filter_map(|name| request.header(name)).map(str::to_owned).collect()
}

#[tokio::test]
async fn exactly_the_endpoints_of_the_contract_are_signed_and_the_server_finds_the_signature_good() {
    for swept in every_operation().await {
        for request in &swept.requests {
            let is_signed = is_signed(&request.method, request.path());
            let expected = if is_signed { HEADERS.len() } else { 0 };
            assert_eq!(signature(request).len(), expected, "{}: {}", swept.row.name, request.path());
        }
        for exchange in &swept.exchanges {
            // The consent pages of providers lie elsewhere.
            let path = exchange["path"].as_str().unwrap().splitn(6, '/').nth(5).unwrap_or_default();
            let checks = exchange["checks"].as_array().unwrap();
            let passed =
                |name: &str| checks.iter().any(|check| check["name"] == name && check["passed"] == true);
            let is_signed = is_signed(exchange["method"].as_str().unwrap(), path);
            assert_eq!(passed("device_signature"), is_signed, "{}: {exchange:#}", swept.row.name);
        }
    }
}

#[tokio::test]
async fn i20_one_device_key_signs_all_and_no_nonce_is_signed_twice() {
    let mut bench = Bench::new().await;
    bench.sign_in().await;
    bench.client().auth().logout(None).await.unwrap();
    bench.sign_in_by_sms().await;
    bench.restart();
    for _ in 0..7 {
        bench.client().auth().refresh(None).await.unwrap();
    }
    let signatures: Vec<_> =
        bench.door.requests().iter().map(signature).filter(|headers| !headers.is_empty()).collect();
    assert_eq!(signatures.len(), 9);
    let different =
        |index: usize| signatures.iter().map(|headers| &headers[index]).collect::<HashSet<_>>().len();
    assert_eq!(different(0), 9, "nonces");
    assert_eq!(different(1), 1, "the device key outlives logout and restart");
    assert_eq!(different(2), 9, "signatures");
}
