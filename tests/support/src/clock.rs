//! A device's clock that can be wrong, and whose timers end as soon as it is moved past them.

use std::{
    collections::BTreeMap,
    pin::Pin,
    sync::{Arc, Mutex},
    time::{Duration, SystemTime},
};

use stepup_core::Clock;
use tokio::sync::watch;

#[derive(Clone, Default)]
pub struct TestClock(Arc<Inner>);

#[derive(Default)]
struct Inner {
    /// Seconds by which the device's clock is ahead of the truth.
    ahead: watch::Sender<i64>,
    timers: Mutex<Timers>,
}

#[derive(Default)]
struct Timers {
    begun: u64,
    /// When each ends that is running.
    running: BTreeMap<u64, SystemTime>,
}

impl TestClock {
    pub fn shared(&self) -> Arc<dyn Clock> {
        Arc::new(self.clone())
    }

    /// Seconds by which the device's clock is ahead of the truth.
    pub fn set_ahead(&self, seconds: i64) {
        self.0.ahead.send_replace(seconds);
    }

    /// Moves the device's clock on by this many seconds.
    pub fn advance(&self, seconds: i64) {
        self.0.ahead.send_modify(|ahead| *ahead += seconds);
    }

    /// How long each timer that is running still has to run, the shortest first.
    pub fn timers(&self) -> Vec<Duration> {
        let now = self.now();
        let timers = self.0.timers.lock().unwrap();
        let mut left: Vec<_> =
            timers.running.values().map(|end| end.duration_since(now).unwrap_or_default()).collect();
        left.sort();
        left
    }

    /// How many timers were begun so far.
    pub fn timers_begun(&self) -> u64 {
        self.0.timers.lock().unwrap().begun
    }
}

impl Clock for TestClock {
    fn now(&self) -> SystemTime {
        let ahead = *self.0.ahead.borrow();
        let difference = Duration::from_secs(ahead.unsigned_abs());
        if ahead >= 0 { SystemTime::now() + difference } else { SystemTime::now() - difference }
    }

    fn wait(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        let end = self.now() + duration;
        Box::pin(async move {
            let _running = Running::begin(&self.0, end);
            let mut moved = self.0.ahead.subscribe();
            while let Ok(left) = end.duration_since(self.now())
                && !left.is_zero()
            {
                tokio::select! {
                    () = tokio::time::sleep(left) => {}
                    _ = moved.changed() => {}
                }
            }
        })
    }
}

/// A timer that is running.
struct Running<'a>(&'a Inner, u64);

impl<'a> Running<'a> {
    fn begin(clock: &'a Inner, end: SystemTime) -> Self {
        let mut timers = clock.timers.lock().unwrap();
        timers.begun += 1;
        let number = timers.begun;
        timers.running.insert(number, end);
        Self(clock, number)
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.timers.lock().unwrap().running.remove(&self.1);
    }
}
