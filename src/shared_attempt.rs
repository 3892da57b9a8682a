//! One attempt for all who wait for it: whoever comes while it is under way gets its result, good or bad.
//! Else the last of many callers would wait for as many time limits as there are callers.

use std::{future::Future, sync::atomic::Ordering};

use crate::{
    error::StepUpError,
    sync::{AsyncMutex, AtomicU64},
};

/// Keeps the result of the last attempt for those who waited for it.
pub(crate) struct SharedAttempt<T> {
    /// How many attempts have ended.
    ended: AtomicU64,
    last: AsyncMutex<Option<Result<T, StepUpError>>>,
}

impl<T> Default for SharedAttempt<T> {
    fn default() -> Self {
        Self { ended: AtomicU64::new(0), last: AsyncMutex::new(None) }
    }
}

impl<T: Clone> SharedAttempt<T> {
    /// The result of the attempt that is under way, else of one that begins now. One whose caller goes away
    /// is begun anew by the next.
    pub(crate) async fn join(
        &self,
        attempt: impl Future<Output = Result<T, StepUpError>>,
    ) -> Result<T, StepUpError> {
        let ended_before = self.ended.load(Ordering::Acquire);
        let mut last = self.last.lock().await;
        if let Some(result) = last.as_ref().filter(|_| self.ended.load(Ordering::Acquire) != ended_before) {
            return result.clone();
        }
        let result = attempt.await;
        *last = Some(result.clone());
        self.ended.fetch_add(1, Ordering::AcqRel);
        result
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[tokio::test]
    async fn who_waits_for_an_attempt_gets_its_failure_and_who_comes_later_tries_anew() {
        let (shared, made) = (Arc::new(SharedAttempt::default()), Arc::new(AtomicU64::new(0)));
        let attempt = |made: &Arc<AtomicU64>| {
            let made = Arc::clone(made);
            async move {
                tokio::task::yield_now().await;
                made.fetch_add(1, Ordering::AcqRel);
                Err::<(), _>(StepUpError::KeyLost)
            }
        };
        let calls = (0..10).map(|_| {
            let (shared, attempt) = (Arc::clone(&shared), attempt(&made));
            async move { shared.join(attempt).await }
        });
        let results = futures_util::future::join_all(calls).await;
        assert!(results.iter().all(|result| *result == Err(StepUpError::KeyLost)));
        assert_eq!(made.load(Ordering::Acquire), 1);
        shared.join(attempt(&made)).await.unwrap_err();
        assert_eq!(made.load(Ordering::Acquire), 2);
    }
}
