//! Every operation of the core's table, and how an app comes to make it. The names are read from the table
//! itself, so one that is added there and not here fails every suite that goes through all of them.

use stepup_core::{CheckReason, SignInOptions, StepUpError, TokenScope};
use stepup_test_support::{EMAIL, Totp};

use crate::bench::{Bench, PHONE, phone};

const TABLE: &str = include_str!("../../src/api/operations.rs");
/// Somebody who has not been sent a code yet.
const OTHER_EMAIL: &str = "grace@example.com";

/// A line of the table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
}

/// All lines of the table.
pub(crate) fn rows() -> Vec<Row> {
    let (_, table) = TABLE.rsplit_once("\noperations! {\n").unwrap();
    let (table, _) = table.split_once("\n}\n").unwrap();
    let rows: Vec<Row> = table.split(';').filter(|line| !line.trim().is_empty()).map(row).collect();
    assert!(rows.len() > 25, "the table is read: {}", rows.len());
    rows
}

/// `NAME = get("name", "path")…`
fn row(line: &'static str) -> Row {
    let (constant, call) = line.split_once(" = ").unwrap_or_else(|| panic!("{line}"));
    let mut quoted = call.split('"');
    let method = quoted.next().unwrap();
    let (name, path) = (quoted.next().unwrap(), quoted.nth(1).unwrap());
    assert_eq!(constant.trim().to_lowercase(), name, "a constant is named as its operation");
    let method = match method {
        "get(" => "GET",
        "post(" => "POST",
        "put(" => "PUT",
        "delete(" => "DELETE",
        other => panic!("{other}"),
    };
    Row { name, method, path }
}

impl Row {
    pub(crate) fn is(&self, names: &[&str]) -> bool {
        names.contains(&self.name)
    }
}

/// What an operation needs before it can be made.
#[derive(Default)]
pub(crate) struct Prepared {
    /// What was sent to somebody, or a recovery code.
    code: String,
    totp: Option<Totp>,
    /// Id of a passkey.
    passkey_id: String,
}

/// How a call failed. A check does not fail: it says why it could not ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    Error(StepUpError),
    Check(CheckReason),
}

impl Trouble {
    pub(crate) fn error(&self) -> Option<&StepUpError> {
        match self {
            Self::Error(error) => Some(error),
            Self::Check(_) => None,
        }
    }
}

impl From<StepUpError> for Trouble {
    fn from(error: StepUpError) -> Self {
        Self::Error(error)
    }
}

impl Bench {
    /// Brings the client to where the operation is the next step. Somebody is signed in, also where a
    /// sign-in follows, and an elevated token is held.
    pub(crate) async fn prepare(&mut self, name: &str) -> Prepared {
        let mut prepared = Prepared::default();
        match name {
            "send_email_otp"
            | "send_sms_otp"
            | "session"
            | "refresh"
            | "logout"
            | "check"
            | "send_step_up_email_otp"
            | "mfa_methods" => drop(self.sign_in().await),
            "nonces" => {
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
            "enroll_totp" | "prepare_passkey_registration" | "register_passkey" => {
                self.sign_in_for_linking().await;
            }
            "prepare_passkey" | "verify_passkey" | "delete_passkey" => {
                prepared.passkey_id = self.with_passkey(name == "delete_passkey").await;
            }
            "verify_totp"
            | "delete_totp"
            | "verify_recovery_code"
            | "recovery_codes"
            | "regenerate_recovery_codes"
            | "acknowledge_recovery_codes" => {
                prepared = self.with_totp(name).await;
            }
            other => panic!("the suite does not know the operation `{other}`: say here how it is prepared"),
        }
        prepared
    }

    async fn with_totp(&self, name: &str) -> Prepared {
        let totp = self.world.sign_in_and_enroll_totp().await;
        let mut code = String::new();
        if name == "delete_totp" {
            let (typed, scopes) = (self.world.totp_code(&totp), vec![TokenScope::CREDENTIAL_UNLINK]);
            self.client().step_up().verify_totp(typed, scopes, None, None).await.unwrap();
        }
        if name != "delete_totp" && name != "verify_totp" {
            let codes = self.client().mfa().recovery_codes(None).await.unwrap();
            code = codes[0].expose().to_owned();
        }
        Prepared { code, totp: Some(totp), ..Prepared::default() }
    }

    async fn with_passkey(&self, unlink: bool) -> String {
        self.sign_in_for_linking().await;
        self.client().passkeys().register(None).await.unwrap();
        if unlink {
            let scopes = vec![TokenScope::CREDENTIAL_UNLINK];
            self.client().step_up().verify_passkey(scopes, None).await.unwrap();
        }
        self.world.factors().await.unwrap()[0].id.clone()
    }

    /// Makes the operation, as an app does.
    pub(crate) async fn perform(&self, name: &str, prepared: &Prepared) -> Result<(), Trouble> {
        let client = self.client();
        let (auth, step_up, mfa, passkeys) =
            (client.auth(), client.step_up(), client.mfa(), client.passkeys());
        let code = prepared.code.clone();
        let scopes = vec![TokenScope::WALLET_SIGN];
        match name {
            "nonces" | "refresh" => auth.refresh(None).await.map(drop)?,
            "send_email_otp" => auth.send_email_otp(OTHER_EMAIL.into(), None).await.map(drop)?,
            "send_sms_otp" => auth.send_sms_otp(phone(), None).await.map(drop)?,
            "resend_email_otp" | "resend_sms_otp" => auth.resend_otp(None, None).await.map(drop)?,
            "sign_in_with_email_otp" | "sign_in_with_sms_otp" => {
                let requested_scopes = vec![TokenScope::WALLET_EXPORT];
                let options =
                    SignInOptions { allow_new_mfa_linking: true, requested_scopes, ..Default::default() };
                auth.sign_in_with_otp(code, Some(options), None).await.map(drop)?;
            }
            "session" => {
                // The session is looked at when an answer says that it is over.
                self.fault(serde_json::json!({
                    "method": "GET", "path": "users/mfa/recovery", "status": 401, "count": 1,
                    "body": { "error": "Unauthorized", "code": "doubtful" },
                }));
                mfa.recovery_codes(None).await.map(drop)?;
            }
            "logout" => auth.logout(None).await?,
            "check" => {
                let check = step_up.check(TokenScope::WALLET_DELETE, None).await?;
                if !check.is_confirmed {
                    assert!(check.is_required, "what was not confirmed is required (I1)");
                    return Err(Trouble::Check(check.reason));
                }
            }
            "send_step_up_email_otp" | "send_step_up_sms_otp" => {
                step_up.send_otp(None, None).await.map(drop)?
            }
            "resend_step_up_email_otp" | "resend_step_up_sms_otp" => {
                step_up.resend_otp(None, None).await.map(drop)?;
            }
            "verify_email_otp" | "verify_sms_otp" => {
                step_up.verify_otp(code, scopes, None, None).await.map(drop)?;
            }
            "verify_totp" => {
                let totp = prepared.totp.as_ref().unwrap();
                let (typed, device) = (self.world.totp_code(totp), Some(totp.device_id.clone()));
                step_up.verify_totp(typed, scopes, device, None).await.map(drop)?;
            }
            "prepare_passkey" | "verify_passkey" => step_up.verify_passkey(scopes, None).await.map(drop)?,
            "verify_recovery_code" => step_up.verify_recovery_code(code, scopes, None).await.map(drop)?,
            "mfa_methods" => mfa.methods(None).await.map(drop)?,
            "enroll_totp" => mfa.enroll_totp(None).await.map(drop)?,
            "delete_totp" => mfa.delete(prepared.totp.as_ref().unwrap().device_id.clone(), None).await?,
            "recovery_codes" => mfa.recovery_codes(None).await.map(drop)?,
            "regenerate_recovery_codes" => mfa.regenerate_recovery_codes(None).await.map(drop)?,
            "acknowledge_recovery_codes" => mfa.acknowledge_recovery_codes(None).await.map(drop)?,
            "prepare_passkey_registration" | "register_passkey" => passkeys.register(None).await.map(drop)?,
            "delete_passkey" => passkeys.delete(prepared.passkey_id.clone(), None).await?,
            other => panic!("the suite does not know the operation `{other}`: say here how it is made"),
        }
        Ok(())
    }
}
