//! The locked memory, the policy and the time, as one request sees them.

use std::sync::{Arc, MutexGuard};

use axum::http::header;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::Call;
use crate::errors::ApiError;
use crate::policy::Policy;
use crate::state::{Session, State, User};
use crate::tokens::SessionClaims;

/// One request's view of the server; nothing else changes while it lives.
pub(crate) struct Context<'a> {
    pub(crate) call: &'a Call,
    pub(crate) policy: Arc<Policy>,
    pub(crate) now: OffsetDateTime,
    pub(crate) state: MutexGuard<'a, State>,
}

impl<'a> Context<'a> {
    pub(super) fn new(call: &'a Call) -> Self {
        let backend = &call.backend;
        Self { call, policy: backend.policy.get(), now: backend.clock.now_utc(), state: backend.state.lock() }
    }

    /// The session of the bearer token, also while it has open duties.
    ///
    /// # Errors
    /// 401: no token, a bad one, an ended session.
    pub(crate) fn session(&self) -> Result<Session, ApiError> {
        match self.bearer_session() {
            Ok(session) => {
                self.call.trace.passed("session", session.id.to_string());
                Ok(session)
            }
            Err(reason) => {
                self.call.trace.failed("session", reason.clone());
                Err(ApiError::unauthorized(&reason))
            }
        }
    }

    /// The session of the bearer token, on a device that is not waiting to be registered.
    ///
    /// # Errors
    /// As [`Context::session`]; 403 while `device:register` is due.
    pub(crate) fn trusted_session(&self) -> Result<Session, ApiError> {
        let session = self.session()?;
        if session.needs_device(&self.policy) {
            self.call.trace.failed("duties", "device:register");
            return Err(ApiError::insufficient_scope());
        }
        Ok(session)
    }

    /// A user by id.
    ///
    /// # Errors
    /// 401: the user was deleted.
    pub(crate) fn user(&mut self, id: Uuid) -> Result<&mut User, ApiError> {
        self.state.users.get_mut(&id).ok_or_else(|| ApiError::unauthorized("User no longer exists"))
    }

    /// Replaces a session by a new one of the same sign-in; the old token is void from here on.
    pub(crate) fn reissue(&mut self, old: &Session) -> Session {
        self.state.sessions.remove(&old.id);
        let new = Session {
            id: Uuid::new_v4(),
            issued_at: self.now,
            expires_at: self.now + self.jwt_life(),
            new_user: false,
            ..old.clone()
        };
        self.state.sessions.insert(new.id, new.clone());
        new
    }

    pub(crate) fn jwt_life(&self) -> Duration {
        Duration::seconds(self.policy.jwt_life_seconds.into())
    }

    pub(crate) fn otp_life(&self) -> Duration {
        Duration::seconds(self.policy.otp_life_seconds.into())
    }

    fn bearer_session(&self) -> Result<Session, String> {
        let value = self.call.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = value.and_then(|value| value.strip_prefix("Bearer ")).ok_or("No session token")?;
        let claims: SessionClaims = self
            .call
            .backend
            .sessions
            .verify(token)
            .map_err(|error| format!("Invalid session token: {error}"))?;
        if claims.exp <= self.now.unix_timestamp() {
            return Err("Session expired".into());
        }
        self.state.live_session(claims.sid, self.now).cloned().ok_or("Session ended".into())
    }
}
