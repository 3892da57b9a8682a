//! Ceremonies between the relying party and the virtual authenticators, and everything that must not pass.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use uuid::Uuid;

use super::*;

const ORIGIN: &str = "https://app.example";
const ANDROID: &str = "android:apk-key-hash:-sYXRdwJA3hvue3mKpYrOZ9zSPC7b4mbgzJmdZEDO5w";

fn relying_party(rp_id: &str, origins: &[&str]) -> RelyingParty {
    let origins: Vec<_> = origins.iter().map(|origin| (*origin).to_owned()).collect();
    RelyingParty::new(rp_id, &origins, "Sandbox").unwrap()
}

fn app() -> RelyingParty {
    relying_party("app.example", &[ORIGIN])
}

fn user() -> PasskeyUser {
    PasskeyUser { id: Uuid::new_v4(), name: "ada@app.example".into(), display_name: "Ada".into() }
}

async fn register(rp: &RelyingParty, devices: &VirtualAuthenticators, origin: &str) -> StoredPasskey {
    let (options, pending) = rp.registration_options(&user(), &[]).unwrap();
    let body = devices.create("phone", origin, &options).await.unwrap();
    rp.finish_registration(&body, pending).unwrap()
}

/// One passkey, its options and the device's answer to them.
async fn assertion(
    rp: &RelyingParty,
    devices: &VirtualAuthenticators,
    keys: &[StoredPasskey],
) -> (Value, PendingAuthentication) {
    let (options, pending) = rp.authentication_options(keys).unwrap();
    (devices.get("phone", ORIGIN, &options).await.unwrap(), pending)
}

fn edit_base64(field: &mut Value, edit: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = URL_SAFE_NO_PAD.decode(field.as_str().unwrap()).unwrap();
    edit(&mut bytes);
    *field = json!(URL_SAFE_NO_PAD.encode(bytes));
}

fn edit_client_data(body: &mut Value, name: &str, value: Value) {
    edit_base64(&mut body["response"]["clientDataJSON"], |bytes| {
        let mut data: Value = serde_json::from_slice(bytes).unwrap();
        data[name] = value;
        *bytes = data.to_string().into_bytes();
    });
}

#[test]
fn creation_options_have_the_shape_of_the_api() {
    let user = user();
    let (options, _) = app().registration_options(&user, &[]).unwrap();
    assert_eq!(options["rp"], json!({ "id": "app.example", "name": "Sandbox" }));
    assert_eq!(options["user"]["id"], json!(URL_SAFE_NO_PAD.encode(user.id.as_bytes())));
    assert_eq!(options["user"]["name"], "ada@app.example");
    assert_eq!(options["user"]["displayName"], "Ada");
    assert_eq!(options["authenticatorSelection"]["residentKey"], "required");
    assert_eq!(options["authenticatorSelection"]["userVerification"], "required");
    assert_eq!(options["attestation"], "none");
    assert_eq!(options["excludeCredentials"], json!([]));
    assert!(options["timeout"].is_u64() && options.get("publicKey").is_none());
    assert!(
        options["pubKeyCredParams"].as_array().unwrap().contains(&json!({ "type": "public-key", "alg": -7 }))
    );
    assert_eq!(URL_SAFE_NO_PAD.decode(options["challenge"].as_str().unwrap()).unwrap().len(), 32);
}

#[tokio::test]
async fn registers_and_authenticates_over_and_over() {
    let (rp, devices) = (app(), VirtualAuthenticators::default());
    let mut keys = [register(&rp, &devices, ORIGIN).await];
    for _ in 0..3 {
        let (options, pending) = rp.authentication_options(&keys).unwrap();
        assert_eq!(options["userVerification"], "required");
        assert_eq!(options["rpId"], "app.example");
        let entry = &options["allowCredentials"][0];
        assert_eq!(entry["id"], json!(keys[0].credential_id()));
        assert!(entry.get("type").is_none(), "the API leaves it out");
        let body = devices.get("phone", ORIGIN, &options).await.unwrap();
        assert_eq!(rp.finish_authentication(&body, pending, &mut keys), Ok(0));
    }
}

#[tokio::test]
async fn the_body_of_the_registration_endpoint_is_accepted_as_clients_send_it() {
    let (rp, devices) = (app(), VirtualAuthenticators::default());
    let (options, pending) = rp.registration_options(&user(), &[]).unwrap();
    let mut body = devices.create("phone", ORIGIN, &options).await.unwrap();
    let client_data = body["response"].as_object_mut().unwrap().remove("clientDataJSON").unwrap();
    body["response"]["clientDataJson"] = client_data;
    body["response"]["transports"] = json!(["internal", "hybrid", "from-the-future"]);
    body["createMfaToken"] = json!({ "singleUse": true });
    body["clientExtensionResults"] = json!({ "credProps": { "rk": true }, "prf": { "enabled": true } });
    let id = body["id"].clone();
    let stored = rp.finish_registration(&body, pending).unwrap();
    assert_eq!(json!(stored.credential_id()), id);
    assert_eq!(stored.transports(), ["internal", "hybrid", "from-the-future"]);
}

#[tokio::test]
async fn a_sign_in_without_user_finds_the_owner_by_the_body() {
    let (rp, devices) = (app(), VirtualAuthenticators::default());
    let other = register(&rp, &devices, ORIGIN).await;
    let mine = register(&rp, &devices, ORIGIN).await;
    let (options, pending) = rp.discoverable_options().unwrap();
    let body = devices.get("phone", ORIGIN, &options).await.unwrap();
    let claimed = claimed_credential(&body).unwrap();
    assert_eq!(claimed.user_id, Some(mine.user_id()), "the newest passkey answers");
    assert_eq!(claimed.credential_id, mine.credential_id());
    assert_eq!(rp.finish_authentication(&body, pending, &mut [other, mine]), Ok(1));
}

#[tokio::test]
async fn a_sign_in_without_user_must_name_the_right_one() {
    let (rp, devices) = (app(), VirtualAuthenticators::default());
    let mut keys = [register(&rp, &devices, ORIGIN).await];
    for handle in [Value::Null, json!(URL_SAFE_NO_PAD.encode(Uuid::new_v4().as_bytes()))] {
        let (options, pending) = rp.discoverable_options().unwrap();
        let mut body = devices.get("phone", ORIGIN, &options).await.unwrap();
        body["response"]["userHandle"] = handle;
        let answer = rp.finish_authentication(&body, pending, &mut keys);
        assert_eq!(answer, Err(RelyingPartyError::UnknownCredential));
    }
}

#[tokio::test]
async fn any_port_of_localhost_is_accepted_and_no_other_host() {
    let rp = relying_party("localhost", &["http://localhost:8787"]);
    let devices = VirtualAuthenticators::default();
    register(&rp, &devices, "http://localhost:9999").await;
    let (options, pending) = rp.registration_options(&user(), &[]).unwrap();
    let body = devices.create("phone", "https://localhost:8787", &options).await.unwrap();
    assert_eq!(rp.finish_registration(&body, pending).unwrap_err(), RelyingPartyError::WrongOrigin);
}

#[tokio::test]
async fn an_android_app_is_accepted_by_its_key_hash_only() {
    for rp_id in ["app.example", "localhost"] {
        let (rp, devices) = (relying_party(rp_id, &[ANDROID]), VirtualAuthenticators::default());
        let mut keys = [register(&rp, &devices, ANDROID).await];
        let (options, pending) = rp.authentication_options(&keys).unwrap();
        let body = devices.get("phone", ANDROID, &options).await.unwrap();
        assert_eq!(rp.finish_authentication(&body, pending, &mut keys), Ok(0));

        let web = format!("https://{rp_id}");
        let other_app = format!("android:apk-key-hash:{}", URL_SAFE_NO_PAD.encode([7; 32]));
        for origin in [&web, &other_app] {
            let (options, pending) = rp.authentication_options(&keys).unwrap();
            let body = devices.get("phone", origin, &options).await.unwrap();
            let answer = rp.finish_authentication(&body, pending, &mut keys);
            assert_eq!(answer, Err(RelyingPartyError::WrongOrigin), "{origin}");
        }
    }
}

#[tokio::test]
async fn an_android_app_beside_the_web_origin_opens_no_other_origin() {
    let (rp, devices) = (relying_party("app.example", &[ORIGIN, ANDROID]), VirtualAuthenticators::default());
    register(&rp, &devices, ORIGIN).await;
    register(&rp, &devices, ANDROID).await;
    for origin in ["https://app.example:444", "https://other.app.example"] {
        let (options, pending) = rp.registration_options(&user(), &[]).unwrap();
        let body = devices.create("phone", origin, &options).await.unwrap();
        assert_eq!(rp.finish_registration(&body, pending).unwrap_err(), RelyingPartyError::WrongOrigin);
    }
}

#[tokio::test]
async fn the_answer_to_another_challenge_is_refused() {
    let (rp, devices) = (app(), VirtualAuthenticators::default());
    let mut keys = [register(&rp, &devices, ORIGIN).await];
    let (body, pending) = assertion(&rp, &devices, &keys).await;
    assert_eq!(rp.finish_authentication(&body, pending, &mut keys), Ok(0));
    let (_, later) = rp.authentication_options(&keys).unwrap();
    assert_eq!(rp.finish_authentication(&body, later, &mut keys), Err(RelyingPartyError::WrongChallenge));

    let (options, _) = rp.registration_options(&user(), &[]).unwrap();
    let body = devices.create("laptop", ORIGIN, &options).await.unwrap();
    let (_, later) = rp.registration_options(&user(), &[]).unwrap();
    assert_eq!(rp.finish_registration(&body, later).unwrap_err(), RelyingPartyError::WrongChallenge);
}

#[tokio::test]
async fn a_signature_that_does_not_verify_is_refused() {
    let (rp, devices) = (app(), VirtualAuthenticators::default());
    let mut keys = [register(&rp, &devices, ORIGIN).await];
    let flip_last: fn(&mut Vec<u8>) = |bytes| *bytes.last_mut().unwrap() ^= 1;
    let not_a_signature: fn(&mut Vec<u8>) = |bytes| bytes.truncate(3);
    for edit in [flip_last, not_a_signature] {
        let (mut body, pending) = assertion(&rp, &devices, &keys).await;
        edit_base64(&mut body["response"]["signature"], edit);
        let answer = rp.finish_authentication(&body, pending, &mut keys);
        assert_eq!(answer, Err(RelyingPartyError::BadSignature));
    }
    let (mut body, pending) = assertion(&rp, &devices, &keys).await;
    edit_client_data(&mut body, "extra", json!(1));
    assert_eq!(rp.finish_authentication(&body, pending, &mut keys), Err(RelyingPartyError::BadSignature));
}

#[tokio::test]
async fn a_counter_that_goes_back_is_refused_even_between_challenges_in_flight() {
    let (rp, devices) = (app(), VirtualAuthenticators::default());
    let mut keys = [register(&rp, &devices, ORIGIN).await];
    let (first, first_pending) = assertion(&rp, &devices, &keys).await;
    let (second, second_pending) = assertion(&rp, &devices, &keys).await;
    assert_eq!(rp.finish_authentication(&second, second_pending, &mut keys), Ok(0));
    assert_eq!(rp.finish_authentication(&first, first_pending, &mut keys), Err(RelyingPartyError::Counter));
}

#[tokio::test]
async fn user_verification_is_demanded_of_both_ceremonies() {
    let (rp, devices) = (app(), VirtualAuthenticators::default());
    let (mut options, pending) = rp.registration_options(&user(), &[]).unwrap();
    options["authenticatorSelection"]["userVerification"] = json!("discouraged");
    let body = devices.create("phone", ORIGIN, &options).await.unwrap();
    assert_eq!(rp.finish_registration(&body, pending).unwrap_err(), RelyingPartyError::UserNotVerified);

    let mut keys = [register(&rp, &devices, ORIGIN).await];
    let (mut options, pending) = rp.authentication_options(&keys).unwrap();
    options["userVerification"] = json!("discouraged");
    let body = devices.get("phone", ORIGIN, &options).await.unwrap();
    assert_eq!(rp.finish_authentication(&body, pending, &mut keys), Err(RelyingPartyError::UserNotVerified));
}

#[tokio::test]
async fn a_credential_for_another_relying_party_id_is_refused() {
    let origin = "https://shop.app.example";
    let rp = relying_party("shop.app.example", &[origin]);
    let (mut options, pending) = rp.registration_options(&user(), &[]).unwrap();
    options["rp"]["id"] = json!("app.example");
    let body = VirtualAuthenticators::default().create("phone", origin, &options).await.unwrap();
    assert_eq!(rp.finish_registration(&body, pending).unwrap_err(), RelyingPartyError::WrongRelyingParty);
}

#[tokio::test]
async fn only_a_passkey_of_the_options_and_of_the_candidates_is_accepted() {
    let (rp, devices) = (app(), VirtualAuthenticators::default());
    let mut keys = [register(&rp, &devices, ORIGIN).await];
    let (body, pending) = assertion(&rp, &devices, &keys).await;
    assert_eq!(rp.finish_authentication(&body, pending, &mut []), Err(RelyingPartyError::UnknownCredential));
    let (options, pending) = rp.authentication_options(&[]).unwrap();
    assert_eq!(options["allowCredentials"], json!([]));
    let body = devices.get("phone", ORIGIN, &options).await.unwrap();
    assert_eq!(
        rp.finish_authentication(&body, pending, &mut keys),
        Err(RelyingPartyError::UnknownCredential)
    );
}

#[tokio::test]
async fn malformed_bodies_are_told_apart_from_refusals() {
    let (rp, devices) = (app(), VirtualAuthenticators::default());
    let mut keys = [register(&rp, &devices, ORIGIN).await];
    let (good, _) = assertion(&rp, &devices, &keys).await;
    let mut padded_id = good.clone();
    padded_id["rawId"] = json!(format!("{}==", good["rawId"].as_str().unwrap()));
    let mut padded = good.clone();
    edit_base64(&mut padded["response"]["clientDataJSON"], |bytes| {
        let missing = (4 - bytes.len() % 3) % 3;
        bytes.splice(1..1, std::iter::repeat_n(b' ', missing));
    });
    padded["response"]["clientDataJSON"] =
        json!(format!("{}==", padded["response"]["clientDataJSON"].as_str().unwrap()));
    let mut other_id = good.clone();
    other_id["id"] = json!("AAAA");
    let mut other_type = good.clone();
    other_type["type"] = json!("password");
    let mut no_json = good.clone();
    no_json["response"]["clientDataJSON"] = json!("AAAA");
    for body in [json!({}), json!(null), json!([]), padded_id, padded, other_id, other_type, no_json] {
        let (_, pending) = rp.authentication_options(&keys).unwrap();
        let answer = rp.finish_authentication(&body, pending, &mut keys);
        assert!(matches!(answer, Err(RelyingPartyError::Malformed { .. })), "{body}: {answer:?}");
        let (_, pending) = rp.registration_options(&user(), &[]).unwrap();
        let answer = rp.finish_registration(&body, pending);
        assert!(matches!(answer, Err(RelyingPartyError::Malformed { .. })), "{body}: {answer:?}");
    }
}

#[tokio::test]
async fn a_device_registers_no_second_passkey_where_one_is_excluded() {
    let (rp, devices, user) = (app(), VirtualAuthenticators::default(), user());
    let (options, pending) = rp.registration_options(&user, &[]).unwrap();
    let body = devices.create("phone", ORIGIN, &options).await.unwrap();
    let keys = [rp.finish_registration(&body, pending).unwrap()];
    let (options, pending) = rp.registration_options(&user, &keys).unwrap();
    assert_eq!(options["excludeCredentials"][0]["id"], json!(keys[0].credential_id()));
    assert_eq!(options["excludeCredentials"][0]["type"], "public-key");
    let refused = devices.create("phone", ORIGIN, &options).await.unwrap_err();
    assert_eq!(refused.code(), "credential_excluded");

    let body = devices.create("laptop", ORIGIN, &options).await.unwrap();
    rp.finish_registration(&body, pending).expect("another device has another passkey");
}

#[tokio::test]
async fn a_relying_party_refuses_an_excluded_credential_of_a_device_that_ignores_the_list() {
    let (rp, devices) = (app(), VirtualAuthenticators::default());
    let (options, first) = rp.registration_options(&user(), &[]).unwrap();
    let body = devices.create("phone", ORIGIN, &options).await.unwrap();
    let stored = rp.finish_registration(&body, first).unwrap();
    let (_, pending) = rp.registration_options(&user(), &[stored]).unwrap();
    assert_eq!(rp.finish_registration(&body, pending).unwrap_err(), RelyingPartyError::AlreadyRegistered);
}

#[tokio::test]
async fn devices_share_nothing_and_say_when_they_have_nothing() {
    let (rp, devices) = (app(), VirtualAuthenticators::default());
    let keys = [register(&rp, &devices, ORIGIN).await];
    let (options, _) = rp.authentication_options(&keys).unwrap();
    assert_eq!(devices.get("laptop", ORIGIN, &options).await, Err(AuthenticatorError::NoCredential));
    devices.clear();
    assert_eq!(devices.get("phone", ORIGIN, &options).await, Err(AuthenticatorError::NoCredential));
}

#[tokio::test]
async fn a_device_refuses_what_a_platform_would_refuse() {
    let devices = VirtualAuthenticators::default();
    let (options, _) = app().registration_options(&user(), &[]).unwrap();
    for origin in ["https://evil.example", "http://app.example", "nonsense", "android:apk-key-hash:AA:BB"] {
        let error = devices.create("phone", origin, &options).await.unwrap_err();
        assert_eq!(error.code(), "invalid_origin", "{origin}: {error}");
    }
    for options in [json!({}), json!(null), json!({ "publicKey": options })] {
        let error = devices.create("phone", ORIGIN, &options).await.unwrap_err();
        assert_eq!(error.code(), "invalid_options");
    }
}

#[test]
fn an_address_cannot_be_a_relying_party_id() {
    for rp_id in ["127.0.0.1", "app.example:80", "https://app.example", ""] {
        let error = RelyingParty::new(rp_id, &[], "Sandbox").unwrap_err();
        assert!(error.to_string().contains(&format!("`{rp_id}`")), "{error}");
    }
}

#[test]
fn everything_can_be_shared_between_tasks() {
    fn shared<T: Send + Sync>() {}
    shared::<RelyingParty>();
    shared::<VirtualAuthenticators>();
    shared::<PendingRegistration>();
    shared::<PendingAuthentication>();
    shared::<StoredPasskey>();
}
