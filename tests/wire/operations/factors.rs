//! Second factors: authenticator apps, passkeys, recovery codes, tokens of action-based MFA.

use stepup_core::{LegacyMfaFactor, LegacyTokenKind, StepUpClient, TokenScope};
use stepup_test_support::Totp;

use super::{Prepared, Trouble};
use crate::bench::Bench;

impl Bench {
    pub(super) async fn prepare_factors(&mut self, name: &str) -> Option<Prepared> {
        let mut prepared = Prepared::default();
        match name {
            "mfa_methods" => drop(self.sign_in().await),
            "enroll_totp" | "prepare_passkey_registration" | "register_passkey" => {
                self.sign_in_for_linking().await;
            }
            "confirm_totp" => {
                self.sign_in_for_linking().await;
                let enrollment = self.client().mfa().enroll_totp(None).await.unwrap();
                let (secret, device_id) = (enrollment.secret.expose().to_owned(), enrollment.device_id);
                prepared.code = self.world.totp_code(&Totp { secret, device_id });
            }
            "set_default_factor" => prepared.totp = Some(self.world.sign_in_and_enroll_totp().await),
            "create_legacy_token" => {
                let totp = self.world.sign_in_and_enroll_totp().await;
                prepared.code = self.world.totp_code(&totp);
            }
            "delete_totp" => {
                let totp = self.world.sign_in_and_enroll_totp().await;
                let (typed, scopes) = (self.world.totp_code(&totp), vec![TokenScope::CREDENTIAL_UNLINK]);
                self.client().step_up().verify_totp(typed, scopes, None, None).await.unwrap();
                prepared.totp = Some(totp);
            }
            "recovery_codes" | "regenerate_recovery_codes" | "acknowledge_recovery_codes" => {
                self.with_recovery_codes().await;
            }
            "passkeys" | "rename_passkey" => prepared.id = self.with_passkey().await,
            "delete_passkey" => {
                prepared.id = self.with_passkey().await;
                let scopes = vec![TokenScope::CREDENTIAL_UNLINK];
                self.client().step_up().verify_passkey(scopes, None).await.unwrap();
            }
            _ => return None,
        }
        Some(prepared)
    }

    /// A user with an authenticator app and recovery codes: one of these.
    pub(super) async fn with_recovery_codes(&self) -> String {
        self.world.sign_in_and_enroll_totp().await;
        let codes = self.client().mfa().recovery_codes(None).await.unwrap();
        codes[0].expose().to_owned()
    }

    /// A user with a passkey: its id.
    pub(super) async fn with_passkey(&self) -> String {
        self.sign_in_for_linking().await;
        self.client().passkeys().register(None).await.unwrap();
        self.client().passkeys().list(None).await.unwrap()[0].id.to_string()
    }
}

pub(super) async fn perform(
    client: &StepUpClient,
    name: &str,
    prepared: &Prepared,
) -> Option<Result<(), Trouble>> {
    let (mfa, passkeys, id) = (client.mfa(), client.passkeys(), prepared.id.clone());
    let device_id = prepared.totp.as_ref().map_or_else(|| "".into(), |totp| totp.device_id.clone());
    let done = match name {
        "mfa_methods" => mfa.methods(None).await.map(drop),
        "enroll_totp" => mfa.enroll_totp(None).await.map(drop),
        "confirm_totp" => mfa.confirm_totp(prepared.code.clone(), None).await.map(drop),
        "create_legacy_token" => {
            let factor = LegacyMfaFactor::Totp { code: prepared.code.clone(), device_id: None };
            mfa.create_legacy_token(factor, LegacyTokenKind::SingleUse, None).await.map(drop)
        }
        "set_default_factor" => mfa.set_default(device_id, None).await,
        "delete_totp" => mfa.delete(device_id, None).await,
        "recovery_codes" => mfa.recovery_codes(None).await.map(drop),
        "regenerate_recovery_codes" => mfa.regenerate_recovery_codes(None).await.map(drop),
        "acknowledge_recovery_codes" => mfa.acknowledge_recovery_codes(None).await.map(drop),
        "prepare_passkey_registration" | "register_passkey" => passkeys.register(None).await.map(drop),
        "passkeys" => passkeys.list(None).await.map(drop),
        "rename_passkey" => passkeys.rename(id.into(), "My phone".into(), None).await.map(drop),
        "delete_passkey" => passkeys.delete(id.into(), None).await,
        _ => return None,
    };
    Some(done.map_err(Trouble::from))
}
