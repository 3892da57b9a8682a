//! What the environment demands: the settings a tenant would choose in the vendor's dashboard.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use url::Url;

pub use actions::{Action, ActionName, TokenBehavior};
pub use mfa::{Enrollment, MfaMethod, MfaPolicy, TotpCodes};
pub use profile::{LinkConflict, ProfileField};
pub use providers::{Captcha, CaptchaProvider, ExternalIssuer, Provider, ProviderName};

mod actions;
mod mfa;
mod profile;
mod providers;

/// The policy of the environment. A missing key takes its default, an unknown key or value is refused by
/// name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Policy {
    /// Minimum API version; step-up is enforced from [`ApiVersion::V2026_04_01`].
    pub api_version: ApiVersion,
    /// Second factors.
    pub mfa: MfaPolicy,
    /// Protected actions; an action that is not listed is not required.
    pub actions: Vec<Action>,
    /// Whether a new device of an existing user must be confirmed by e-mail.
    pub device_registration: bool,
    /// Sign-in providers. E-mail, SMS and passkey are on unless listed with `enabled: false`.
    pub providers: Vec<Provider>,
    /// Where the app may be sent back to after social sign-in; empty is any https, loopback or custom scheme.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub redirect_urls: Vec<Url>,
    /// What linking a credential of another user leads to.
    pub link_conflict: LinkConflict,
    /// What the environment asks its users about themselves.
    pub profile_fields: Vec<ProfileField>,
    /// Captcha demanded before a code is sent.
    pub captcha: Option<Captcha>,
    /// Life of a one-time code, in seconds.
    pub otp_life_seconds: u32,
    /// Life of a session, in seconds.
    pub jwt_life_seconds: u32,
    /// Issuer of external assertions; `None` is the sandbox's own.
    pub external_issuer: Option<ExternalIssuer>,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            api_version: ApiVersion::V2026_04_01,
            mfa: MfaPolicy::default(),
            actions: vec![
                Action::new(ActionName::WalletExport, true),
                Action::new(ActionName::WalletSign, false),
            ],
            device_registration: false,
            providers: [ProviderName::Email, ProviderName::Sms, ProviderName::Passkey]
                .map(Provider::new)
                .into(),
            redirect_urls: Vec::new(),
            link_conflict: LinkConflict::Refuse,
            profile_fields: Vec::new(),
            captcha: None,
            otp_life_seconds: 600,
            jwt_life_seconds: 7200,
            external_issuer: None,
        }
    }
}

impl Policy {
    /// Reads a whole policy.
    ///
    /// # Errors
    /// [`PolicyError`] naming the key or value that is not known or makes no sense.
    pub fn from_json(json: &Value) -> Result<Self, PolicyError> {
        let policy: Self = serde_path_to_error::deserialize(json)
            .map_err(|error| PolicyError::new(&error.path().to_string(), &error.inner().to_string()))?;
        policy.check()?;
        Ok(policy)
    }

    /// This policy with a patch applied: objects merge, lists and values replace. Other than in RFC 7396,
    /// `null` is a value ("off"): no key can be removed.
    ///
    /// # Errors
    /// As [`Policy::from_json`].
    pub fn merged(&self, patch: &Value) -> Result<Self, PolicyError> {
        if !patch.is_object() {
            return Err(PolicyError::new(".", "a patch is a JSON object"));
        }
        let mut whole = self.to_json();
        merge(&mut whole, patch);
        Self::from_json(&whole)
    }

    /// The policy as the control API shows it.
    pub fn to_json(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }

    /// Whether step-up is enforced at all.
    pub(crate) fn enforces_step_up(&self) -> bool {
        self.api_version >= ApiVersion::V2026_04_01
    }

    /// The configured action behind a scope.
    pub(crate) fn action_for(&self, scope: &str) -> Option<&Action> {
        self.actions.iter().find(|action| action.action.scope() == scope)
    }

    /// Whether a provider is on.
    pub(crate) fn offers(&self, provider: ProviderName) -> bool {
        match self.providers.iter().find(|candidate| candidate.provider == provider) {
            Some(listed) => listed.enabled,
            None => matches!(provider, ProviderName::Email | ProviderName::Sms | ProviderName::Passkey),
        }
    }

    /// Whether some MFA is switched on in this environment: session MFA, forced enrolment or an action.
    pub(crate) fn mfa_enabled(&self) -> bool {
        self.mfa.session
            || self.mfa.enrollment != Enrollment::None
            || self.actions.iter().any(|action| action.required)
    }

    fn check(&self) -> Result<(), PolicyError> {
        for (name, seconds) in
            [("otpLifeSeconds", self.otp_life_seconds), ("jwtLifeSeconds", self.jwt_life_seconds)]
        {
            if seconds == 0 {
                return Err(PolicyError::new(name, "must be at least 1"));
            }
        }
        for (index, action) in self.actions.iter().enumerate() {
            let path = format!("actions[{index}]");
            if action.token_expiry_seconds == Some(0) {
                return Err(PolicyError::new(&format!("{path}.tokenExpirySeconds"), "must be at least 1"));
            }
            if self.actions.iter().take(index).any(|earlier| earlier.action == action.action) {
                return Err(PolicyError::new(&format!("{path}.action"), "is listed twice"));
            }
        }
        for (index, field) in self.profile_fields.iter().enumerate() {
            let path = format!("profileFields[{index}].name");
            if field.name.trim().is_empty() || field.name == "metadata" {
                return Err(PolicyError::new(&path, &format!("`{}` is no name of a field", field.name)));
            }
            if self.profile_fields.iter().take(index).any(|earlier| earlier.name == field.name) {
                return Err(PolicyError::new(&path, "is listed twice"));
            }
        }
        Ok(())
    }
}

/// API versions in their order of age.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum ApiVersion {
    /// Before step-up: checks answer "not required", tokens are not demanded.
    #[serde(rename = "2026_01_01")]
    V2026_01_01,
    /// Step-up is enforced.
    #[serde(rename = "2026_04_01")]
    V2026_04_01,
}

/// A policy that was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("policy refused at `{path}`: {reason}")]
pub struct PolicyError {
    /// Where in the policy, for example `mfa.methods[0]`; `.` is the whole.
    pub path: String,
    /// What is wrong, with the offending name.
    pub reason: String,
}

impl PolicyError {
    fn new(path: &str, reason: &str) -> Self {
        Self { path: path.into(), reason: reason.into() }
    }
}

fn merge(target: &mut Value, patch: &Value) {
    match (target, patch) {
        (Value::Object(target), Value::Object(patch)) => {
            for (key, value) in patch {
                merge(target.entry(key.clone()).or_insert(Value::Object(Map::new())), value);
            }
        }
        (target, patch) => *target = patch.clone(),
    }
}
