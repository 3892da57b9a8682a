//! `GET settings`: what the environment offers, as far as this library needs it.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::tolerant;

/// The settings of an environment.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Settings {
    #[serde(default, deserialize_with = "tolerant::list")]
    pub(crate) providers: Vec<ProviderSettings>,
    /// Must be there: without it nothing is known to be unprotected.
    #[serde(deserialize_with = "tolerant::said_object")]
    pub(crate) security: SecuritySettings,
    #[serde(default, deserialize_with = "tolerant::object")]
    pub(crate) general: GeneralSettings,
}

/// An element of `providers`: a way to sign in that is switched on.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ProviderSettings {
    pub(crate) provider: String,
    #[serde(default, deserialize_with = "tolerant::text")]
    pub(crate) client_id: Option<String>,
    #[serde(default, deserialize_with = "tolerant::text")]
    pub(crate) base_auth_url: Option<String>,
    #[serde(default, deserialize_with = "tolerant::text")]
    pub(crate) redirect_url: Option<String>,
    #[serde(default, deserialize_with = "tolerant::text")]
    pub(crate) scopes: Option<String>,
    #[serde(default, deserialize_with = "tolerant::text")]
    pub(crate) shopify_store: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct SecuritySettings {
    #[serde(default, deserialize_with = "mfa")]
    pub(crate) mfa: MfaSettings,
    #[serde(default, deserialize_with = "tolerant::object")]
    captcha: CaptchaSettings,
    /// The old place of the captcha, which then is hCaptcha's.
    #[serde(default, rename = "hCaptcha", deserialize_with = "tolerant::object")]
    h_captcha: CaptchaSettings,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MfaSettings {
    /// `none`, `signup` or `action`.
    #[serde(default)]
    enrollment: Value,
    /// The old form of `enrollment`.
    #[serde(default, deserialize_with = "tolerant::flag")]
    required: bool,
    /// What is offered. `availableMethods` beside it is a mere catalogue.
    #[serde(default, deserialize_with = "tolerant::list")]
    pub(crate) methods: Vec<MfaMethodSettings>,
    #[serde(default)]
    actions: ProtectedActions,
}

/// What action-based MFA protects.
#[derive(Debug)]
enum ProtectedActions {
    Listed(Vec<MfaActionSettings>),
    /// Nothing is known to be unprotected then.
    Unreadable,
}

#[derive(Debug, Deserialize)]
pub(crate) struct MfaMethodSettings {
    #[serde(rename = "type")]
    pub(crate) kind: String,
    #[serde(default, deserialize_with = "tolerant::flag")]
    pub(crate) enabled: bool,
}

#[derive(Debug, Deserialize)]
struct MfaActionSettings {
    action: String,
    #[serde(default, deserialize_with = "tolerant::guard")]
    required: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CaptchaSettings {
    #[serde(default, deserialize_with = "tolerant::flag")]
    enabled: bool,
    #[serde(default, deserialize_with = "tolerant::text")]
    pub(crate) provider: Option<String>,
    #[serde(default, deserialize_with = "tolerant::text")]
    pub(crate) site_key: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct GeneralSettings {
    #[serde(default, deserialize_with = "tolerant::text")]
    pub(crate) display_name: Option<String>,
}

impl MfaSettings {
    /// Whether an action is protected; none if that cannot be told.
    pub(crate) fn protects(&self, action: &str) -> Option<bool> {
        match &self.actions {
            ProtectedActions::Listed(actions) => {
                Some(actions.iter().any(|listed| listed.required && listed.action == action))
            }
            ProtectedActions::Unreadable => None,
        }
    }

    /// Whether every user must have a factor.
    pub(crate) fn forces_enrollment(&self) -> bool {
        match &self.enrollment {
            Value::Null => self.required,
            policy => policy != "none",
        }
    }
}

/// Without MFA nothing is protected, which null and nothing say, and nothing else.
fn mfa<'de, D: Deserializer<'de>>(deserializer: D) -> Result<MfaSettings, D::Error> {
    let unreadable = || MfaSettings { actions: ProtectedActions::Unreadable, ..MfaSettings::default() };
    Ok(match Value::deserialize(deserializer)? {
        Value::Null => MfaSettings::default(),
        mfa => tolerant::said_object(mfa).unwrap_or_else(|_| unreadable()),
    })
}

impl Default for ProtectedActions {
    fn default() -> Self {
        Self::Listed(Vec::new())
    }
}

impl<'de> Deserialize<'de> for ProtectedActions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let said: Option<Value> = Option::deserialize(deserializer)?;
        let listed = said.map_or(Ok(Vec::new()), tolerant::said_list);
        Ok(listed.map_or(Self::Unreadable, Self::Listed))
    }
}

impl SecuritySettings {
    /// The captcha that is switched on.
    pub(crate) fn captcha(&self) -> Option<&CaptchaSettings> {
        [&self.captcha, &self.h_captcha].into_iter().find(|captcha| captcha.enabled)
    }
}
