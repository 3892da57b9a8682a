//! Checking and verifying.

use serde_json::json;
use stepup_core::{SocialProvider, StepUpClient, TokenScope, WalletChain};
use stepup_test_support::{EMAIL, World};

use super::{Prepared, Trouble};
use crate::bench::{Bench, PHONE};

const SCOPE: TokenScope = TokenScope::WALLET_SIGN;

impl Bench {
    pub(super) async fn prepare_step_up(&mut self, name: &str) -> Option<Prepared> {
        let mut prepared = Prepared::default();
        match name {
            "check" | "send_step_up_email_otp" => drop(self.sign_in().await),
            "send_step_up_sms_otp" => drop(self.sign_in_by_sms().await),
            "resend_step_up_email_otp" | "verify_email_otp" => {
                self.sign_in().await;
                self.client().step_up().send_otp(None, None).await.unwrap();
                prepared.code = self.world.code(EMAIL);
            }
            "resend_step_up_sms_otp" | "verify_sms_otp" => {
                self.sign_in_by_sms().await;
                self.client().step_up().send_otp(None, None).await.unwrap();
                prepared.code = self.world.code(PHONE);
            }
            "verify_totp" => prepared.totp = Some(self.world.sign_in_and_enroll_totp().await),
            "prepare_passkey" | "verify_passkey" => drop(self.with_passkey().await),
            "verify_recovery_code" => prepared.code = self.with_recovery_codes().await,
            "verify_mfa_email" => {
                self.patch_policy(&json!({ "mfa": { "methods": ["totp", "passkey", "email"] } }));
                self.sign_in().await;
                self.client().step_up().send_otp(None, None).await.unwrap();
                prepared.code = self.world.code(EMAIL);
            }
            "begin_social_verify" | "verify_social" => self.sign_in_with_google().await,
            "verify_wallet" => {
                self.world.wallet.offer("a wallet", WalletChain::Evm);
                self.sign_in_with_wallet().await;
            }
            "verify_external_jwt" => {
                let user_id = self.sign_in().await.user.id;
                prepared.jwt = self.assertion(json!({ "sub": user_id, "scope": SCOPE.as_str() })).await;
            }
            _ => return None,
        }
        Some(prepared)
    }
}

pub(super) async fn perform(
    client: &StepUpClient,
    world: &World,
    name: &str,
    prepared: &Prepared,
) -> Option<Result<(), Trouble>> {
    let (step_up, scopes, code) = (client.step_up(), vec![SCOPE], prepared.code.clone());
    let done = match name {
        "check" => match step_up.check(TokenScope::WALLET_DELETE, None).await {
            Ok(check) if !check.is_confirmed => {
                assert!(check.is_required, "what was not confirmed is required (I1)");
                return Some(Err(Trouble::Check(check.reason)));
            }
            checked => checked.map(drop),
        },
        "send_step_up_email_otp" | "send_step_up_sms_otp" => step_up.send_otp(None, None).await.map(drop),
        "resend_step_up_email_otp" | "resend_step_up_sms_otp" => {
            step_up.resend_otp(None, None).await.map(drop)
        }
        "verify_email_otp" | "verify_sms_otp" => step_up.verify_otp(code, scopes, None, None).await.map(drop),
        "verify_totp" => {
            let totp = prepared.totp.as_ref()?;
            let (typed, device) = (world.totp_code(totp), Some(totp.device_id.clone()));
            step_up.verify_totp(typed, scopes, device, None).await.map(drop)
        }
        "prepare_passkey" | "verify_passkey" => step_up.verify_passkey(scopes, None).await.map(drop),
        "verify_recovery_code" => step_up.verify_recovery_code(code, scopes, None).await.map(drop),
        "verify_mfa_email" => step_up.verify_mfa_email(code, scopes, None, None).await.map(drop),
        "begin_social_verify" | "verify_social" => {
            step_up.verify_social(SocialProvider::Google, scopes, None).await.map(drop)
        }
        "verify_wallet" => step_up.verify_wallet(scopes, None, None).await.map(drop),
        "verify_external_jwt" => step_up.verify_external_jwt(prepared.jwt.clone(), None).await.map(drop),
        _ => return None,
    };
    Some(done.map_err(Trouble::from))
}
