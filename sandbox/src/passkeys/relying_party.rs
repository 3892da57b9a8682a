//! The relying party: makes options, verifies what comes back.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use url::Url;
use uuid::Uuid;
use webauthn_rs::prelude::{
    DiscoverableAuthentication, Passkey, PasskeyRegistration, PublicKeyCredential,
    RegisterPublicKeyCredential, Webauthn, WebauthnBuilder,
};

use super::errors::{RelyingPartyError, malformed};
use super::origins::AllowedOrigins;

/// A WebAuthn relying party which demands discoverable credentials and user verification.
#[derive(Debug, Clone)]
pub struct RelyingParty {
    webauthn: Webauthn,
    origins: AllowedOrigins,
}

/// Whom a passkey is made for.
#[derive(Debug, Clone)]
pub struct PasskeyUser {
    /// The user handle.
    pub id: Uuid,
    /// The account name shown by the authenticator.
    pub name: String,
    /// The friendly name shown by the authenticator.
    pub display_name: String,
}

/// A registered passkey: public key, counter, owner. Holds no secret.
#[derive(Debug, Clone)]
pub struct StoredPasskey {
    passkey: Passkey,
    user_id: Uuid,
    transports: Vec<String>,
}

/// A registration waiting for its answer. Consumed by it: one challenge, one answer.
#[derive(Debug)]
pub struct PendingRegistration {
    state: PasskeyRegistration,
    user_id: Uuid,
    existing: Vec<String>,
}

/// An authentication waiting for its answer. Consumed by it: one challenge, one answer.
#[derive(Debug)]
pub struct PendingAuthentication {
    state: DiscoverableAuthentication,
    /// Credential ids; none = any credential, the body must then name its user.
    allowed: Option<Vec<String>>,
}

/// What an assertion claims about itself before anything is verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedCredential {
    /// The credential id, base64url.
    pub credential_id: String,
    /// The user handle, if there is one and it is an id of ours.
    pub user_id: Option<Uuid>,
}

/// Which user and credential an assertion names, for finding the candidates of a sign-in without a user.
///
/// # Errors
/// `Malformed` when the body is not an assertion.
pub fn claimed_credential(body: &Value) -> Result<ClaimedCredential, RelyingPartyError> {
    let credential: PublicKeyCredential = parse(body.clone())?;
    let user_id = credential.get_user_unique_id().and_then(|handle| Uuid::from_slice(handle).ok());
    Ok(ClaimedCredential { credential_id: base64url(&credential.raw_id), user_id })
}

impl StoredPasskey {
    /// The credential id, base64url without padding.
    pub fn credential_id(&self) -> String {
        base64url(self.passkey.cred_id())
    }

    /// The user the passkey was registered for.
    pub fn user_id(&self) -> Uuid {
        self.user_id
    }

    /// How the authenticator can be reached, as it said at registration; empty when it said nothing.
    pub fn transports(&self) -> &[String] {
        &self.transports
    }

    fn descriptor(&self) -> Value {
        let mut descriptor = json!({ "id": self.credential_id() });
        if !self.transports.is_empty() {
            descriptor["transports"] = json!(self.transports);
        }
        descriptor
    }
}

impl RelyingParty {
    /// A relying party for `rp_id` (a host name: an IP address cannot be one) accepting ceremonies on
    /// `origins`: `https://HOST`, `http://localhost:PORT` (stands for every port) and
    /// `android:apk-key-hash:HASH`.
    ///
    /// # Errors
    /// `Configuration` naming the value that cannot be used.
    pub fn new(rp_id: &str, origins: &[String], rp_name: &str) -> Result<Self, RelyingPartyError> {
        let configuration = |reason| RelyingPartyError::Configuration { reason };
        let refused =
            || format!("relying party id `{rp_id}`: must be a host name in lower case, not an address");
        // The library wants one web origin to check the id with. It is accepted only if the list has it too.
        let anchor = Url::parse(&format!("https://{rp_id}")).map_err(|_| configuration(refused()))?;
        let builder = WebauthnBuilder::new(rp_id, &anchor).map_err(|_| configuration(refused()))?;
        let origins = AllowedOrigins::parse(origins, rp_id).map_err(configuration)?;
        let webauthn = origins
            .urls()
            .fold(builder.rp_name(rp_name), WebauthnBuilder::append_allowed_origin)
            .allow_any_port(origins.has_loopback())
            .build()
            .map_err(|error| configuration(error.to_string()))?;
        Ok(Self { webauthn, origins })
    }

    /// Whether this is an origin of the app.
    pub(crate) fn allows_origin(&self, origin: &str) -> bool {
        self.origins.contains(origin)
    }

    /// Options for `navigator.credentials.create` (without the `publicKey` wrapper), excluding the user's
    /// existing passkeys. Source: `GET users/passkeys/register`.
    ///
    /// # Errors
    /// `Configuration` when the library refuses the user's names.
    pub fn registration_options(
        &self,
        user: &PasskeyUser,
        existing: &[StoredPasskey],
    ) -> Result<(Value, PendingRegistration), RelyingPartyError> {
        let exclude = existing.iter().map(|stored| stored.passkey.cred_id().clone()).collect();
        let (challenge, state) = self
            .webauthn
            .start_passkey_registration(user.id, &user.name, &user.display_name, Some(exclude))
            .map_err(RelyingPartyError::from)?;
        let mut options = to_value(&challenge.public_key)?;
        options["authenticatorSelection"]["residentKey"] = json!("required");
        options["authenticatorSelection"]["requireResidentKey"] = json!(true);
        options["excludeCredentials"] = existing.iter().map(descriptor_with_type).collect();
        let existing = existing.iter().map(StoredPasskey::credential_id).collect();
        Ok((options, PendingRegistration { state, user_id: user.id, existing }))
    }

    /// Verifies the body of `POST users/passkeys/register`. The client data may be spelled `clientDataJson`,
    /// as that endpoint has it, or `clientDataJSON`.
    ///
    /// # Errors
    /// Every variant but `UnknownCredential`, `Counter` and `Configuration`.
    pub fn finish_registration(
        &self,
        body: &Value,
        pending: PendingRegistration,
    ) -> Result<StoredPasskey, RelyingPartyError> {
        let credential: RegisterPublicKeyCredential = parse(with_standard_names(body))?;
        check_envelope(body, &credential.raw_id, &credential.type_)?;
        self.check_origin(&credential.response.client_data_json)?;
        if pending.existing.contains(&credential.id) {
            return Err(RelyingPartyError::AlreadyRegistered);
        }
        let passkey = self
            .webauthn
            .finish_passkey_registration(&credential, &pending.state)
            .map_err(RelyingPartyError::from)?;
        if passkey.cred_id().as_slice() != credential.raw_id.as_slice() {
            return Err(malformed("`rawId` is not the attested credential id"));
        }
        let transports = transports(body);
        Ok(StoredPasskey { passkey, user_id: pending.user_id, transports })
    }

    /// Options for `navigator.credentials.get` with the user's passkeys; an empty `allowCredentials` says
    /// there are none. Source: `GET users/passkeys/authenticate`.
    ///
    /// # Errors
    /// `Malformed` when the library's options cannot be written as JSON.
    pub fn authentication_options(
        &self,
        allowed: &[StoredPasskey],
    ) -> Result<(Value, PendingAuthentication), RelyingPartyError> {
        let (mut options, mut pending) = self.discoverable_options()?;
        options["allowCredentials"] = allowed.iter().map(StoredPasskey::descriptor).collect();
        pending.allowed = Some(allowed.iter().map(StoredPasskey::credential_id).collect());
        Ok((options, pending))
    }

    /// Options for a sign-in without a user: any discoverable credential. Source: `GET
    /// users/passkeys/signin`.
    ///
    /// # Errors
    /// `Malformed` when the library's options cannot be written as JSON.
    pub fn discoverable_options(&self) -> Result<(Value, PendingAuthentication), RelyingPartyError> {
        let (challenge, state) =
            self.webauthn.start_discoverable_authentication().map_err(RelyingPartyError::from)?;
        Ok((to_value(&challenge.public_key)?, PendingAuthentication { state, allowed: None }))
    }

    /// Verifies an assertion against the candidates and advances the counter of the one used, whose index is
    /// returned. Candidates outside the options are not accepted.
    ///
    /// # Errors
    /// Every variant but `AlreadyRegistered` and `Configuration`. The candidates are then unchanged.
    pub fn finish_authentication(
        &self,
        body: &Value,
        pending: PendingAuthentication,
        candidates: &mut [StoredPasskey],
    ) -> Result<usize, RelyingPartyError> {
        let credential: PublicKeyCredential = parse(body.clone())?;
        check_envelope(body, &credential.raw_id, &credential.type_)?;
        self.check_origin(&credential.response.client_data_json)?;
        if pending.allowed.as_ref().is_some_and(|allowed| !allowed.contains(&credential.id)) {
            return Err(RelyingPartyError::UnknownCredential);
        }
        let (index, stored) = candidates
            .iter_mut()
            .enumerate()
            .find(|(_, stored)| stored.passkey.cred_id().as_slice() == credential.raw_id.as_slice())
            .ok_or(RelyingPartyError::UnknownCredential)?;
        let owner_named = match credential.get_user_unique_id() {
            Some(handle) => handle == stored.user_id.as_bytes(),
            None => pending.allowed.is_some(),
        };
        if !owner_named {
            return Err(RelyingPartyError::UnknownCredential);
        }
        // The library's other kind of state keeps the counters of when the options were made: two challenges
        // in flight would let a counter go back. This one verifies against the passkey as it is stored now.
        let result = self
            .webauthn
            .finish_discoverable_authentication_v2(&credential, pending.state, &stored.passkey)
            .map_err(RelyingPartyError::from)?;
        stored.passkey.update_credential(&result);
        Ok(index)
    }

    fn check_origin(&self, client_data: &[u8]) -> Result<(), RelyingPartyError> {
        #[derive(serde::Deserialize)]
        struct ClientData {
            origin: String,
        }
        let data: ClientData = serde_json::from_slice(client_data)
            .map_err(|error| malformed(format!("client data: {error}")))?;
        if self.origins.contains(&data.origin) { Ok(()) } else { Err(RelyingPartyError::WrongOrigin) }
    }
}

fn check_envelope(body: &Value, raw_id: &[u8], credential_type: &str) -> Result<(), RelyingPartyError> {
    if credential_type != "public-key" {
        return Err(malformed("`type` is not `public-key`"));
    }
    let raw_id = base64url(raw_id);
    if body["id"] != raw_id || body["rawId"] != raw_id {
        return Err(malformed("`id` and `rawId` are not the same base64url text"));
    }
    // The library reads padded base64 too, the endpoint's model does not.
    let mut response = body["response"].as_object().into_iter().flatten();
    match response.find(|(_, value)| value.as_str().is_some_and(|text| text.ends_with('='))) {
        Some((name, _)) => Err(malformed(format!("`{name}` is padded"))),
        None => Ok(()),
    }
}

/// The registration endpoint spells the client data its own way.
fn with_standard_names(body: &Value) -> Value {
    let mut body = body.clone();
    if let Some(response) = body.get_mut("response").and_then(Value::as_object_mut)
        && let Some(client_data) = response.remove("clientDataJson")
    {
        response.entry("clientDataJSON").or_insert(client_data);
    }
    body
}

fn transports(body: &Value) -> Vec<String> {
    let listed = body.pointer("/response/transports").and_then(Value::as_array);
    listed.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn descriptor_with_type(stored: &StoredPasskey) -> Value {
    let mut descriptor = stored.descriptor();
    descriptor["type"] = json!("public-key");
    descriptor
}

fn parse<T: DeserializeOwned>(body: Value) -> Result<T, RelyingPartyError> {
    serde_json::from_value(body).map_err(|error| malformed(error.to_string()))
}

fn to_value(options: &impl serde::Serialize) -> Result<Value, RelyingPartyError> {
    serde_json::to_value(options).map_err(|error| malformed(error.to_string()))
}

fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
