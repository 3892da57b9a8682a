//! One request for all who ask the same at the same time (I8).

use std::{
    collections::HashMap,
    future::Future,
    sync::{Arc, PoisonError},
};

use tokio::sync::watch;

use crate::{
    api::models::CheckAnswer,
    error::StepUpError,
    runtime::{Panicked, spawn_detached},
    scope::TokenScope,
    sync::{Mutex, MutexGuard},
};

/// Epoch and scope.
pub(crate) type Key = (u64, TokenScope);
pub(crate) type Asked = Result<Arc<CheckAnswer>, StepUpError>;
type Sender = watch::Sender<Option<Asked>>;
type Receiver = watch::Receiver<Option<Asked>>;

/// Checks that are under way, per epoch and scope.
#[derive(Clone, Default)]
pub(crate) struct RunningChecks(Arc<Mutex<HashMap<Key, Receiver>>>);

impl RunningChecks {
    /// Joins the check of this key that is under way, or begins one. It belongs to no caller: cancelling one
    /// does not cancel the others.
    pub(crate) async fn join(&self, key: Key, ask: impl Future<Output = Asked> + Send + 'static) -> Asked {
        let (mut answer, begun) = self.join_or_begin(&key);
        if let Some(sender) = begun {
            let check = RunningCheck { checks: self.clone(), key };
            spawn_detached(async move {
                let asked = ask.await;
                // Off the list first: whoever has this answer and asks again must not get it again.
                drop(check);
                sender.send_replace(Some(asked));
            })?;
        }
        let answer = answer.wait_for(Option::is_some).await.map(|answer| answer.clone());
        answer.ok().flatten().unwrap_or_else(|| Err(Panicked.into()))
    }

    /// The answer that is being waited for; with it the place for the answer, if nobody is fetching it yet.
    fn join_or_begin(&self, key: &Key) -> (Receiver, Option<Sender>) {
        let mut running = self.lock();
        if let Some(answer) = running.get(key) {
            return (answer.clone(), None);
        }
        let (sender, answer) = watch::channel(None);
        running.insert(key.clone(), answer.clone());
        (answer, Some(sender))
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Key, Receiver>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes itself off the list when it ends, however it ends: the next caller asks anew.
struct RunningCheck {
    checks: RunningChecks,
    key: Key,
}

impl Drop for RunningCheck {
    fn drop(&mut self) {
        self.checks.lock().remove(&self.key);
    }
}
