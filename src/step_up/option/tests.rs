//! What is offered, to whom, in which order and under which name.

use std::sync::Arc;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::{
    api::models::CheckAnswer,
    clock::UnixMillis,
    scope::TokenScope,
    secret::SecretString,
    state::HeldSession,
    step_up::{CheckReason, credentials},
};

const ALL: Capabilities = Capabilities { passkeys: true, browser: true, wallets: true };

const ADDRESS: &str = "0xab5801a7d398351b8be11c439e05c5b3259aec9b";
const MAIL: &str = "ada@example.org";

/// The user's credentials, one of each kind and an embedded wallet.
fn session() -> HeldSession {
    let own = |id: &str, format: &str, more: Value| {
        let mut own = json!({ "id": id, "format": format, "sign_in_enabled": true });
        own.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        own
    };
    let user = json!({ "id": "user", "verified_credentials": [
        own("mail", "email", json!({ "email": "ada@example.com" })),
        own("phone", "phoneNumber", json!({ "phone_number": "2025550167", "phone_country_code": "1" })),
        own("wallet", "blockchain", json!({ "wallet_address": ADDRESS })),
        own("embedded", "blockchain", json!({ "wallet_provider": "embeddedWallet" })),
        own("google", "oauth", json!({ "oauth_provider": "google", "oauth_display_name": "Ada" })),
        own("telegram", "oauth", json!({ "oauth_provider": "telegram", "oauth_username": MAIL })),
    ]});
    HeldSession {
        user: Arc::new(serde_json::from_value(user).unwrap()),
        token: SecretString::new("token"),
        full_jwt: None,
        expires_at: UnixMillis(0),
        signin_credential_id: None,
    }
}

/// What the server may name: (id, format, alias). The last ones are never offered.
const CREDENTIALS: [(&str, &str, Option<&str>); 13] = [
    ("mail", "email", Some("ada@example.com")),
    ("phone", "phoneNumber", Some("+12025550167")),
    ("wallet", "blockchain", None),
    ("google", "oauth", None),
    ("telegram", "oauth", None),
    ("backend", "externalUser", Some("ada@example.com")),
    ("passkey", "passkey", Some("Ada's phone")),
    ("passkey-2", "passkey", Some("+1 202 555 0167")),
    ("totp", "totp", Some("Pixel 8")),
    ("factor", "email", Some("ada@example.com")),
    ("embedded", "blockchain", None),
    ("unknown", "retina", None),
    ("unlinked", "oauth", None),
];
const OFFERED: usize = 10;

fn check(ids: &[&str], default: Option<&str>) -> StepUpCheck {
    let named = ids.iter().map(|id| CREDENTIALS.iter().find(|(known, ..)| known == id).unwrap());
    let named: Vec<_> =
        named.map(|(id, format, alias)| json!({ "id": id, "format": format, "alias": alias })).collect();
    let answer = json!({ "isRequired": true, "credentials": named, "defaultCredentialId": default });
    let answer: CheckAnswer = serde_json::from_value(answer).unwrap();
    let (credentials, default_credential_id) = credentials::answered(&answer, &session());
    StepUpCheck {
        scope: TokenScope::CREDENTIAL_LINK,
        is_required: true,
        reason: CheckReason::RequiredByServer,
        credentials,
        default_credential_id,
        is_confirmed: true,
    }
}

fn all() -> Vec<&'static str> {
    CREDENTIALS.iter().map(|(id, ..)| *id).collect()
}

fn offer(checks: &[StepUpCheck], filter: &StepUpFilter, preferred: Option<&str>) -> Vec<StepUpOption> {
    offered(checks, &session().user, ALL, filter, preferred.map(CredentialId::from).as_ref())
}

fn ids(options: &[StepUpOption]) -> Vec<&str> {
    options.iter().map(|option| option.id.as_str()).collect()
}

fn labels(options: &[StepUpOption]) -> Vec<(&str, Option<&str>)> {
    options.iter().map(|option| (option.id.as_str(), option.masked_label.as_deref())).collect()
}

#[test]
fn without_a_default_the_order_is_that_of_the_methods() {
    let options = offer(&[check(&all(), None)], &StepUpFilter::All, None);
    let expected = [
        "passkey",
        "passkey-2",
        "totp",
        "mail",
        "factor",
        "phone",
        "wallet",
        "google",
        "telegram",
        "backend",
        RECOVERY_CODE,
    ];
    assert_eq!(ids(&options), expected);
    assert_eq!(ids(&options.into_iter().filter(|it| it.is_preferred).collect::<Vec<_>>()), ["passkey"]);
}

#[test]
fn the_apps_choice_comes_before_the_servers_and_that_before_all_else() {
    let checks = [check(&all(), Some("phone"))];
    assert_eq!(ids(&offer(&checks, &StepUpFilter::All, None))[..2], ["phone", "passkey"]);
    let options = offer(&checks, &StepUpFilter::All, Some("wallet"));
    assert_eq!(ids(&options)[..3], ["wallet", "phone", "passkey"]);
    assert!(options[0].is_preferred && options.iter().filter(|it| it.is_preferred).count() == 1);
    // A preference for what is not there changes nothing.
    let options = offer(&checks, &StepUpFilter::All, Some("another"));
    assert_eq!(ids(&options)[..2], ["phone", "passkey"]);
}

#[test]
fn what_cannot_be_used_keeps_its_place_says_why_and_is_not_preferred() {
    let none = Capabilities { passkeys: false, browser: false, wallets: false };
    let checks = [check(&all(), Some("wallet"))];
    let options = offered(&checks, &session().user, none, &StepUpFilter::All, None);
    assert_eq!(ids(&options)[..2], ["wallet", "passkey"]);
    let unusable: Vec<_> = options.iter().filter(|option| !option.is_usable()).collect();
    let names: Vec<_> = unusable.iter().map(|option| option.id.as_str()).collect();
    assert_eq!(names, ["wallet", "passkey", "passkey-2", "google", "telegram"]);
    assert!(unusable.iter().all(|option| option.unusable == Some(UnavailableReason::Unsupported)));
    let preferred: Vec<_> = options.iter().filter(|option| option.is_preferred).collect();
    assert_eq!(preferred, [options.iter().find(|option| option.id.as_str() == "totp").unwrap()]);
    // A provider without a redirect cannot be used even with a browser.
    let options = offer(&checks, &StepUpFilter::All, None);
    let without: Vec<_> =
        options.iter().filter(|option| !option.is_usable()).map(|it| it.id.as_str()).collect();
    assert_eq!(without, ["telegram"]);
}

#[test]
fn the_filters_tell_second_factors_from_what_the_user_has_signed_in_with() {
    let checks = [check(&all(), None)];
    let mfa = offer(&checks, &StepUpFilter::MfaOnly, None);
    assert_eq!(ids(&mfa), ["passkey", "passkey-2", "totp", "factor", RECOVERY_CODE]);
    let again = offer(&checks, &StepUpFilter::ReauthenticationOnly, None);
    assert_eq!(ids(&again), ["mail", "phone", "wallet", "google", "telegram", "backend"]);
    let google = StepUpMethod::Social { provider: SocialProvider::Google };
    let filter =
        StepUpFilter::Methods { methods: vec![google, StepUpMethod::RecoveryCode, StepUpMethod::Sms] };
    assert_eq!(ids(&offer(&checks, &filter, None)), ["phone", "google", RECOVERY_CODE]);
}

#[test]
fn recovery_codes_are_offered_beside_second_factors_only() {
    let has_codes = |ids: &[&str]| {
        let options = offer(&[check(ids, None)], &StepUpFilter::All, None);
        options.iter().any(|option| option.method == StepUpMethod::RecoveryCode)
    };
    assert!(has_codes(&["mail", "totp"]) && has_codes(&["passkey"]) && has_codes(&["factor"]));
    assert!(!has_codes(&["mail", "phone", "wallet", "google", "backend"]) && !has_codes(&[]));
    let only = StepUpFilter::Methods { methods: vec![StepUpMethod::RecoveryCode] };
    assert_eq!(ids(&offer(&[check(&["totp"], None)], &only, None)), [RECOVERY_CODE]);
    assert!(offer(&[check(&["mail"], None)], &only, None).is_empty());
}

#[test]
fn the_apps_backend_is_offered_if_it_is_named_or_a_credential() {
    let named = StepUpFilter::Methods { methods: vec![StepUpMethod::ExternalJwt] };
    assert!(ids(&offer(&[check(&["mail"], None)], &StepUpFilter::All, None)).iter().all(|id| *id == "mail"));
    assert_eq!(ids(&offer(&[check(&["mail"], None)], &named, None)), [EXTERNAL_JWT]);
    assert_eq!(ids(&offer(&[check(&["mail", "backend"], None)], &named, None)), ["backend"]);
    assert_eq!(ids(&offer(&[check(&["backend"], None)], &StepUpFilter::All, None)), ["backend"]);
}

#[test]
fn several_scopes_are_served_by_what_serves_each() {
    let checks = [
        check(&["totp", "mail", "phone"], Some("totp")),
        check(&["phone", "passkey", "mail"], Some("phone")),
    ];
    let options = offer(&checks, &StepUpFilter::All, None);
    // The first scope's default does not serve the second.
    assert_eq!(ids(&options), ["phone", "mail"]);
    assert!(options[0].is_preferred);
    assert!(offer(&[check(&["totp"], None), check(&["mail"], None)], &StepUpFilter::All, None).is_empty());
    assert!(offer(&[], &StepUpFilter::All, None).is_empty());
}

#[test]
fn labels_show_no_whole_address_and_no_whole_number() {
    let options = offer(&[check(&all(), None)], &StepUpFilter::All, None);
    let expected = [
        ("passkey", Some("Ada's phone")),
        ("passkey-2", Some("•••67")),
        ("totp", Some("Pixel 8")),
        ("mail", Some("a•••@example.com")),
        ("factor", Some("a•••@example.com")),
        ("phone", Some("+1 •••67")),
        ("wallet", Some("0xab58…ec9b")),
        ("google", Some("Ada")),
        ("telegram", Some("a•••@example.org")),
        ("backend", Some("a•••@example.com")),
        (RECOVERY_CODE, None),
    ];
    assert_eq!(labels(&options), expected);
    assert!(!format!("{options:?}").contains("example") && !options[0].to_string().contains("Ada"));
}

#[test]
fn names_that_are_neither_address_nor_number_are_shown_as_given() {
    for given in ["Pixel 8", "@ada", "YubiKey 5C", "ada@home", "2024", "", "12-34-56"] {
        assert_eq!(name(given), given);
    }
    assert_eq!(name("+49 (30) 901820"), "•••20");
    assert_eq!(name("ada.lovelace@example.com"), "a•••@example.com");
}

fn some_ids() -> impl Strategy<Value = Vec<&'static str>> {
    proptest::sample::subsequence(all(), 0..=CREDENTIALS.len())
}

fn some_filter() -> impl Strategy<Value = StepUpFilter> {
    let methods =
        [StepUpMethod::Passkey, StepUpMethod::Email, StepUpMethod::ExternalJwt, StepUpMethod::RecoveryCode];
    prop_oneof![
        Just(StepUpFilter::All),
        Just(StepUpFilter::MfaOnly),
        Just(StepUpFilter::ReauthenticationOnly),
        proptest::sample::subsequence(methods.to_vec(), 0..=4)
            .prop_map(|methods| StepUpFilter::Methods { methods }),
    ]
}

proptest! {
    #[test]
    fn each_option_serves_each_scope_once_and_what_serves_is_offered(
        named in prop::collection::vec(some_ids(), 1..4),
        filter in some_filter(),
        (default, preferred) in (0..CREDENTIALS.len(), 0..CREDENTIALS.len()),
        (passkeys, browser, wallets) in any::<(bool, bool, bool)>(),
    ) {
        let (default, preferred) = (CREDENTIALS[default].0, CredentialId::from(CREDENTIALS[preferred].0));
        let checks: Vec<_> = named.iter().map(|ids| check(ids, Some(default))).collect();
        let capabilities = Capabilities { passkeys, browser, wallets };
        let options = offered(&checks, &session().user, capabilities, &filter, Some(&preferred));
        let is_credential = |id: &&str| ![RECOVERY_CODE, EXTERNAL_JWT].contains(id);
        let offered: Vec<_> = ids(&options).into_iter().filter(is_credential).collect();
        let serves_all = |id: &str| named.iter().all(|ids| ids.contains(&id));
        for id in &offered {
            prop_assert!(serves_all(id), "{id}");
            prop_assert!(CREDENTIALS[..OFFERED].iter().any(|(known, ..)| known == id), "{id}");
            prop_assert_eq!(offered.iter().filter(|other| *other == id).count(), 1);
        }
        if filter == StepUpFilter::All {
            let serving = CREDENTIALS[..OFFERED].iter().filter(|(id, ..)| serves_all(id));
            prop_assert_eq!(offered.len(), serving.count());
        }
        prop_assert!(options.iter().all(|option| filter.admits(option)));
        let preferred: Vec<_> = options.iter().filter(|option| option.is_preferred).collect();
        let first_usable: Vec<_> = options.iter().filter(|option| option.is_usable()).take(1).collect();
        prop_assert_eq!(preferred, first_usable);
    }
}
