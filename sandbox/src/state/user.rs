//! A user and their factors.

use serde_json::{Map, Value};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    Attempts, Contact, Credential, DeviceRegistration, ExternalIdentity, Passkey, RecoveryCodes,
    SocialCredential, TotpDevice, WalletCredential,
};
use crate::policy::{MfaMethod, Policy, ProviderName};
use crate::wallets::WalletChain;

/// A user.
#[derive(Clone)]
pub(crate) struct User {
    pub(crate) id: Uuid,
    /// In the order of linking.
    pub(crate) credentials: Vec<Credential>,
    pub(crate) external: Vec<ExternalIdentity>,
    /// In the order of linking.
    pub(crate) social: Vec<SocialCredential>,
    /// External and embedded ones.
    pub(crate) wallets: Vec<WalletCredential>,
    pub(crate) totp: Option<TotpDevice>,
    pub(crate) passkeys: Vec<Passkey>,
    /// Id of the MFA device that their e-mail address is, where codes by e-mail count as a factor.
    pub(crate) email_factor: Uuid,
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
    pub(crate) fn new(now: OffsetDateTime) -> Self {
        Self {
            id: Uuid::new_v4(),
            credentials: Vec::new(),
            external: Vec::new(),
            social: Vec::new(),
            wallets: Vec::new(),
            totp: None,
            passkeys: Vec::new(),
            email_factor: Uuid::new_v4(),
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

    pub(crate) fn wallet_of(&self, chain: WalletChain, address: &str) -> Option<&WalletCredential> {
        self.wallets.iter().find(|wallet| wallet.chain == chain && wallet.address == address)
    }

    /// The address of their own, else the one that a provider vouches for.
    pub(crate) fn email(&self) -> Option<&str> {
        let own = self.credentials.iter().find_map(|credential| match &credential.contact {
            Contact::Email(address) => Some(address.as_str()),
            Contact::Phone(_) => None,
        });
        own.or_else(|| self.social.iter().find_map(|social| social.account.email.as_deref()))
    }

    /// The credential of a provider's account.
    pub(crate) fn social_credential(
        &self,
        provider: ProviderName,
        account_id: &str,
    ) -> Option<&SocialCredential> {
        let is_it = |social: &&SocialCredential| social.account.is(provider, account_id);
        self.social.iter().find(is_it)
    }

    /// The TOTP device, once its first code was right.
    pub(crate) fn verified_totp(&self) -> Option<&TotpDevice> {
        self.totp.as_ref().filter(|totp| totp.verified_at.is_some())
    }

    /// Whether a second factor is enrolled that the environment accepts.
    pub(crate) fn has_factor(&self, policy: &Policy) -> bool {
        self.offered_totp(policy).is_some()
            || self.offered_email(policy).is_some()
            || !self.offered_passkeys(policy).is_empty()
    }

    pub(crate) fn offered_totp(&self, policy: &Policy) -> Option<&TotpDevice> {
        self.verified_totp().filter(|_| policy.mfa.methods.contains(&MfaMethod::Totp))
    }

    /// The address that codes go to, where they count as a factor.
    pub(crate) fn offered_email(&self, policy: &Policy) -> Option<&Credential> {
        let is_email = |credential: &&Credential| matches!(credential.contact, Contact::Email(_));
        self.credentials.iter().find(is_email).filter(|_| policy.mfa.methods.contains(&MfaMethod::Email))
    }

    pub(crate) fn offered_passkeys(&self, policy: &Policy) -> &[Passkey] {
        if policy.mfa.methods.contains(&MfaMethod::Passkey) { &self.passkeys } else { &[] }
    }

    /// The default factor: the chosen one, else the newest.
    pub(crate) fn default_factor(&self, policy: &Policy) -> Option<Uuid> {
        let totp = self.offered_totp(policy).map(|totp| (totp.created_at, totp.id));
        let passkeys = self.offered_passkeys(policy).iter().map(|passkey| (passkey.created_at, passkey.id));
        let email = self.offered_email(policy).map(|email| (email.verified_at, self.email_factor));
        let factors: Vec<_> = totp.into_iter().chain(email).chain(passkeys).collect();
        let chosen = self.default_factor.filter(|chosen| factors.iter().any(|(_, id)| id == chosen));
        chosen.or_else(|| factors.into_iter().max().map(|(_, id)| id))
    }

    /// How many credentials could sign in if this one went.
    pub(crate) fn sign_in_credentials_without(&self, id: Uuid) -> usize {
        let contacts = self.credentials.iter().filter(|credential| credential.id != id).count();
        let external = self.external.iter().filter(|external| external.id != id).count();
        let social = self.social.iter().filter(|social| social.id != id).count();
        let wallets = self.wallets.iter().filter(|wallet| wallet.id != id && !wallet.is_embedded()).count();
        let passkeys = self.passkeys.iter().filter(|passkey| passkey.id != id).count();
        contacts + external + social + wallets + passkeys
    }

    pub(crate) fn has_credential(&self, id: Uuid) -> bool {
        self.credentials.iter().any(|credential| credential.id == id)
            || self.passkeys.iter().any(|passkey| passkey.id == id)
            || self.social.iter().any(|social| social.id == id)
            || self.external.iter().any(|external| external.id == id)
            || self.wallets.iter().any(|wallet| wallet.id == id)
            || self.verified_totp().is_some_and(|totp| totp.id == id)
    }

    /// Removes whatever has this id.
    pub(crate) fn remove_credential(&mut self, id: Uuid) {
        self.credentials.retain(|credential| credential.id != id);
        self.social.retain(|social| social.id != id);
        self.remove_passkey(id);
        self.external.retain(|external| external.id != id);
        self.wallets.retain(|wallet| wallet.id != id);
        if self.totp.as_ref().is_some_and(|totp| totp.id == id) {
            self.remove_totp();
        }
    }

    pub(crate) fn remove_passkey(&mut self, id: Uuid) {
        self.passkeys.retain(|passkey| passkey.id != id);
        self.forget_recovery_without_factor();
    }

    pub(crate) fn remove_totp(&mut self) {
        self.totp = None;
        self.forget_recovery_without_factor();
    }

    /// A name to show in authenticators.
    pub(crate) fn name(&self) -> String {
        let contact = self.credentials.first().map(|credential| credential.contact.address());
        let social = || self.social.first().map(|social| social.account.username());
        contact.or_else(social).unwrap_or_else(|| self.id.to_string())
    }

    /// Recovery codes make no sense without a factor: they go with the last one.
    fn forget_recovery_without_factor(&mut self) {
        if self.verified_totp().is_none() && self.passkeys.is_empty() {
            self.recovery = None;
        }
    }

    pub(crate) fn recovery_pending(&self) -> bool {
        self.recovery.as_ref().is_some_and(|recovery| !recovery.acknowledged)
    }
}
