//! Signing in, refreshing, signing out; what a client reads before.

use serde_json::json;
use stepup_core::{SignInOptions, SocialProvider, TokenScope, WalletChain};

use super::{Prepared, Trouble};
use crate::bench::{Bench, OTHER_EMAIL, PHONE, phone};

impl Bench {
    pub(super) async fn prepare_sign_in(&mut self, name: &str) -> Option<Prepared> {
        let mut prepared = Prepared::default();
        match name {
            "send_email_otp"
            | "send_sms_otp"
            | "session"
            | "refresh"
            | "logout"
            | "begin_social_sign_in"
            | "sign_in_with_social" => drop(self.sign_in().await),
            "nonces" | "settings" => {
                self.sign_in().await;
                self.restart();
            }
            "resend_email_otp" | "sign_in_with_email_otp" => {
                self.sign_in().await;
                self.client().auth().send_email_otp(OTHER_EMAIL.into(), None).await.unwrap();
                prepared.code = self.world.code(OTHER_EMAIL);
            }
            "resend_sms_otp" | "sign_in_with_sms_otp" => {
                self.sign_in().await;
                self.client().auth().send_sms_otp(phone(), None).await.unwrap();
                prepared.code = self.world.code(PHONE);
            }
            "prepare_passkey_sign_in" | "sign_in_with_passkey" | "sign_in_with_passkey_of_related_origin" => {
                self.with_passkey().await;
            }
            "sign_in_with_social_and_verifier" => {
                self.sign_in().await;
                self.patch_policy(&json!({ "providers": [{ "provider": "github" }] }));
            }
            "sign_in_with_wallet" | "sign_in_with_solana_wallet" => {
                self.sign_in().await;
                let is_solana = name == "sign_in_with_solana_wallet";
                let chain = if is_solana { WalletChain::Solana } else { WalletChain::Evm };
                self.world.wallet.offer("a wallet", chain);
            }
            "sign_in_with_external_jwt" => {
                self.sign_in().await;
                prepared.jwt = self.assertion(json!({ "sub": "grace" })).await;
            }
            _ => return None,
        }
        Some(prepared)
    }
}

pub(super) async fn perform(bench: &Bench, name: &str, prepared: &Prepared) -> Option<Result<(), Trouble>> {
    let (auth, mfa) = (bench.client().auth(), bench.client().mfa());
    let done = match name {
        "nonces" | "refresh" => auth.refresh(None).await.map(drop),
        "settings" => mfa.methods(None).await.map(drop),
        "send_email_otp" => auth.send_email_otp(OTHER_EMAIL.into(), None).await.map(drop),
        "send_sms_otp" => auth.send_sms_otp(phone(), None).await.map(drop),
        "resend_email_otp" | "resend_sms_otp" => auth.resend_otp(None, None).await.map(drop),
        "sign_in_with_email_otp" | "sign_in_with_sms_otp" => {
            let options = SignInOptions { allow_new_mfa_linking: true, ..asking().unwrap_or_default() };
            auth.sign_in_with_otp(prepared.code.clone(), Some(options), None).await.map(drop)
        }
        "prepare_passkey_sign_in" | "sign_in_with_passkey" => {
            auth.sign_in_with_passkey(None, asking(), None).await.map(drop)
        }
        "sign_in_with_passkey_of_related_origin" => {
            auth.sign_in_with_passkey(Some("localhost".into()), asking(), None).await.map(drop)
        }
        "begin_social_sign_in" | "sign_in_with_social" => {
            auth.sign_in_with_social(SocialProvider::Google, asking(), None).await.map(drop)
        }
        "sign_in_with_social_and_verifier" => {
            auth.sign_in_with_social(SocialProvider::Github, asking(), None).await.map(drop)
        }
        "sign_in_with_wallet" | "sign_in_with_solana_wallet" => {
            auth.sign_in_with_wallet(None, asking(), None).await.map(drop)
        }
        "sign_in_with_external_jwt" => {
            auth.sign_in_with_external_jwt(prepared.jwt.clone(), None).await.map(drop)
        }
        "session" => {
            // The session is looked at when an answer says that it is over.
            bench.fault(json!({
                "method": "GET", "path": "users/mfa/recovery", "status": 401, "count": 1,
                "body": { "error": "Unauthorized", "code": "doubtful" },
            }));
            mfa.recovery_codes(None).await.map(drop)
        }
        "logout" => auth.logout(None).await,
        _ => return None,
    };
    Some(done.map_err(Trouble::from))
}

/// A sign-in that asks for a token besides the session.
fn asking() -> Option<SignInOptions> {
    Some(SignInOptions { requested_scopes: vec![TokenScope::WALLET_EXPORT], ..SignInOptions::default() })
}
