//! The answers that several families share: the user, and the answer to a verify.

use serde_json::{Map, Value, json};

use super::Context;
use crate::clock::iso;
use crate::errors::ApiError;
use crate::policy::ProfileField;
use crate::state::{Contact, Phone, Session, SocialCredential, User};
use crate::tokens::SessionClaims;

impl Context<'_> {
    /// VerifyResponse: the user, a fresh session and perhaps an elevated token.
    pub(super) fn verify_response(
        &mut self,
        session: &Session,
        elevated_token: Option<String>,
    ) -> Result<Value, ApiError> {
        let user = self.user(session.user_id)?.clone();
        let minified = self.session_claims(session, &user);
        let full = SessionClaims {
            email: user.email().map(Into::into),
            username: user.profile.get("username").and_then(Value::as_str).map(Into::into),
            verified_credentials: Some(verified_credentials(&user)),
            ..minified.clone()
        };
        let signer = &self.call.backend.sessions;
        let sign = |claims| signer.sign(claims).map_err(|error| ApiError::internal(&error));
        let mut answer = json!({
            "user": self.user_json(session, &user),
            "expiresAt": session.expires_at.unix_timestamp(),
            "minifiedJwt": sign(&minified)?,
            "jwt": sign(&full)?,
        });
        if let (Some(token), Some(fields)) = (elevated_token, answer.as_object_mut()) {
            fields.insert("elevatedAccessToken".into(), token.into());
        }
        Ok(answer)
    }

    /// SdkUser, as the user sees it in a session.
    pub(super) fn user_json(&self, session: &Session, user: &User) -> Value {
        let mut fields = self.user_fields(user);
        fields.insert("sessionId".into(), session.id.to_string().into());
        fields.insert("scope".into(), session.scope(user, &self.policy).into());
        fields.insert("newUser".into(), session.new_user.into());
        Value::Object(fields)
    }

    /// What SdkUser says of a user outside of any session.
    pub(super) fn user_fields(&self, user: &User) -> Map<String, Value> {
        let acknowledgement = user.recovery.as_ref().map(|recovery| match recovery.acknowledged {
            true => "complete",
            false => "pending",
        });
        let missing_fields: Vec<_> =
            user.missing_fields(&self.policy).into_iter().map(ProfileField::to_json).collect();
        let mut fields = user.profile.clone();
        fields.extend(contact_fields(user));
        let fixed = json!({
            "id": user.id,
            "projectEnvironmentId": self.call.backend.environment_id,
            "verifiedCredentials": verified_credentials(user),
            "lastVerifiedCredentialId": user.last_verified_credential,
            "missingFields": missing_fields,
            "lists": [],
            "mfaBackupCodeAcknowledgement": acknowledgement,
            "firstVisit": iso(user.first_visit),
            "lastVisit": iso(user.last_visit),
        });
        if let Value::Object(fixed) = fixed {
            fields.extend(fixed);
        }
        fields
    }

    fn session_claims(&self, session: &Session, user: &User) -> SessionClaims {
        let last_verified = user.last_verified_credential.unwrap_or(session.signin_credential);
        SessionClaims {
            aud: session.audience.clone(),
            iss: self.call.backend.sessions.issuer().into(),
            sub: user.id,
            sid: session.id,
            iat: session.issued_at.unix_timestamp(),
            exp: session.expires_at.unix_timestamp(),
            environment_id: self.call.backend.environment_id.to_string(),
            signin_credential_id: session.signin_credential.to_string(),
            last_verified_credential_id: last_verified.to_string(),
            scope: session.scope(user, &self.policy),
            refresh_exp: session.refreshable_until.unix_timestamp(),
            device_registration_id: session.device_registration,
            original_sid: Some(session.original_id).filter(|original| *original != session.id),
            session_public_key: session.session_public_key.clone(),
            email: None,
            username: None,
            verified_credentials: None,
        }
    }
}

/// `email` and the phone fields of the user, from their credentials.
fn contact_fields(user: &User) -> Map<String, Value> {
    let mut fields = Map::new();
    if let Some(email) = user.email() {
        fields.insert("email".into(), email.into());
    }
    let phone = user.credentials.iter().find_map(|credential| match &credential.contact {
        Contact::Phone(phone) => Some(phone),
        Contact::Email(_) => None,
    });
    if let Some(Phone { country_code, number, .. }) = phone {
        fields.insert("phoneNumber".into(), format!("+{country_code}{number}").into());
    }
    fields
}

fn verified_credentials(user: &User) -> Value {
    let contacts = user.credentials.iter().map(|credential| credential.to_json());
    let totp = user.verified_totp().map(|totp| {
        json!({
            "id": totp.id,
            "format": "totp",
            "signInEnabled": false,
            "verifiedAt": totp.verified_at.map(iso),
        })
    });
    let passkeys = user.passkeys.iter().map(|passkey| {
        json!({
            "id": passkey.id,
            "format": "passkey",
            "public_identifier": passkey.stored.credential_id(),
            "signInEnabled": true,
            "verifiedAt": iso(passkey.created_at),
        })
    });
    let external = user.external.iter().map(|external| {
        json!({
            "id": external.id,
            "format": "externalUser",
            "public_identifier": external.subject,
            "signInEnabled": true,
            "verifiedAt": iso(external.verified_at),
        })
    });
    let social = user.social.iter().map(SocialCredential::to_json);
    let wallets = user.wallets.iter().map(|wallet| wallet.to_json());
    contacts.chain(external).chain(social).chain(wallets).chain(totp).chain(passkeys).collect()
}
