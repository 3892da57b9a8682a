//! What a screen offers: the ways in which a user can do a step-up, in the order in which to show them.

use std::{cmp::Reverse, fmt};

use serde::{Deserialize, Serialize};

use super::{FlowOrigin, StepUpCredential, check::StepUpCheck};
use crate::{
    auth::{CredentialFormat, User, VerifiedCredential},
    error::{StepUpError, UnavailableReason},
    identifier::{CredentialId, OptionId},
    oauth::SocialProvider,
    otp::Destination,
};

/// A way to do a step-up.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, uniffi::Enum)]
#[serde(rename_all = "snake_case")]
pub enum StepUpMethod {
    /// A passkey (WebAuthn), shown by the system's sheet.
    Passkey,
    /// A code of an authenticator app (RFC 6238).
    Totp,
    /// A code by e-mail.
    Email,
    /// A code by SMS.
    Sms,
    /// A signature of an external wallet.
    Wallet,
    /// A visit to the provider of a linked social account.
    Social {
        /// The provider.
        provider: SocialProvider,
    },
    /// An assertion of the app's own backend.
    ExternalJwt,
    /// A recovery code, in place of a second factor.
    RecoveryCode,
}

/// One entry of the choice of methods. Printing one does not show its label.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Debug, Display)]
pub struct StepUpOption {
    /// Names this option in `select`. The credential's id; for what is no credential, a name of its own.
    pub id: OptionId,
    /// What it is.
    pub method: StepUpMethod,
    /// The credential, where there is one.
    pub credential_id: Option<CredentialId>,
    /// A name to show, masked where it is an address or number: `a•••@example.com`, `+1 •••67`, `0xab…cd12`,
    /// the name that the user gave the factor.
    pub masked_label: Option<String>,
    /// Whether it is a second factor; the others prove again what the user has signed in with.
    pub is_second_factor: bool,
    /// Whether to offer it first.
    pub is_preferred: bool,
    /// Why it cannot be used on this device; none if it can, as far as is known.
    pub unusable: Option<UnavailableReason>,
    /// What became of it when it was last tried in this flow.
    pub error: Option<StepUpError>,
}

/// Which methods a flow offers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, uniffi::Enum)]
#[serde(rename_all = "snake_case")]
pub enum StepUpFilter {
    /// All that serve.
    #[default]
    All,
    /// Second factors only, and recovery codes.
    MfaOnly,
    /// Only what proves again what the user has signed in with.
    ReauthenticationOnly,
    /// These only. An external JWT is offered to every user if it is named here.
    Methods {
        /// The methods.
        methods: Vec<StepUpMethod>,
    },
}

/// The id of the option that is no credential.
pub(super) const RECOVERY_CODE: &str = "recovery-code";
const EXTERNAL_JWT: &str = "external-jwt";

/// What the app has callbacks for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Capabilities {
    pub(super) passkeys: bool,
    pub(super) browser: bool,
    pub(super) wallets: bool,
}

impl StepUpOption {
    /// Whether choosing it can succeed, as far as is known.
    pub(super) fn is_usable(&self) -> bool {
        self.unusable.is_none()
    }

    fn is_for(&self, id: &CredentialId) -> bool {
        self.id.as_str() == id.as_str()
    }

    fn of(credential: &StepUpCredential, user: &User, capabilities: Capabilities) -> Option<Self> {
        let own = user.verified_credentials.iter().find(|own| own.id == credential.id);
        let method = method(credential, own)?;
        let has_callback = match &method {
            StepUpMethod::Passkey => capabilities.passkeys,
            StepUpMethod::Social { provider } => capabilities.browser && provider.name().is_ok(),
            StepUpMethod::Wallet => capabilities.wallets,
            _ => true,
        };
        let is_factor_by_email = method == StepUpMethod::Email && own.is_none();
        Some(Self {
            id: credential.id.as_str().into(),
            masked_label: label(&method, credential.alias.as_ref(), own),
            is_second_factor: is_factor_by_email
                || matches!(method, StepUpMethod::Passkey | StepUpMethod::Totp),
            method,
            credential_id: Some(credential.id.clone()),
            is_preferred: false,
            unusable: (!has_callback).then_some(UnavailableReason::Unsupported),
            error: None,
        })
    }

    /// One that an earlier process has begun with.
    pub(super) fn begun(origin: &FlowOrigin, user: &User) -> Self {
        let own = user.verified_credentials.iter().find(|own| own.id.as_str() == origin.option_id.as_str());
        Self {
            credential_id: origin.credential_id.clone(),
            masked_label: label(&origin.method, None, own),
            ..Self::without_credential(
                origin.option_id.clone(),
                origin.method.clone(),
                origin.is_second_factor,
            )
        }
    }

    fn without_credential(id: OptionId, method: StepUpMethod, is_second_factor: bool) -> Self {
        Self {
            id,
            method,
            credential_id: None,
            masked_label: None,
            is_second_factor,
            is_preferred: false,
            unusable: None,
            error: None,
        }
    }
}

impl StepUpFilter {
    /// In whatever order the methods are named.
    pub(super) fn offers_the_same_as(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Methods { methods: ours }, Self::Methods { methods: theirs }) => {
                let has = |all: &[StepUpMethod], one| all.contains(one);
                ours.iter().all(|one| has(theirs, one)) && theirs.iter().all(|one| has(ours, one))
            }
            _ => self == other,
        }
    }

    /// Whether a passkey can be among the options.
    pub(super) fn admits_passkeys(&self) -> bool {
        match self {
            Self::All | Self::MfaOnly => true,
            Self::ReauthenticationOnly => false,
            Self::Methods { methods } => methods.contains(&StepUpMethod::Passkey),
        }
    }

    fn admits(&self, option: &StepUpOption) -> bool {
        match self {
            Self::All => true,
            Self::MfaOnly => option.is_second_factor,
            Self::ReauthenticationOnly => !option.is_second_factor,
            Self::Methods { methods } => methods.contains(&option.method),
        }
    }
}

/// The options that serve every scope that a step-up is required for, the best one first.
pub(super) fn offered(
    required: &[StepUpCheck],
    user: &User,
    capabilities: Capabilities,
    filter: &StepUpFilter,
    preferred_credential_id: Option<&CredentialId>,
) -> Vec<StepUpOption> {
    let Some((first, others)) = required.split_first() else { return Vec::new() };
    let serves_others = |credential: &&StepUpCredential| {
        others.iter().all(|check| check.credentials.iter().any(|other| other.id == credential.id))
    };
    let serving = first.credentials.iter().filter(serves_others);
    let mut options: Vec<_> =
        serving.filter_map(|credential| StepUpOption::of(credential, user, capabilities)).collect();
    let names_external_jwt = matches!(filter, StepUpFilter::Methods { methods }
        if methods.contains(&StepUpMethod::ExternalJwt));
    let has = |options: &[StepUpOption], method| options.iter().any(|option| option.method == method);
    if names_external_jwt && !has(&options, StepUpMethod::ExternalJwt) {
        options.push(StepUpOption::without_credential(EXTERNAL_JWT.into(), StepUpMethod::ExternalJwt, false));
    }
    if options.iter().any(|option| option.is_second_factor) {
        options.push(StepUpOption::without_credential(
            RECOVERY_CODE.into(),
            StepUpMethod::RecoveryCode,
            true,
        ));
    }
    options.retain(|option| filter.admits(option));
    // The default of one scope may not serve another.
    let mut defaults = required.iter().filter_map(|check| check.default_credential_id.as_ref());
    let default = defaults.find(|id| options.iter().any(|option| option.is_for(id)));
    in_order(options, preferred_credential_id, default)
}

/// What the app prefers, then the server's choice, then by method. The first one that can be used is marked.
fn in_order(
    mut options: Vec<StepUpOption>,
    preferred: Option<&CredentialId>,
    default: Option<&CredentialId>,
) -> Vec<StepUpOption> {
    let is = |option: &StepUpOption, id: Option<&CredentialId>| id.is_some_and(|id| option.is_for(id));
    options.sort_by_key(|option| {
        (Reverse(is(option, preferred)), Reverse(is(option, default)), rank(&option.method))
    });
    if let Some(first) = options.iter_mut().find(|option| option.is_usable()) {
        first.is_preferred = true;
    }
    options
}

fn rank(method: &StepUpMethod) -> u8 {
    match method {
        StepUpMethod::Passkey => 0,
        StepUpMethod::Totp => 1,
        StepUpMethod::Email => 2,
        StepUpMethod::Sms => 3,
        StepUpMethod::Wallet => 4,
        StepUpMethod::Social { .. } => 5,
        StepUpMethod::ExternalJwt => 6,
        StepUpMethod::RecoveryCode => 7,
    }
}

/// None for what this version cannot verify with.
fn method(credential: &StepUpCredential, own: Option<&VerifiedCredential>) -> Option<StepUpMethod> {
    Some(match &credential.format {
        CredentialFormat::Passkey => StepUpMethod::Passkey,
        CredentialFormat::Totp => StepUpMethod::Totp,
        CredentialFormat::Email => StepUpMethod::Email,
        CredentialFormat::PhoneNumber => StepUpMethod::Sms,
        CredentialFormat::Blockchain => StepUpMethod::Wallet,
        CredentialFormat::ExternalUser => StepUpMethod::ExternalJwt,
        CredentialFormat::OAuth => {
            let provider = own.and_then(|own| own.oauth_provider.clone())?;
            StepUpMethod::Social { provider: SocialProvider::named(&provider) }
        }
        CredentialFormat::Other(_) => return None,
    })
}

fn label(method: &StepUpMethod, alias: Option<&String>, own: Option<&VerifiedCredential>) -> Option<String> {
    match method {
        StepUpMethod::Email => {
            let address = own.and_then(|own| own.email.clone()).or_else(|| alias.cloned());
            address.filter(|address| address.contains('@')).map(|it| Destination::Email(it).masked())
        }
        StepUpMethod::Sms => own.and_then(Destination::of).map(|destination| destination.masked()),
        StepUpMethod::Wallet => own.and_then(|own| own.wallet_address.as_deref()).map(shortened),
        StepUpMethod::Social { .. } => {
            let own = own?;
            own.oauth_display_name.as_deref().or(own.oauth_username.as_deref()).map(name)
        }
        _ => alias.map(|alias| name(alias)),
    }
}

/// A name that somebody gave; an address or a number is masked also where it stands for a name.
fn name(given: &str) -> String {
    const DIGITS_OF_A_NUMBER: usize = 7;
    let (local, domain) = given.split_once('@').unwrap_or_default();
    if !local.is_empty() && domain.contains('.') {
        return Destination::Email(given.into()).masked();
    }
    let digits: Vec<_> = given.chars().filter(char::is_ascii_digit).collect();
    let is_number = given.chars().all(|symbol| symbol.is_ascii_digit() || " +-./()".contains(symbol));
    if is_number && digits.len() >= DIGITS_OF_A_NUMBER {
        return format!("•••{}", digits[digits.len() - 2..].iter().collect::<String>());
    }
    given.into()
}

fn shortened(address: &str) -> String {
    const SHOWN_FIRST: usize = 6;
    const SHOWN_LAST: usize = 4;
    let length = address.chars().count();
    if length <= SHOWN_FIRST + SHOWN_LAST {
        return address.into();
    }
    let first: String = address.chars().take(SHOWN_FIRST).collect();
    let last: String = address.chars().skip(length - SHOWN_LAST).collect();
    format!("{first}…{last}")
}

impl fmt::Display for StepUpOption {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "StepUpOption {{ id: {}, method: {:?} }}", self.id, self.method)
    }
}

impl fmt::Debug for StepUpOption {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

#[cfg(test)]
mod tests;
