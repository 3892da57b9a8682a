//! `GET settings`: what the environment offers, as far as this library needs it.

use serde::{Deserialize, Deserializer, de::Error};
use serde_json::Value;

use crate::json::{self, Fields};

/// The settings of an environment.
#[derive(Debug, Default)]
pub(crate) struct Settings {
    pub(crate) providers: Vec<ProviderSettings>,
    /// Must be there: without it nothing is known to be unprotected.
    pub(crate) security: SecuritySettings,
    pub(crate) general: GeneralSettings,
}

/// An element of `providers`: a way to sign in that is switched on.
#[derive(Clone, Debug)]
pub(crate) struct ProviderSettings {
    pub(crate) provider: String,
    pub(crate) client_id: Option<String>,
    pub(crate) base_auth_url: Option<String>,
    pub(crate) redirect_url: Option<String>,
    pub(crate) scopes: Option<String>,
    pub(crate) shopify_store: Option<String>,
}

#[derive(Debug, Default)]
pub(crate) struct SecuritySettings {
    pub(crate) mfa: MfaSettings,
    captcha: CaptchaSettings,
    /// The old place of the captcha, which then is hCaptcha's.
    h_captcha: CaptchaSettings,
}

#[derive(Debug, Default)]
pub(crate) struct MfaSettings {
    /// `none`, `signup` or `action`.
    enrollment: Value,
    /// The old form of `enrollment`.
    required: bool,
    /// What is offered. `availableMethods` beside it is a mere catalogue.
    pub(crate) methods: Vec<MfaMethodSettings>,
    actions: ProtectedActions,
}

/// What action-based MFA protects.
#[derive(Debug)]
enum ProtectedActions {
    Listed(Vec<MfaActionSettings>),
    /// Nothing is known to be unprotected then.
    Unreadable,
}

#[derive(Debug)]
pub(crate) struct MfaMethodSettings {
    pub(crate) kind: String,
    pub(crate) enabled: bool,
}

#[derive(Debug)]
struct MfaActionSettings {
    action: String,
    required: bool,
}

#[derive(Debug, Default)]
pub(crate) struct CaptchaSettings {
    enabled: bool,
    pub(crate) provider: Option<String>,
    pub(crate) site_key: Option<String>,
}

#[derive(Debug, Default)]
pub(crate) struct GeneralSettings {
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

impl Default for ProtectedActions {
    fn default() -> Self {
        Self::Listed(Vec::new())
    }
}

impl SecuritySettings {
    /// The captcha that is switched on.
    pub(crate) fn captcha(&self) -> Option<&CaptchaSettings> {
        [&self.captcha, &self.h_captcha].into_iter().find(|captcha| captcha.enabled)
    }
}

impl<'de> Deserialize<'de> for Settings {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut fields = Fields::read(deserializer)?;
        let security = Fields::of(fields.take("security"));
        let general = Fields::of(fields.take("general"));
        Ok(Self {
            providers: fields.list("providers").filter_map(provider).collect(),
            security: security.map(self::security).ok_or_else(|| D::Error::missing_field("security"))?,
            general: GeneralSettings {
                display_name: general.and_then(|mut fields| fields.text("displayName")),
            },
        })
    }
}

fn provider(mut fields: Fields) -> Option<ProviderSettings> {
    Some(ProviderSettings {
        provider: fields.text("provider")?,
        client_id: fields.text("clientId"),
        base_auth_url: fields.text("baseAuthUrl"),
        redirect_url: fields.text("redirectUrl"),
        scopes: fields.text("scopes"),
        shopify_store: fields.text("shopifyStore"),
    })
}

fn security(mut fields: Fields) -> SecuritySettings {
    SecuritySettings {
        mfa: mfa(fields.take("mfa")),
        captcha: captcha(fields.take("captcha")),
        h_captcha: captcha(fields.take("hCaptcha")),
    }
}

/// Without MFA nothing is protected, which null and nothing say, and nothing else.
fn mfa(value: Value) -> MfaSettings {
    if value.is_null() {
        return MfaSettings::default();
    }
    let Some(mut fields) = Fields::of(value) else {
        return MfaSettings { actions: ProtectedActions::Unreadable, ..MfaSettings::default() };
    };
    MfaSettings {
        enrollment: fields.take("enrollment"),
        required: fields.flag("required"),
        methods: fields.list("methods").filter_map(method).collect(),
        actions: actions(fields.take("actions")),
    }
}

fn method(mut fields: Fields) -> Option<MfaMethodSettings> {
    Some(MfaMethodSettings { kind: fields.text("type")?, enabled: fields.flag("enabled") })
}

fn actions(value: Value) -> ProtectedActions {
    if value.is_null() {
        return ProtectedActions::default();
    }
    let listed = json::objects(value).map(|elements| elements.filter_map(action).collect());
    listed.map_or(ProtectedActions::Unreadable, ProtectedActions::Listed)
}

/// Only false, null and nothing leave an action unprotected.
fn action(mut fields: Fields) -> Option<MfaActionSettings> {
    let required = !matches!(fields.take("required"), Value::Bool(false) | Value::Null);
    Some(MfaActionSettings { action: fields.text("action")?, required })
}

fn captcha(value: Value) -> CaptchaSettings {
    Fields::of(value).map_or_else(CaptchaSettings::default, |mut fields| CaptchaSettings {
        enabled: fields.flag("enabled"),
        provider: fields.text("provider"),
        site_key: fields.text("siteKey"),
    })
}
