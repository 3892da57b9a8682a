//! What the client knows: epoch, session, tokens, pending codes. One lock over all of it, so that a session
//! never meets the tokens of another one; it is never held while anything is waited for.

mod delivery;
mod epoch_data;
mod epoch_end;
mod lease;
mod observed;
mod pending;
mod writing;

use std::sync::{Arc, PoisonError};

pub(crate) use delivery::{Awaiting, Delivery};
pub(crate) use epoch_data::{EpochData, LegacyToken};
pub(crate) use epoch_end::EpochEnd;
pub(crate) use lease::{Lease, Lent};
pub(crate) use observed::{Observed, SessionSpan};
pub(crate) use pending::{SentCode, UnattendedVisit};
use writing::Writing;

use tokio::sync::watch;

use crate::{
    api::{models::SessionAnswer, random_id},
    auth::{User, is_device_registration_pending},
    clock::{ServerClock, UnixMillis},
    error::StepUpError,
    identifier::CredentialId,
    otp::PendingCodes,
    pending::Pending,
    scope::TokenScope,
    secret::SecretString,
    storage::{Envelope, Record, StoredElevation, StoredSession},
    sync::{RwLock, RwLockReadGuard},
    token::{Elevation, SessionClaims, StoredToken, TokenClaims, TokenStore},
};

const EPOCH_ID_LENGTH: usize = 16;

/// The client's knowledge.
pub(crate) struct State {
    inner: RwLock<Inner>,
    pub(crate) clock: Arc<ServerClock>,
    /// Told whenever something that can be observed may be another than before.
    changed: watch::Sender<()>,
}

#[derive(Default)]
struct Inner {
    /// Grows with every sign-in and every end of a session (I3).
    epoch: u64,
    /// Why the epoch before this one has ended.
    last_end: EpochEnd,
    /// Grows with every logout.
    logouts: u64,
    /// Grows with every session that is stored, also a re-issued one.
    version: u64,
    session: Option<HeldSession>,
    /// Since when `session` is held.
    held_since: Option<UnixMillis>,
    tokens: TokenStore,
    data: EpochData,
    pending_codes: PendingCodes,
    /// What waits for the user longer than a process may live.
    pending: Pending,
}

/// The session of the epoch.
#[derive(Clone)]
pub(crate) struct HeldSession {
    pub(crate) user: Arc<User>,
    pub(crate) token: SecretString,
    pub(crate) full_jwt: Option<SecretString>,
    pub(crate) expires_at: UnixMillis,
    pub(crate) signin_credential_id: Option<CredentialId>,
}

/// The session as it was when a request was made.
#[derive(Clone)]
pub(crate) struct Current {
    pub(crate) epoch: u64,
    pub(crate) version: u64,
    pub(crate) session: HeldSession,
}

/// What held when a request was made whose answer is a session.
#[derive(Clone, Copy)]
pub(crate) struct Begun {
    pub(crate) epoch: u64,
    pub(crate) logouts: u64,
}

/// What an answer does to the epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SessionChange {
    /// A new epoch, whoever the user is.
    SignIn,
    /// The same epoch; the answer must name its user (I4).
    Reissue,
    /// Two accounts have become one, or a credential has moved: the same epoch if the user stays the same,
    /// else a new one.
    Merge,
}

impl State {
    pub(crate) fn new(clock: Arc<ServerClock>) -> Self {
        let changed = clock.changes();
        Self { inner: RwLock::default(), clock, changed }
    }

    fn read(&self) -> RwLockReadGuard<'_, Inner> {
        self.inner.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> Writing<'_> {
        Writing::new(&self.inner, &self.changed)
    }

    pub(crate) fn epoch(&self) -> u64 {
        self.read().epoch
    }

    /// Why the epoch before this one has ended.
    pub(crate) fn last_end(&self) -> EpochEnd {
        self.read().last_end
    }

    /// How often the user has signed out.
    pub(crate) fn logouts(&self) -> u64 {
        self.read().logouts
    }

    /// The session, also one that has run out.
    pub(crate) fn current(&self) -> Option<Current> {
        let inner = self.read();
        let (epoch, version) = (inner.epoch, inner.version);
        inner.session.clone().map(|session| Current { epoch, version, session })
    }

    /// Tells when session, tokens, awaited codes or the server's time may be others than before.
    pub(crate) fn changes(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }

    /// Has everybody who observes look again.
    pub(crate) fn look_again(&self) {
        self.changed.send_replace(());
    }

    pub(crate) fn is_expired(&self, session: &HeldSession) -> bool {
        session.expires_at <= self.clock.now()
    }

    /// Ends the epoch, whichever it is. Answers with the session that was ended.
    pub(crate) fn end_any(&self) -> Option<HeldSession> {
        let mut inner = self.write();
        let ended = inner.session.take();
        inner.logouts += 1;
        inner.end(EpochEnd::SignedOut);
        ended
    }

    /// Ends the epoch, if it is still this one. Answers whether it did.
    pub(crate) fn end(&self, epoch: u64, why: EpochEnd) -> bool {
        let mut inner = self.write();
        let is_current = inner.epoch == epoch;
        if is_current {
            inner.end(why);
        }
        is_current
    }

    /// Takes over what an earlier process stored, unless a sign-in or logout has come before. The tokens'
    /// claims are read again, and those of another user are left out.
    pub(crate) fn adopt(&self, envelope: Envelope) {
        let mut inner = self.write();
        if inner.epoch != 0 || inner.session.is_some() {
            return;
        }
        self.clock.inherit_offset_millis(envelope.server_offset_millis);
        let Envelope { user, session, elevations, epoch_id, .. } = envelope;
        let now = self.clock.now();
        for StoredElevation { token } in elevations {
            if let Some(claims) = TokenClaims::read(token.expose())
                && !claims.single_use
                && claims.subject.as_ref().is_none_or(|subject| *subject == user.id)
            {
                inner.tokens.insert(token, claims, now);
            }
        }
        inner.version += 1;
        inner.data.id = epoch_id;
        inner.hold(HeldSession::restored(user, session), now);
    }

    /// Stores a session that the server issued, and the token that came with it. Answers with what the
    /// token permits.
    ///
    /// # Errors
    /// `NotSignedIn` if the epoch has ended meanwhile, `IdentityMismatch` if session or token are another
    /// user's. Nothing is stored then.
    pub(crate) fn accept(
        &self,
        begun: Begun,
        change: SessionChange,
        answer: SessionAnswer,
        delivery: &Delivery,
    ) -> Result<Option<Elevation>, StepUpError> {
        let claims =
            answer.elevated_access_token.as_ref().and_then(|token| TokenClaims::read(token.expose()));
        let new_id = random_id(EPOCH_ID_LENGTH)?;
        let mut inner = self.write();
        let is_wanted = match change {
            // Whatever became of the session before: who signs in has asked for another one.
            SessionChange::SignIn => inner.logouts == begun.logouts,
            SessionChange::Reissue | SessionChange::Merge => inner.epoch == begun.epoch,
        };
        if !is_wanted {
            return Err(StepUpError::NotSignedIn { answer: None });
        }
        let names_user = |subject: &String| *subject == answer.user.id;
        let same_user = inner.session.as_ref().is_none_or(|session| names_user(&session.user.id));
        let own_token = claims.as_ref().and_then(|claims| claims.subject.as_ref()).is_none_or(names_user);
        if !own_token || (change == SessionChange::Reissue && !same_user) {
            return Err(StepUpError::IdentityMismatch);
        }
        if change == SessionChange::SignIn || !same_user {
            inner.end(EpochEnd::AnotherSignIn);
            inner.data.id = new_id;
        }
        if change == SessionChange::Merge {
            (inner.data.merge_offer, inner.data.transfer_offer) = (None, None);
        }
        let token = answer.elevated_access_token.clone().zip(claims);
        let elevation = token.and_then(|(token, claims)| self.keep(&mut inner, token, claims, delivery));
        inner.version += 1;
        inner.hold(HeldSession::from(answer), self.clock.now());
        Ok(elevation)
    }

    /// Stores a token that came without a session. Answers with what it permits.
    ///
    /// # Errors
    /// `NotSignedIn` if the epoch has ended meanwhile, `IdentityMismatch` if the token is another user's.
    pub(crate) fn accept_token(
        &self,
        epoch: u64,
        token: SecretString,
        delivery: &Delivery,
    ) -> Result<Option<Elevation>, StepUpError> {
        let claims = TokenClaims::read(token.expose());
        let mut inner = self.write();
        let session = inner.session.as_ref().filter(|_| inner.epoch == epoch);
        let user_id = &session.ok_or(StepUpError::NotSignedIn { answer: None })?.user.id;
        let Some(claims) = claims else { return Ok(None) };
        if claims.subject.as_ref().is_some_and(|subject| subject != user_id) {
            return Err(StepUpError::IdentityMismatch);
        }
        Ok(self.keep(&mut inner, token, claims, delivery))
    }

    /// Stores a token unless it has ended or its caller is gone.
    fn keep(
        &self,
        inner: &mut Inner,
        token: SecretString,
        claims: TokenClaims,
        delivery: &Delivery,
    ) -> Option<Elevation> {
        let brought = Elevation {
            scopes: claims.scopes.clone(),
            expires_at: self.clock.to_device(claims.expires_at),
            single_use: claims.single_use,
        };
        let now = self.clock.now();
        delivery.unless_abandoned(|| inner.tokens.insert(token, claims, now)).map(|_| brought)
    }

    /// Whether a token with this scope is held for a session that can use it. No I/O, no waiting (I2).
    pub(crate) fn has_token(&self, scope: &TokenScope) -> bool {
        let inner = self.read();
        let now = self.clock.now();
        inner.elevated_session(now).is_some() && inner.tokens.has(scope, now)
    }

    pub(crate) fn elevation(&self, scope: &TokenScope) -> Option<Elevation> {
        let inner = self.read();
        let now = self.clock.now();
        inner.elevated_session(now)?;
        inner.tokens.best(scope.as_str(), now).map(|token| Elevation::of(token, &self.clock))
    }

    /// The token that serves a scope, spent for good if it is a single-use one. With it the session it
    /// belongs to.
    pub(crate) fn take_token(&self, scope: &TokenScope) -> Option<(StoredToken, HeldSession)> {
        let mut inner = self.write();
        let now = self.clock.now();
        let session = inner.elevated_session(now)?.clone();
        inner.tokens.take(scope.as_str(), now).map(|token| (token, session))
    }

    /// Drops a token. Serials never repeat, so the epoch does not matter.
    pub(crate) fn remove_token(&self, serial: u64) {
        self.write().tokens.remove(serial);
    }

    /// Drops a token that a server does not accept. Answers whether it was held.
    pub(crate) fn remove_refused(&self, token: &SecretString) -> bool {
        self.write().tokens.remove_refused(token)
    }

    /// Drops the token with exactly these scopes.
    pub(crate) fn discard_token(&self, epoch: u64, scopes: &[TokenScope]) {
        let mut inner = self.write();
        if inner.epoch == epoch {
            inner.tokens.remove_scopes(scopes);
        }
    }

    fn give_back(&self, epoch: u64, token: StoredToken) {
        let mut inner = self.write();
        if inner.epoch == epoch {
            inner.tokens.give_back(token);
        }
    }

    /// Reads or changes what is known within an epoch; none if it has ended.
    pub(crate) fn in_epoch<T>(&self, epoch: u64, change: impl FnOnce(&mut EpochData) -> T) -> Option<T> {
        // Nothing of it is observed, and each check comes by here.
        let mut inner = self.inner.write().unwrap_or_else(PoisonError::into_inner);
        (inner.epoch == epoch).then(|| change(&mut inner.data))
    }

    /// Reads or changes the codes that are awaited.
    pub(crate) fn pending_codes<T>(&self, change: impl FnOnce(&mut PendingCodes) -> T) -> T {
        change(&mut self.write().pending_codes)
    }

    /// What the storage should hold at this moment.
    pub(crate) fn record(&self) -> Result<Record, StepUpError> {
        let inner = self.read();
        let Some(session) = &inner.session else { return Ok(None) };
        let elevations =
            inner.tokens.reusable().map(|token| StoredElevation { token: token.token.clone() }).collect();
        let stored = StoredSession {
            token: session.token.clone(),
            full_jwt: session.full_jwt.clone(),
            expires_at: session.expires_at.0 / 1_000,
        };
        let (user, epoch_id) = (User::clone(&session.user), inner.data.id.clone());
        let envelope = Envelope::new(user, stored, elevations, self.clock.offset_millis(), epoch_id);
        envelope.encode().map(Some)
    }
}

impl Inner {
    /// The session, if tokens are of use with it: it has not run out, and this device is registered.
    fn elevated_session(&self, now: UnixMillis) -> Option<&HeldSession> {
        let session = self.session.as_ref().filter(|session| session.expires_at > now);
        session.filter(|session| !is_device_registration_pending(&session.user))
    }

    fn hold(&mut self, session: HeldSession, now: UnixMillis) {
        self.session = Some(session);
        self.held_since = Some(now);
    }

    fn end(&mut self, why: EpochEnd) {
        self.epoch += 1;
        self.last_end = why;
        self.session = None;
        self.tokens.clear();
        self.data = EpochData::default();
        self.end_pending(why);
    }
}

impl HeldSession {
    /// As an earlier process stored it.
    pub(crate) fn restored(user: User, session: StoredSession) -> Self {
        Self {
            user: Arc::new(user),
            signin_credential_id: SessionClaims::read(session.token.expose()).signin_credential_id,
            token: session.token,
            full_jwt: session.full_jwt,
            expires_at: UnixMillis::from_seconds(session.expires_at),
        }
    }
}

impl From<SessionAnswer> for HeldSession {
    fn from(answer: SessionAnswer) -> Self {
        let signin_credential_id = SessionClaims::read(answer.token.expose()).signin_credential_id;
        let SessionAnswer { user, expires_at, token, full_jwt, .. } = answer;
        Self { user: Arc::new(user), token, full_jwt, expires_at, signin_credential_id }
    }
}
