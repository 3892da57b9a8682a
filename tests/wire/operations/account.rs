//! The profile, e-mail address and phone number, and the end of the account.

use serde_json::json;
use stepup_core::{CredentialFormat, LegacyMfaFactor, LegacyTokenKind, StepUpClient, TokenScope, UserUpdate};
use stepup_test_support::TestCaptcha;

use super::{Prepared, Trouble};
use crate::bench::{Bench, OTHER_EMAIL, PHONE, phone};

const LINK: TokenScope = TokenScope::CREDENTIAL_LINK;
const UNLINK: TokenScope = TokenScope::CREDENTIAL_UNLINK;

impl Bench {
    pub(super) async fn prepare_account(&mut self, name: &str) -> Option<Prepared> {
        let mut prepared = Prepared::default();
        match name {
            "update_user" => {
                let action = json!({ "action": "user.update", "required": true });
                self.patch_policy(&json!({ "actions": [action] }));
                self.sign_in_verified(&[TokenScope::USER_UPDATE]).await;
            }
            "delete_user" => self.sign_in_verified(&[TokenScope::USER_DELETE]).await,
            "delete_user_with_legacy_token" => self.with_legacy_token().await,
            "link_email" | "link_phone" => self.sign_in_verified(&[LINK]).await,
            "link_email_with_captcha" => {
                self.sign_in_verified(&[LINK]).await;
                let captcha = json!({ "provider": "hcaptcha", "siteKey": "a-site" });
                self.patch_policy(&json!({ "captcha": captcha }));
                self.captcha = Some(TestCaptcha::default());
                self.restart();
            }
            "resend_link_email_otp" | "confirm_email" => {
                self.sign_in_verified(&[LINK]).await;
                self.client().auth().link_email(OTHER_EMAIL.into(), None).await.unwrap();
                prepared.code = self.world.code(OTHER_EMAIL);
            }
            "resend_link_sms_otp" | "confirm_phone" => {
                self.sign_in_verified(&[LINK]).await;
                prepared.code = self.code_for_phone().await;
            }
            "unlink_credential" => {
                self.sign_in_verified(&[LINK, UNLINK]).await;
                let code = self.code_for_phone().await;
                self.client().auth().confirm_link(code, None, None).await.unwrap();
                prepared.id = self.credential(&CredentialFormat::PhoneNumber).await;
            }
            _ => return None,
        }
        Some(prepared)
    }

    async fn code_for_phone(&self) -> String {
        self.client().auth().link_phone(phone(), None).await.unwrap();
        self.world.code(PHONE)
    }

    /// A user of an environment from before step-up.
    async fn with_legacy_token(&self) {
        self.patch_policy(&json!({ "apiVersion": "2026_01_01" }));
        let totp = self.world.sign_in_and_enroll_totp().await;
        let factor = LegacyMfaFactor::Totp { code: self.world.totp_code(&totp), device_id: None };
        let kind = LegacyTokenKind::Reusable;
        self.client().mfa().create_legacy_token(factor, kind, None).await.unwrap();
    }

    /// The id of the user's credential of this format.
    pub(super) async fn credential(&self, format: &CredentialFormat) -> String {
        let user = self.client().auth().session(None).await.unwrap().unwrap().user;
        let credentials = user.verified_credentials.into_iter();
        let mut of_format = credentials.filter(|credential| credential.format == *format);
        of_format.next().expect("the user has one").id.to_string()
    }
}

pub(super) async fn perform(
    client: &StepUpClient,
    name: &str,
    prepared: &Prepared,
) -> Option<Result<(), Trouble>> {
    let (auth, code) = (client.auth(), prepared.code.clone());
    let done = match name {
        "update_user" => auth.update_user(profile(), None).await.map(drop),
        "delete_user" | "delete_user_with_legacy_token" => auth.delete_user(None).await,
        "link_email" | "link_email_with_captcha" => auth.link_email(OTHER_EMAIL.into(), None).await.map(drop),
        "link_phone" => auth.link_phone(phone(), None).await.map(drop),
        "resend_link_email_otp" | "resend_link_sms_otp" => auth.resend_link_otp(None, None).await.map(drop),
        "confirm_email" | "confirm_phone" => auth.confirm_link(code, None, None).await.map(drop),
        "unlink_credential" => auth.unlink_credential(prepared.id.as_str().into(), None).await.map(drop),
        _ => return None,
    };
    Some(done.map_err(Trouble::from))
}

/// Every field there is.
fn profile() -> UserUpdate {
    let text = |text: &str| Some(text.to_owned());
    UserUpdate {
        alias: text("ada"),
        first_name: text("Ada"),
        last_name: text("Lovelace"),
        username: text("countess"),
        job_title: text("Analyst"),
        team: text("Engines"),
        t_shirt_size: text("M"),
        country: text("GB"),
        policies_consent: Some(true),
        metadata: text(r#"{ "theme": "dark" }"#),
        btc_wallet: text("btc"),
        kda_wallet: text("kda"),
        ltc_wallet: text("ltc"),
        ckb_wallet: text("ckb"),
        kas_wallet: text("kas"),
        // Cleared.
        doge_wallet: text(""),
        email_notification: Some(true),
        discord_notification: Some(false),
        newsletter_notification: Some(false),
    }
}
