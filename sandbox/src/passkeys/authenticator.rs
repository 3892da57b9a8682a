//! Software authenticators by name, for hosts which have none.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use passkey::authenticator::{
    Authenticator, CredentialStore, DiscoverabilitySupport, StoreInfo, UiHint, UserCheck,
    UserValidationMethod,
};
use passkey::client::{Client, DefaultClientData, Origin, UnverifiedAssetLink, WebauthnError};
use passkey::crypto::rust_crypto::RustCryptoBackend;
use passkey::types::Passkey;
use passkey::types::ctap2::make_credential::{
    Options, PublicKeyCredentialRpEntity, PublicKeyCredentialUserEntity,
};
use passkey::types::ctap2::{Aaguid, Ctap2Error, StatusCode};
use passkey::types::webauthn::{
    CredentialCreationOptions, CredentialRequestOptions, PublicKeyCredentialDescriptor,
};
use public_suffix::{DEFAULT_PROVIDER, EffectiveTLDProvider};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use url::Url;

/// Software authenticators which always find their user present and verified. Each name is a device of its
/// own, made on first use; its passkeys live in memory, are discoverable and count signatures.
#[derive(Default)]
pub struct VirtualAuthenticators {
    devices: Mutex<HashMap<String, Arc<tokio::sync::Mutex<Device>>>>,
}

/// Why an authenticator gave no credential.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AuthenticatorError {
    /// The device has no passkey for the request.
    #[error("the authenticator has no credential for this request")]
    NoCredential,
    /// The device already has a passkey named in `excludeCredentials`.
    #[error("the authenticator already has an excluded credential")]
    CredentialExcluded,
    /// The options are not those of a WebAuthn ceremony.
    #[error("invalid options: {reason}")]
    InvalidOptions {
        /// What could not be read.
        reason: String,
    },
    /// The origin cannot be read, or may not use the relying party id of the options.
    #[error("invalid origin: {reason}")]
    InvalidOrigin {
        /// What is wrong with it.
        reason: String,
    },
    /// The authenticator refused for another reason.
    #[error("the authenticator refused: {reason}")]
    Refused {
        /// Its own words.
        reason: String,
    },
}

impl AuthenticatorError {
    /// The error's name in the control API.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoCredential => "no_credential",
            Self::CredentialExcluded => "credential_excluded",
            Self::InvalidOptions { .. } => "invalid_options",
            Self::InvalidOrigin { .. } => "invalid_origin",
            Self::Refused { .. } => "refused",
        }
    }
}

impl VirtualAuthenticators {
    /// Makes a passkey on the device `name` and answers the credential as WebAuthn JSON (base64url strings,
    /// standard names). `options` as the API sends them, without the `publicKey` wrapper; `origin` is a web
    /// origin or `android:apk-key-hash:…`.
    ///
    /// # Errors
    /// Every variant but `NoCredential`.
    pub async fn create(
        &self,
        name: &str,
        origin: &str,
        options: &Value,
    ) -> Result<Value, AuthenticatorError> {
        let request: CredentialCreationOptions = request(options, "excludeCredentials")?;
        let origin = parse_origin(origin, request.public_key.rp.id.as_deref())?;
        let device = self.device(name);
        let created =
            device.lock().await.register(origin, request, DefaultClientData).await.map_err(refusal)?;
        to_json(&created)
    }

    /// Signs the challenge of `options` with a passkey of the device `name`; with several that fit, the
    /// newest. Parameters and answer as for [`create`](Self::create); entries of `allowCredentials` need no
    /// `type`.
    ///
    /// # Errors
    /// Every variant but `CredentialExcluded`.
    pub async fn get(&self, name: &str, origin: &str, options: &Value) -> Result<Value, AuthenticatorError> {
        let request: CredentialRequestOptions = request(options, "allowCredentials")?;
        let origin = parse_origin(origin, request.public_key.rp_id.as_deref())?;
        let device = self.device(name);
        let signed =
            device.lock().await.authenticate(origin, request, DefaultClientData).await.map_err(refusal)?;
        to_json(&signed)
    }

    /// Throws all devices away.
    pub fn clear(&self) {
        self.devices.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn device(&self, name: &str) -> Arc<tokio::sync::Mutex<Device>> {
        let mut devices = self.devices.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(
            devices.entry(name.to_owned()).or_insert_with(|| Arc::new(tokio::sync::Mutex::new(device()))),
        )
    }
}

type Device = Client<Passkeys, WillingUser, RustCryptoBackend, PublicSuffixes, ()>;

fn device() -> Device {
    let mut authenticator =
        Authenticator::new(Aaguid::new_empty(), Passkeys::default(), WillingUser, RustCryptoBackend);
    authenticator.set_make_credentials_with_signature_counter(true);
    Client::new_with_custom_tld_provider(authenticator, PublicSuffixes, None).allows_insecure_localhost(true)
}

/// Wraps the options the way the ceremony takes them and fills in the `type` of `descriptors`.
fn request<T: DeserializeOwned>(options: &Value, descriptors: &str) -> Result<T, AuthenticatorError> {
    let mut options = options.clone();
    let listed = options.get_mut(descriptors).and_then(Value::as_array_mut);
    for descriptor in listed.into_iter().flatten().filter_map(Value::as_object_mut) {
        descriptor.entry("type").or_insert_with(|| json!("public-key"));
    }
    serde_json::from_value(json!({ "publicKey": options }))
        .map_err(|error| AuthenticatorError::InvalidOptions { reason: error.to_string() })
}

fn to_json(credential: &impl Serialize) -> Result<Value, AuthenticatorError> {
    serde_json::to_value(credential)
        .map_err(|error| AuthenticatorError::Refused { reason: error.to_string() })
}

fn parse_origin(origin: &str, rp_id: Option<&str>) -> Result<Origin<'static>, AuthenticatorError> {
    let invalid = |reason: String| AuthenticatorError::InvalidOrigin { reason };
    match origin.strip_prefix("android:apk-key-hash:") {
        Some(key_hash) => android_origin(key_hash, rp_id).map(Origin::Android).map_err(invalid),
        None => Url::parse(origin).map(Origin::from).map_err(|error| invalid(error.to_string())),
    }
}

/// An Android app which the relying party's host has vouched for: whether it has is for the relying party to
/// judge by the origin it finds in the client data.
fn android_origin(key_hash: &str, rp_id: Option<&str>) -> Result<UnverifiedAssetLink<'static>, String> {
    let host = rp_id.ok_or("the options name no relying party id")?.to_owned();
    let hash = URL_SAFE_NO_PAD.decode(key_hash).map_err(|error| format!("key hash: {error}"))?;
    let fingerprint = hash.iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join(":");
    let statements = Url::parse(&format!("https://{host}/.well-known/assetlinks.json"))
        .map_err(|error| format!("relying party id: {error}"))?;
    UnverifiedAssetLink::new("", &fingerprint, host, statements)
        .map_err(|_| "the key hash must be a SHA-256 in base64url (43 characters)".to_owned())
}

fn refusal(error: WebauthnError) -> AuthenticatorError {
    let excluded = u8::from(StatusCode::from(Ctap2Error::CredentialExcluded));
    let invalid_origin = |reason: &str| AuthenticatorError::InvalidOrigin { reason: reason.to_owned() };
    match error {
        WebauthnError::CredentialNotFound => AuthenticatorError::NoCredential,
        WebauthnError::AuthenticatorError(code) if code == excluded => AuthenticatorError::CredentialExcluded,
        WebauthnError::OriginMissingDomain => invalid_origin("must have a host name"),
        WebauthnError::UnprotectedOrigin => invalid_origin("must be https, except on localhost"),
        WebauthnError::OriginRpMissmatch => invalid_origin("is not at or below the relying party id"),
        WebauthnError::InvalidRpId => invalid_origin("may not use this relying party id"),
        other => AuthenticatorError::Refused { reason: format!("{other:?}") },
    }
}

/// Newest first. A passkey replaces the one of the same user and relying party, as on real devices.
#[derive(Default)]
struct Passkeys(Vec<Passkey>);

#[async_trait::async_trait]
impl CredentialStore for Passkeys {
    type PasskeyItem = Passkey;

    async fn find_credentials(
        &self,
        ids: Option<&[PublicKeyCredentialDescriptor]>,
        rp_id: &str,
        _user_handle: Option<&[u8]>,
    ) -> Result<Vec<Passkey>, StatusCode> {
        let named =
            |passkey: &Passkey| ids.is_none_or(|ids| ids.iter().any(|id| id.id == passkey.credential_id));
        let found: Vec<_> = self.0.iter().filter(|key| key.rp_id == rp_id && named(key)).cloned().collect();
        if found.is_empty() { Err(Ctap2Error::NoCredentials.into()) } else { Ok(found) }
    }

    async fn save_credential(
        &mut self,
        credential: Passkey,
        _user: PublicKeyCredentialUserEntity,
        _rp: PublicKeyCredentialRpEntity,
        _options: Options,
    ) -> Result<(), StatusCode> {
        self.0.retain(|old| old.rp_id != credential.rp_id || old.user_handle != credential.user_handle);
        self.0.insert(0, credential);
        Ok(())
    }

    async fn update_credential(&mut self, credential: &Passkey) -> Result<(), StatusCode> {
        match self.0.iter_mut().find(|old| old.credential_id == credential.credential_id) {
            Some(old) => old.clone_from(credential),
            None => return Err(Ctap2Error::NoCredentials.into()),
        }
        Ok(())
    }

    async fn get_info(&self) -> StoreInfo {
        StoreInfo { discoverability: DiscoverabilitySupport::ForcedDiscoverable }
    }
}

/// Present, verified, agrees to everything.
struct WillingUser;

#[async_trait::async_trait]
impl UserValidationMethod for WillingUser {
    type PasskeyItem = Passkey;

    async fn check_user<'a>(
        &self,
        hint: UiHint<'a, Passkey>,
        presence: bool,
        verification: bool,
    ) -> Result<UserCheck, Ctap2Error> {
        // The authenticator only informs of an excluded credential; to end the ceremony is left to this
        // answer.
        match hint {
            UiHint::InformExcludedCredentialFound(_) => Err(Ctap2Error::CredentialExcluded),
            _ => Ok(UserCheck { presence, verification }),
        }
    }

    fn is_presence_enabled(&self) -> bool {
        true
    }

    fn is_verification_enabled(&self) -> Option<bool> {
        Some(true)
    }
}

/// The public suffix list, on which `localhost` may be a relying party id for apps as it is for web pages.
struct PublicSuffixes;

impl EffectiveTLDProvider for PublicSuffixes {
    fn effective_tld_plus_one<'a>(&self, domain: &'a str) -> Result<&'a str, public_suffix::Error> {
        if domain == "localhost" { Ok(domain) } else { DEFAULT_PROVIDER.effective_tld_plus_one(domain) }
    }
}
