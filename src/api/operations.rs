//! The table of operations: one line each. What holds for an operation is a column here and nowhere else.

use crate::scope::TokenScope;

/// HTTP method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Method {
    Get,
    Post,
    Put,
    Delete,
}

/// Whether a request carries the session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bearer {
    /// It never does: a sign-in must not turn into a link because somebody is still signed in.
    Never,
    /// Only with a session.
    Required,
}

/// A call of the API.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Operation {
    /// The name that errors and logs use; unique.
    pub(crate) name: &'static str,
    pub(crate) method: Method,
    /// Below `/sdk/{environmentId}/`; `{id}` stands for a path argument.
    pub(crate) path: &'static str,
    pub(crate) bearer: Bearer,
    /// The scope of the elevated token that is attached if one is held.
    pub(crate) scope: Option<&'static TokenScope>,
    /// Carries the device signature.
    pub(crate) device_signed: bool,
    /// May be sent again when it failed in a way that may pass.
    pub(crate) repeatable: bool,
    /// Proves the user's identity again; refused here while device registration is pending.
    pub(crate) verifies: bool,
    /// Without an elevated token, carries a legacy MFA token if one is held.
    pub(crate) takes_legacy_token: bool,
    /// A sign-in whose body has no place for the public session key: a header carries it.
    pub(crate) session_key_in_header: bool,
}

const fn call(method: Method, name: &'static str, path: &'static str) -> Operation {
    let bearer = Bearer::Required;
    Operation {
        name,
        method,
        path,
        bearer,
        scope: None,
        device_signed: false,
        repeatable: false,
        verifies: false,
        takes_legacy_token: false,
        session_key_in_header: false,
    }
}

const fn get(name: &'static str, path: &'static str) -> Operation {
    call(Method::Get, name, path)
}

const fn post(name: &'static str, path: &'static str) -> Operation {
    call(Method::Post, name, path)
}

const fn put(name: &'static str, path: &'static str) -> Operation {
    call(Method::Put, name, path)
}

const fn delete(name: &'static str, path: &'static str) -> Operation {
    call(Method::Delete, name, path)
}

impl Operation {
    const fn without_session(mut self) -> Self {
        self.bearer = Bearer::Never;
        self
    }

    const fn device_signed(mut self) -> Self {
        self.device_signed = true;
        self
    }

    const fn repeatable(mut self) -> Self {
        self.repeatable = true;
        self
    }

    const fn verifies(mut self) -> Self {
        self.verifies = true;
        self
    }

    const fn takes_legacy_token(mut self) -> Self {
        self.takes_legacy_token = true;
        self
    }

    const fn session_key_in_header(mut self) -> Self {
        self.session_key_in_header = true;
        self
    }

    const fn scoped(mut self, scope: &'static TokenScope) -> Self {
        self.scope = Some(scope);
        self
    }
}

/// Declares the operations as statics and collects them, so that tests see each of them.
macro_rules! operations {
    ($($constant:ident = $operation:expr;)+) => {
        $(pub(crate) static $constant: Operation = $operation;)+

        /// Every operation.
        #[cfg(test)]
        pub(crate) static ALL: &[&Operation] = &[$(&$constant),+];
    };
}

static LINK: TokenScope = TokenScope::CREDENTIAL_LINK;
static UNLINK: TokenScope = TokenScope::CREDENTIAL_UNLINK;
static USER_UPDATE: TokenScope = TokenScope::USER_UPDATE;
static USER_DELETE: TokenScope = TokenScope::USER_DELETE;

operations! {
    NONCES = get("nonces", "nonces").without_session().repeatable();
    SETTINGS = get("settings", "settings").without_session().repeatable();

    SEND_EMAIL_OTP = post("send_email_otp", "emailVerifications/create").without_session();
    RESEND_EMAIL_OTP = post("resend_email_otp", "emailVerifications/retry").without_session();
    SIGN_IN_WITH_EMAIL_OTP = post("sign_in_with_email_otp", "emailVerifications/signin")
        .without_session()
        .device_signed();
    SEND_SMS_OTP = post("send_sms_otp", "smsVerifications/create").without_session();
    RESEND_SMS_OTP = post("resend_sms_otp", "smsVerifications/retry").without_session();
    SIGN_IN_WITH_SMS_OTP = post("sign_in_with_sms_otp", "smsVerifications/signin")
        .without_session()
        .device_signed();
    PREPARE_PASSKEY_SIGN_IN = get("prepare_passkey_sign_in", "users/passkeys/signin").without_session();
    SIGN_IN_WITH_PASSKEY = post("sign_in_with_passkey", "users/passkeys/signin")
        .without_session()
        .session_key_in_header();
    BEGIN_SOCIAL_SIGN_IN = post("begin_social_sign_in", "providers/{id}/initAuth").without_session();
    SIGN_IN_WITH_SOCIAL = post("sign_in_with_social", "providers/{id}/signIn")
        .without_session()
        .device_signed();
    SIGN_IN_WITH_WALLET = post("sign_in_with_wallet", "wallets/signin").without_session();
    SIGN_IN_WITH_EXTERNAL_JWT = post("sign_in_with_external_jwt", "externalAuth/signin")
        .without_session()
        .device_signed();

    SESSION = get("session", "session").repeatable();
    REFRESH = post("refresh", "refresh").device_signed();
    LOGOUT = post("logout", "revoke");

    CHECK = post("check", "stepUp/check").repeatable();
    SEND_STEP_UP_EMAIL_OTP = post("send_step_up_email_otp", "emailVerifications/create").verifies();
    RESEND_STEP_UP_EMAIL_OTP = post("resend_step_up_email_otp", "emailVerifications/retry").verifies();
    VERIFY_EMAIL_OTP = post("verify_email_otp", "emailVerifications/verify").device_signed().verifies();
    SEND_STEP_UP_SMS_OTP = post("send_step_up_sms_otp", "smsVerifications/create").verifies();
    RESEND_STEP_UP_SMS_OTP = post("resend_step_up_sms_otp", "smsVerifications/retry").verifies();
    VERIFY_SMS_OTP = post("verify_sms_otp", "smsVerifications/verify").device_signed().verifies();
    VERIFY_TOTP = post("verify_totp", "users/mfa/auth/totp").verifies();
    PREPARE_PASSKEY = get("prepare_passkey", "users/passkeys/authenticate").verifies();
    VERIFY_PASSKEY = post("verify_passkey", "users/mfa/auth/passkey").verifies();
    VERIFY_RECOVERY_CODE = post("verify_recovery_code", "users/mfa/auth/recovery").verifies();
    VERIFY_MFA_EMAIL = post("verify_mfa_email", "users/mfa/auth/email").verifies();
    BEGIN_SOCIAL_VERIFY = post("begin_social_verify", "providers/{id}/initAuth").verifies();
    VERIFY_SOCIAL = post("verify_social", "providers/{id}/verify").verifies();
    VERIFY_WALLET = post("verify_wallet", "wallets/verify").device_signed().verifies();
    VERIFY_EXTERNAL_JWT = post("verify_external_jwt", "externalAuth/verify").verifies();

    COMPLETE_DEVICE_REGISTRATION = post("complete_device_registration", "deviceRegistration").device_signed();
    REGISTERED_DEVICES = get("registered_devices", "deviceRegistrations").device_signed();
    REVOKE_DEVICE = delete("revoke_device", "deviceRegistrations/{id}").device_signed();
    REVOKE_ALL_DEVICES = delete("revoke_all_devices", "deviceRegistrations").device_signed();

    MFA_METHODS = get("mfa_methods", "users/mfa/methods").repeatable();
    ENROLL_TOTP = get("enroll_totp", "users/mfa/register/totp").scoped(&LINK);
    SET_DEFAULT_FACTOR = put("set_default_factor", "users/mfa/{id}");
    DELETE_TOTP = delete("delete_totp", "users/mfa/{id}").scoped(&UNLINK).takes_legacy_token();
    RECOVERY_CODES = get("recovery_codes", "users/mfa/recovery");
    REGENERATE_RECOVERY_CODES = post("regenerate_recovery_codes", "users/mfa/recovery");
    ACKNOWLEDGE_RECOVERY_CODES = put("acknowledge_recovery_codes", "users");

    PREPARE_PASSKEY_REGISTRATION = get("prepare_passkey_registration", "users/passkeys/register");
    REGISTER_PASSKEY = post("register_passkey", "users/passkeys/register").scoped(&LINK);
    PASSKEYS = get("passkeys", "users/passkeys").repeatable();
    RENAME_PASSKEY = put("rename_passkey", "users/passkeys");
    DELETE_PASSKEY = delete("delete_passkey", "users/passkeys").scoped(&UNLINK).takes_legacy_token();

    UPDATE_USER = put("update_user", "users").scoped(&USER_UPDATE).takes_legacy_token();
    DELETE_USER = delete("delete_user", "users").scoped(&USER_DELETE).takes_legacy_token();
    LINK_EMAIL = put("link_email", "users").scoped(&LINK).takes_legacy_token();
    LINK_PHONE = put("link_phone", "users").scoped(&LINK).takes_legacy_token();
    RESEND_LINK_EMAIL_OTP = post("resend_link_email_otp", "emailVerifications/retry");
    RESEND_LINK_SMS_OTP = post("resend_link_sms_otp", "smsVerifications/retry");
    CONFIRM_EMAIL = post("confirm_email", "emailVerifications/verify").device_signed().scoped(&LINK);
    CONFIRM_PHONE = post("confirm_phone", "smsVerifications/verify").device_signed().scoped(&LINK);
    BEGIN_SOCIAL_LINK = post("begin_social_link", "providers/{id}/initAuth");
    LINK_SOCIAL = post("link_social", "providers/{id}/verify").scoped(&LINK);
    LINK_WALLET = post("link_wallet", "verify/link").device_signed().scoped(&LINK);
    TRANSFER_WALLET = post("transfer_wallet", "verify/transfer").device_signed().scoped(&LINK);
    MERGE_ACCOUNTS = post("merge_accounts", "users/merge");
    RESOLVE_MERGE = post("resolve_merge", "verify/merge").device_signed();
    UNLINK_CREDENTIAL = post("unlink_credential", "verify/unlink").scoped(&UNLINK);
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn names_are_unique() {
        let names: HashSet<_> = ALL.iter().map(|operation| operation.name).collect();
        assert_eq!(names.len(), ALL.len());
    }

    #[test]
    fn i10_only_unsigned_reads_and_check_are_repeated() {
        for operation in ALL.iter().filter(|operation| operation.repeatable) {
            assert!(operation.method == Method::Get || operation.name == "check", "{}", operation.name);
            assert!(!operation.device_signed && !operation.verifies && operation.scope.is_none());
        }
    }

    #[test]
    fn fault_30_every_gated_operation_has_its_scope() {
        for operation in ALL {
            let expected = match (operation.name, operation.path) {
                ("acknowledge_recovery_codes", _) => None,
                ("update_user", _) => Some(&USER_UPDATE),
                ("delete_user", _) => Some(&USER_DELETE),
                ("link_email" | "link_phone", "users") => Some(&LINK),
                ("confirm_email" | "confirm_phone" | "link_social", _) => Some(&LINK),
                (_, "verify/link" | "verify/transfer") => Some(&LINK),
                ("enroll_totp" | "register_passkey", _) => Some(&LINK),
                ("delete_totp" | "delete_passkey" | "unlink_credential", _) => Some(&UNLINK),
                _ => None,
            };
            assert_eq!(operation.scope, expected, "{}", operation.name);
            // What changes or removes a credential is one of the above.
            let is_gated_path = matches!(operation.path, "users" | "verify/unlink" | "verify/link")
                && operation.name != "acknowledge_recovery_codes";
            assert!(!is_gated_path || operation.scope.is_some(), "{}", operation.name);
        }
    }

    #[test]
    fn the_device_signature_goes_to_the_endpoints_that_check_it() {
        let signed = [
            "refresh",
            "emailVerifications/signin",
            "emailVerifications/verify",
            "smsVerifications/signin",
            "smsVerifications/verify",
            "externalAuth/signin",
            "providers/{id}/signIn",
            "verify/link",
            "verify/merge",
            "verify/transfer",
            "wallets/verify",
            "deviceRegistration",
            "deviceRegistrations",
            "deviceRegistrations/{id}",
        ];
        for operation in ALL {
            assert_eq!(operation.device_signed, signed.contains(&operation.path), "{}", operation.name);
        }
    }
}
