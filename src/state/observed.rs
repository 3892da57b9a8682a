//! What can be observed, and until when it holds by itself.

use super::State;
use crate::{
    auth::Session,
    clock::UnixMillis,
    otp::{OtpVerification, Purpose},
    token::Elevation,
};

/// A value with the moment, if there is one, at which it changes although nothing happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Observed<T> {
    pub(crate) value: T,
    pub(crate) until: Option<UnixMillis>,
}

/// From when until when a session is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SessionSpan {
    pub(crate) version: u64,
    pub(crate) since: UnixMillis,
    pub(crate) until: UnixMillis,
}

impl State {
    /// What a function makes of the session, none if nobody is signed in or it has run out.
    pub(crate) fn observed_session<T>(
        &self,
        value: impl FnOnce(Option<&super::HeldSession>) -> T,
    ) -> Observed<T> {
        let inner = self.read();
        let now = self.clock.now();
        let session = inner.session.as_ref().filter(|session| session.expires_at > now);
        Observed { value: value(session), until: session.map(|session| session.expires_at) }
    }

    /// Who is signed in.
    pub(crate) fn session(&self) -> Observed<Option<Session>> {
        self.observed_session(|session| session.map(|session| Session::of(session, &self.clock)))
    }

    /// How long the session that is held lasts, also if it has run out.
    pub(crate) fn session_span(&self) -> Option<SessionSpan> {
        let inner = self.read();
        let until = inner.session.as_ref()?.expires_at;
        Some(SessionSpan { version: inner.version, since: inner.held_since?, until })
    }

    /// Every permission that is held and of use, in the order of its scopes.
    pub(crate) fn elevations(&self) -> Observed<Vec<Elevation>> {
        let inner = self.read();
        let now = self.clock.now();
        let Some(session) = inner.elevated_session(now) else {
            // It begins with a change, never by itself.
            return Observed { value: Vec::new(), until: None };
        };
        let mut held: Vec<_> = inner.tokens.valid(now).collect();
        held.sort_by(|one, other| one.scopes.cmp(&other.scopes));
        let first_end = held.iter().map(|token| token.expires_at).min();
        Observed {
            value: held.iter().map(|token| Elevation::of(token, &self.clock)).collect(),
            until: first_end.map(|end| end.min(session.expires_at)),
        }
    }

    /// The code for a step-up that was sent last and is not used yet: the one that a typed code is taken for.
    pub(crate) fn step_up_code(&self) -> Option<OtpVerification> {
        let inner = self.read();
        let pending = inner.pending_codes.find(Purpose::StepUp { epoch: inner.epoch }, None)?;
        Some(pending.verification(&self.clock))
    }

    /// No code for a step-up is taken for the pending one any more. A flow that waits for its own goes on.
    pub(crate) fn set_step_up_codes_aside(&self) {
        let mut inner = self.write();
        let epoch = inner.epoch;
        inner.pending_codes.set_aside(Purpose::StepUp { epoch });
    }
}

#[cfg(test)]
mod tests;
