//! Observing who is signed in.

use std::sync::Arc;

use super::AuthClient;
use crate::{error::StepUpError, platform::SessionListener, subscription::Subscription};

#[uniffi::export]
impl AuthClient {
    /// Tells a listener the present session, with its duties, and from then on each change, until the
    /// subscription ends: a sign-in, a renewal with a new expiry, a duty that is done, a user who has
    /// changed, the end however it comes. A session that runs out is told when it does, and when the app
    /// comes to the foreground if its process slept at that time.
    ///
    /// Nothing is read or sent for it, so before `restore` nobody is signed in.
    ///
    /// # Errors
    /// `ClientClosed`; `Internal` if the system refuses a thread.
    pub fn subscribe(&self, listener: Arc<dyn SessionListener>) -> Result<Arc<Subscription>, StepUpError> {
        let state = Arc::clone(&self.context.state);
        self.context.subscribe(
            move || state.session(),
            move |session| {
                let listener = Arc::clone(&listener);
                async move { listener.session_changed(session).await }
            },
        )
    }
}
