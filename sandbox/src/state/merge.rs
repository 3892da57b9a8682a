//! Two users who become one, and credentials that change hands.

use serde_json::Value;
use uuid::Uuid;

use super::{State, User};

impl State {
    /// Moves everything of a user to another one, who stays; the sessions of the one who goes end.
    pub(crate) fn merge_users(&mut self, gone: Uuid, stays: Uuid) {
        let Some(other) = self.users.get(&gone).cloned() else { return };
        self.delete_user(gone);
        if let Some(user) = self.users.get_mut(&stays) {
            user.absorb(other);
        }
        self.offers.close(stays);
    }

    /// Takes a credential from its user, and ends the sessions it opened. A user who can no longer sign in
    /// is deleted.
    pub(crate) fn release(&mut self, owner: Uuid, credential: Uuid) {
        let Some(user) = self.users.get_mut(&owner) else { return };
        user.remove_credential(credential);
        if user.sign_in_credentials_without(credential) == 0 {
            self.delete_user(owner);
        }
        self.sessions.retain(|_, session| session.signin_credential != credential);
    }
}

impl User {
    /// Takes over credentials, factors, devices and profile. What a user has only one of stays as it is.
    fn absorb(&mut self, other: Self) {
        self.credentials.extend(other.credentials);
        self.social.extend(other.social);
        self.wallets.extend(other.wallets);
        self.passkeys.extend(other.passkeys);
        self.external.extend(other.external);
        if self.verified_totp().is_none() {
            self.totp = other.totp;
        }
        self.recovery = self.recovery.take().or(other.recovery);
        self.default_factor = self.default_factor.or(other.default_factor);
        let known = |key: &str| self.devices.iter().any(|device| device.public_key == key);
        let new: Vec<_> = other.devices.into_iter().filter(|device| !known(&device.public_key)).collect();
        self.devices.extend(new);
        for (name, value) in other.profile {
            match (self.profile.get_mut(&name), value) {
                (Some(Value::Object(own)), Value::Object(theirs)) => {
                    for (name, value) in theirs {
                        own.entry(name).or_insert(value);
                    }
                }
                (Some(Value::Null) | None, value) => {
                    self.profile.insert(name, value);
                }
                (Some(_), _) => {}
            }
        }
        self.first_visit = self.first_visit.min(other.first_visit);
    }
}
