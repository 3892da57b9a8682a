//! Passkeys (WebAuthn Level 2): the relying party the API answers with, and software authenticators for hosts
//! which have none.

mod authenticator;
mod errors;
mod origins;
mod relying_party;
#[cfg(test)]
mod tests;

pub use authenticator::{AuthenticatorError, VirtualAuthenticators};
pub use errors::RelyingPartyError;
pub use relying_party::{
    ClaimedCredential, PasskeyUser, PendingAuthentication, PendingRegistration, RelyingParty, StoredPasskey,
    claimed_credential,
};
