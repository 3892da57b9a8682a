//! What must hold after a race: nobody is signed in who should not be, no token is another user's, and what
//! the memory holds is what the storage holds.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use serde_json::Value;
use stepup_core::{RedirectRefusal, StepUpError, TokenScope};
use stepup_test_support::eventually;

use super::{Meanwhile, SOMEBODY_ELSE};
use crate::{
    bench::{Bench, SCOPES, Snapshot},
    gate::Point,
    operations::Trouble,
};

impl Bench {
    pub(super) async fn judge(
        &mut self,
        what: &str,
        name: &str,
        meanwhile: Meanwhile,
        outcome: Result<(), Trouble>,
    ) {
        eventually(what, || self.world.storage.is_at_rest()).await;
        self.ensure_own_tokens(what).await;
        let is_sign_in = name.starts_with("sign_in_");
        let email = self.email().await;
        match meanwhile {
            Meanwhile::SignOut => assert_eq!(email, None, "{what}"),
            Meanwhile::SignIn if is_sign_in && outcome.is_ok() => assert!(email.is_some(), "{what}"),
            Meanwhile::SignIn => assert_eq!(email.as_deref(), Some(SOMEBODY_ELSE), "{what}"),
            Meanwhile::Revocation if is_sign_in => assert_eq!(outcome, Ok(()), "{what}"),
            Meanwhile::Revocation => {
                let is_over = matches!(&outcome, Err(Trouble::Error(StepUpError::NotSignedIn { .. })));
                assert!(is_over, "{what}: {outcome:?}");
                assert_eq!(email, None, "{what}");
            }
            Meanwhile::Abandonment => unreachable!("judged by itself"),
        }
        assert!(outcome.is_ok() || is_about_the_session(&outcome), "{what}: {outcome:?}");
        if email.is_none() {
            assert!(self.world.storage.records().is_empty(), "{what}: something is left in the storage");
        }
    }

    /// What was handed over is brought to its end, without the token that nobody waits for.
    pub(super) async fn judge_abandoned(&self, what: &str, name: &str, before: &Snapshot, point: &Point) {
        // Its turn comes when the call that was abandoned has ended.
        let _ = self.client().auth().refresh(None).await;
        if ["delete_user", "revoke_device"].contains(&name) && point.kind.starts_with("DELETE") {
            eventually(what, || self.world.storage.records().is_empty()).await;
        }
        eventually(what, || self.world.storage.is_at_rest()).await;
        self.ensure_own_tokens(what).await;
        let now = self.snapshot().await;
        assert!(!self.client().step_up().has_elevated_access_token(TokenScope::WALLET_SIGN), "{what}");
        assert!(!now.has_legacy_token, "{what}");
        if now.user_id != before.user_id {
            assert!(now.elevations.iter().all(Option::is_none), "{what}: {now:?}");
        }
    }

    pub(super) async fn email(&self) -> Option<String> {
        let session = self.client().auth().session(None).await.unwrap();
        session.map(|session| session.user.email.unwrap_or_default())
    }

    /// What the memory holds is what the storage holds: another process knows the same, but for tokens that
    /// serve once and are in memory only (I5).
    pub(super) async fn ensure_one_mind(&mut self, what: &str) {
        let memory = self.snapshot().await;
        let step_up = self.client().step_up();
        let lasting = SCOPES.map(|scope| step_up.elevation(scope).filter(|elevation| !elevation.single_use));
        let lasting: Vec<_> = lasting.map(|elevation| elevation.map(|elevation| elevation.scopes)).into();
        self.gate = None;
        self.restart();
        let storage = self.snapshot().await;
        assert_eq!((&storage.user_id, &storage.token), (&memory.user_id, &memory.token), "{what}");
        assert_eq!(storage.elevations, lasting, "{what}");
    }

    /// No token is another user's, and whoever asked for none has none.
    async fn ensure_own_tokens(&self, what: &str) {
        let now = self.snapshot().await;
        let (Some(user_id), Some(token)) = (&now.user_id, &now.token) else {
            assert!(now.token.is_none() && now.elevations.iter().all(Option::is_none), "{what}: {now:?}");
            return;
        };
        assert_eq!(subject(token), *user_id, "{what}");
        if self.email().await.as_deref() == Some(SOMEBODY_ELSE) {
            assert!(now.elevations.iter().all(Option::is_none) && !now.has_legacy_token, "{what}: {now:?}");
        }
        for scope in SCOPES {
            let elevation = self.client().step_up().elevation(scope.clone());
            // One that serves more than once is not spent by this.
            if elevation.is_some_and(|elevation| !elevation.single_use) {
                let taken = self.client().step_up().take_elevated_access_token(scope, None).await.unwrap();
                assert_eq!(subject(taken.unwrap().expose()), *user_id, "{what}");
            }
        }
    }
}

/// Refusals that say that the session is not what it was.
fn is_about_the_session(outcome: &Result<(), Trouble>) -> bool {
    let Err(Trouble::Error(error)) = outcome else { return false };
    let reason = RedirectRefusal::AnotherSession;
    matches!(error, StepUpError::NotSignedIn { .. } | StepUpError::SessionReplaced)
        || *error == StepUpError::RedirectRefused { reason }
}

/// Whose token it is.
fn subject(token: &str) -> String {
    let claims = BASE64.decode(token.split('.').nth(1).unwrap()).unwrap();
    let claims: Value = serde_json::from_slice(&claims).unwrap();
    claims["sub"].as_str().unwrap().to_owned()
}
