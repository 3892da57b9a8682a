//! A user and their factors.

use serde_json::{Map, Value};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{Attempts, Contact, Credential, DeviceRegistration, Passkey, RecoveryCodes, TotpDevice};
use crate::policy::{MfaMethod, Policy};

/// A user.
#[derive(Clone)]
pub(crate) struct User {
    pub(crate) id: Uuid,
    /// In the order of linking.
    pub(crate) credentials: Vec<Credential>,
    pub(crate) totp: Option<TotpDevice>,
    pub(crate) passkeys: Vec<Passkey>,
    pub(crate) recovery: Option<RecoveryCodes>,
    /// Wrong codes of TOTP and recovery, counted together.
    pub(crate) mfa_attempts: Attempts,
    /// Id of the factor chosen by `PUT users/mfa/{id}`.
    pub(crate) default_factor: Option<Uuid>,
    pub(crate) devices: Vec<DeviceRegistration>,
    /// Profile fields as written by `PUT users`.
    pub(crate) profile: Map<String, Value>,
    pub(crate) last_verified_credential: Option<Uuid>,
    pub(crate) first_visit: OffsetDateTime,
    pub(crate) last_visit: OffsetDateTime,
}

impl User {
    pub(crate) fn new(first: Credential, now: OffsetDateTime) -> Self {
        Self {
            id: Uuid::new_v4(),
            credentials: vec![first],
            totp: None,
            passkeys: Vec::new(),
            recovery: None,
            mfa_attempts: Attempts::default(),
            default_factor: None,
            devices: Vec::new(),
            profile: Map::new(),
            last_verified_credential: None,
            first_visit: now,
            last_visit: now,
        }
    }

    pub(crate) fn credential_of(&self, contact: &Contact) -> Option<&Credential> {
        self.credentials.iter().find(|credential| credential.contact == *contact)
    }

    pub(crate) fn email(&self) -> Option<&str> {
        self.credentials.iter().find_map(|credential| match &credential.contact {
            Contact::Email(address) => Some(address.as_str()),
            Contact::Phone(_) => None,
        })
    }

    /// The TOTP device, once its first code was right.
    pub(crate) fn verified_totp(&self) -> Option<&TotpDevice> {
        self.totp.as_ref().filter(|totp| totp.verified_at.is_some())
    }

    /// Whether a second factor is enrolled that the environment accepts.
    pub(crate) fn has_factor(&self, policy: &Policy) -> bool {
        self.offered_totp(policy).is_some() || !self.offered_passkeys(policy).is_empty()
    }

    pub(crate) fn offered_totp(&self, policy: &Policy) -> Option<&TotpDevice> {
        self.verified_totp().filter(|_| policy.mfa.methods.contains(&MfaMethod::Totp))
    }

    pub(crate) fn offered_passkeys(&self, policy: &Policy) -> &[Passkey] {
        if policy.mfa.methods.contains(&MfaMethod::Passkey) { &self.passkeys } else { &[] }
    }

    /// The default factor: the chosen one, else the newest.
    pub(crate) fn default_factor(&self, policy: &Policy) -> Option<Uuid> {
        let totp = self.offered_totp(policy).map(|totp| (totp.created_at, totp.id));
        let passkeys = self.offered_passkeys(policy).iter().map(|passkey| (passkey.created_at, passkey.id));
        let factors: Vec<_> = totp.into_iter().chain(passkeys).collect();
        let chosen = self.default_factor.filter(|chosen| factors.iter().any(|(_, id)| id == chosen));
        chosen.or_else(|| factors.into_iter().max().map(|(_, id)| id))
    }

    /// How many credentials could sign in if this one went.
    pub(crate) fn sign_in_credentials_without(&self, id: Uuid) -> usize {
        let contacts = self.credentials.iter().filter(|credential| credential.id != id).count();
        contacts + self.passkeys.iter().filter(|passkey| passkey.id != id).count()
    }

    /// Recovery codes make no sense without a factor: they go with the last one.
    pub(crate) fn forget_recovery_without_factor(&mut self) {
        if self.verified_totp().is_none() && self.passkeys.is_empty() {
            self.recovery = None;
        }
    }

    pub(crate) fn recovery_pending(&self) -> bool {
        self.recovery.as_ref().is_some_and(|recovery| !recovery.acknowledged)
    }
}
