//! Two users who become one, and credentials that change hands.

use serde_json::{Map, Value};
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
        // Named one by one, so that nothing a user has is forgotten here.
        let Self {
            id: _,
            credentials,
            external,
            social,
            wallets,
            totp,
            passkeys,
            email_factor: _,
            recovery,
            mfa_attempts: _,
            default_factor,
            devices,
            profile,
            last_verified_credential: _,
            first_visit,
            last_visit: _,
        } = other;
        self.credentials.extend(credentials);
        self.external.extend(external);
        self.social.extend(social);
        self.wallets.extend(wallets);
        self.passkeys.extend(passkeys);
        if self.verified_totp().is_none() {
            self.totp = totp;
        }
        self.recovery = self.recovery.take().or(recovery);
        self.default_factor = self.default_factor.or(default_factor);
        for device in devices {
            if !self.devices.iter().any(|own| own.public_key == device.public_key) {
                self.devices.push(device);
            }
        }
        fill(&mut self.profile, profile);
        self.first_visit = self.first_visit.min(first_visit);
    }
}

/// Adds the fields that are not there; objects are filled in turn.
fn fill(own: &mut Map<String, Value>, other: Map<String, Value>) {
    for (name, value) in other {
        match (own.get_mut(&name), value) {
            (Some(Value::Object(own)), Value::Object(other)) => fill(own, other),
            (None | Some(Value::Null), value) => {
                own.insert(name, value);
            }
            (Some(_), _) => {}
        }
    }
}
