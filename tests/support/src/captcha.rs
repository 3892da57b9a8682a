//! A captcha whose user solves it at once, or does not.

use std::sync::{Arc, Mutex};

use stepup_core::{CaptchaChallenge, CaptchaProvider, PlatformError};
use tokio::sync::Notify;

use crate::host_panics::host_panics;

/// What the user does with a captcha.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CaptchaMode {
    /// Answers with this token.
    Solves(String),
    /// Answers with this token when released.
    SolvesLate(String),
    Cancels,
    Hangs,
    Panics,
}

#[derive(Clone)]
pub struct TestCaptcha(Arc<Inner>);

struct Inner {
    mode: Mutex<CaptchaMode>,
    challenges: Mutex<Vec<CaptchaChallenge>>,
    released: Notify,
}

impl Default for TestCaptcha {
    fn default() -> Self {
        let mode = Mutex::new(CaptchaMode::Solves("a-solved-captcha".into()));
        Self(Arc::new(Inner { mode, challenges: Mutex::default(), released: Notify::new() }))
    }
}

impl TestCaptcha {
    pub fn set(&self, mode: CaptchaMode) {
        *self.0.mode.lock().unwrap() = mode;
    }

    /// The captchas that were shown.
    pub fn challenges(&self) -> Vec<CaptchaChallenge> {
        self.0.challenges.lock().unwrap().clone()
    }

    /// A user who takes time has solved it.
    pub fn release(&self) {
        self.0.released.notify_one();
    }
}

#[async_trait::async_trait]
impl CaptchaProvider for TestCaptcha {
    async fn solve(&self, challenge: CaptchaChallenge) -> Result<String, PlatformError> {
        self.0.challenges.lock().unwrap().push(challenge);
        let mode = self.0.mode.lock().unwrap().clone();
        match mode {
            CaptchaMode::Solves(token) => Ok(token),
            CaptchaMode::SolvesLate(token) => {
                self.0.released.notified().await;
                Ok(token)
            }
            CaptchaMode::Cancels => Err(PlatformError::Cancelled),
            CaptchaMode::Hangs => std::future::pending().await,
            CaptchaMode::Panics => host_panics(),
        }
    }
}
