//! Whoever wants to know who is signed in.

use super::PlatformError;
use crate::auth::Session;

/// Is told who is signed in, until when, and what is still to be done.
///
/// Calls come one after the other: the present session first, then each change. What came and went while a
/// call was under way is left out, the latest session never is. A call that fails or takes longer than a
/// storage callback may is given up; the next change is told all the same. It may call back into the client.
#[uniffi::export(foreign)]
#[async_trait::async_trait]
pub trait SessionListener: Send + Sync {
    /// The session is this now; none if nobody is signed in, also when it has just run out.
    async fn session_changed(&self, session: Option<Session>) -> Result<(), PlatformError>;
}
