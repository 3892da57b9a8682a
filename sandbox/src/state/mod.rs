//! Everything the server remembers. In memory only; one lock around all of it.

use std::collections::{HashMap, HashSet};

use time::OffsetDateTime;
use uuid::Uuid;

use crate::policy::ProviderName;
use crate::wallets::WalletChain;

pub(crate) use authorization::{Authorization, AuthorizationError, Authorizations, Outcome, Redemption};
pub(crate) use ceremonies::{Ceremonies, Ceremony};
pub(crate) use contact::{Contact, Credential, Phone};
pub(crate) use device::{DEVICE_TOKEN_PREFIX, DeviceRegistration, RegistrationToken};
pub(crate) use external::ExternalIdentity;
pub(crate) use factors::{Attempts, Passkey, RecoveryCodes, TotpDevice};
pub(crate) use mfa_token::{MFA_TOKEN_PREFIX, MfaTokens};
pub(crate) use nonces::{NonceError, Nonces};
pub(crate) use offers::{Offer, Offers};
pub(crate) use profile::STANDARD_FIELDS;
pub(crate) use session::Session;
pub(crate) use social::{ProviderAccount, SocialCredential};
pub(crate) use user::User;
pub(crate) use verification::{CodeError, Verification, Verifications};
pub(crate) use wallet::{WalletCredential, WalletProvider};

mod authorization;
mod ceremonies;
mod contact;
mod device;
mod external;
mod factors;
mod merge;
mod mfa_token;
mod nonces;
mod offers;
mod profile;
mod session;
mod social;
mod user;
mod verification;
mod wallet;

/// The server's memory.
#[derive(Default)]
pub(crate) struct State {
    pub(crate) users: HashMap<Uuid, User>,
    pub(crate) sessions: HashMap<Uuid, Session>,
    pub(crate) verifications: Verifications,
    pub(crate) nonces: Nonces,
    pub(crate) offers: Offers,
    pub(crate) ceremonies: Ceremonies,
    pub(crate) authorizations: Authorizations,
    pub(crate) mfa_tokens: MfaTokens,
    /// Device-registration tokens that were mailed.
    pub(crate) registration_tokens: HashMap<String, RegistrationToken>,
    /// `jti` of single-use elevated tokens that were accepted.
    pub(crate) spent_tokens: HashSet<String>,
    /// `jti` of external assertions that were accepted.
    pub(crate) spent_assertions: HashSet<String>,
}

impl State {
    /// The user who has this address or number, with the credential's id.
    pub(crate) fn owner_of(&self, contact: &Contact) -> Option<(Uuid, Uuid)> {
        self.users.values().find_map(|user| Some((user.id, user.credential_of(contact)?.id)))
    }

    /// The user who linked this account of a provider, with the credential's id.
    pub(crate) fn owner_of_account(&self, provider: ProviderName, account_id: &str) -> Option<(Uuid, Uuid)> {
        self.users.values().find_map(|user| Some((user.id, user.social_credential(provider, account_id)?.id)))
    }

    /// The provider through which some user came by this address.
    pub(crate) fn provider_of_email(&self, address: &str) -> Option<ProviderName> {
        let accounts = self.users.values().flat_map(|user| &user.social).map(|social| &social.account);
        accounts
            .filter(|account| account.email.as_deref() == Some(address))
            .map(|account| account.provider)
            .next()
    }

    /// The user who has this wallet, with the credential's id.
    pub(crate) fn owner_of_wallet(&self, chain: WalletChain, address: &str) -> Option<(Uuid, Uuid)> {
        self.users.values().find_map(|user| Some((user.id, user.wallet_of(chain, address)?.id)))
    }

    /// The live session of this id.
    pub(crate) fn live_session(&self, id: Uuid, now: OffsetDateTime) -> Option<&Session> {
        self.sessions.get(&id).filter(|session| session.expires_at > now)
    }

    /// Forgets a user and all that hangs on them.
    pub(crate) fn delete_user(&mut self, id: Uuid) {
        self.users.remove(&id);
        self.sessions.retain(|_, session| session.user_id != id);
        self.registration_tokens.retain(|_, token| token.user_id != id);
        self.offers.close(id);
        self.authorizations.forget_user(id);
    }
}
