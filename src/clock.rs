//! Time: the device's clock, and the server's as far as it is known.

use std::{
    future::Future,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use tokio::sync::watch;

/// The wall clock of the device. Tests inject one of their own.
pub trait Clock: Send + Sync {
    /// What the device takes for the present time.
    fn now(&self) -> SystemTime;

    /// Ends when so much time has passed. It may end earlier or later, as a timer does whose phone has slept:
    /// whoever waits looks at the time again. Polled on the library's runtime.
    fn wait(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(tokio::time::sleep(duration))
    }
}

/// The operating system's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> SystemTime {
        SystemTime::now()
    }
}

/// Below this the difference is rounding (`Date` has whole seconds) and the way through the network.
const TOLERANCE_MILLIS: i64 = 3_000;

/// The server's time: wall clock plus the offset learnt from `Date` headers (RFC 9110 §6.6.1).
///
/// Computed at use. A monotonic clock would not do: it stops while a phone sleeps.
pub(crate) struct ServerClock {
    device: Arc<dyn Clock>,
    offset_millis: AtomicI64,
    /// Whether this process has learnt it from an answer itself.
    is_observed: AtomicBool,
    /// Told when the offset is another one than before, and with it all that was said about the time left.
    changed: watch::Sender<()>,
}

impl ServerClock {
    pub(crate) fn new(device: Arc<dyn Clock>) -> Self {
        let (offset_millis, is_observed) = (AtomicI64::new(0), AtomicBool::new(false));
        Self { device, offset_millis, is_observed, changed: watch::Sender::new(()) }
    }

    /// What is told of a new offset, for telling more by it.
    pub(crate) fn changes(&self) -> watch::Sender<()> {
        self.changed.clone()
    }

    /// Waits for a moment, for ever if there is none. May end early or late: whoever waits looks at the time
    /// again.
    pub(crate) async fn reach(&self, moment: Option<UnixMillis>) {
        match moment {
            Some(moment) => self.device.wait(moment.since(self.now())).await,
            None => std::future::pending().await,
        }
    }

    pub(crate) fn now(&self) -> UnixMillis {
        UnixMillis(self.device_millis().saturating_add(self.offset_millis()))
    }

    pub(crate) fn offset_millis(&self) -> i64 {
        self.offset_millis.load(Ordering::Relaxed)
    }

    /// Takes over the offset that an earlier process learnt. What this one has learnt is newer.
    pub(crate) fn inherit_offset_millis(&self, offset: i64) {
        if !self.is_observed.load(Ordering::Relaxed) {
            self.set_offset(offset);
        }
    }

    /// Learns from the `Date` of an answer that has just arrived.
    pub(crate) fn observe(&self, date: SystemTime) {
        self.is_observed.store(true, Ordering::Relaxed);
        let difference = millis(date).saturating_sub(self.device_millis());
        let known = self.offset_millis();
        if difference.saturating_sub(known).abs() > TOLERANCE_MILLIS {
            let offset = if difference.abs() <= TOLERANCE_MILLIS { 0 } else { difference };
            self.set_offset(offset);
        }
    }

    fn set_offset(&self, offset: i64) {
        if self.offset_millis.swap(offset, Ordering::Relaxed) != offset {
            self.changed.send_replace(());
        }
    }

    /// Now, as the device's clock shows it.
    pub(crate) fn device_now(&self) -> SystemTime {
        self.to_device(self.now())
    }

    /// A moment of the server's clock as the device's clock will show it, which is what apps count down with.
    pub(crate) fn to_device(&self, moment: UnixMillis) -> SystemTime {
        UnixMillis(moment.0.saturating_sub(self.offset_millis())).to_system_time()
    }

    fn device_millis(&self) -> i64 {
        millis(self.device.now())
    }
}

/// A moment of the server's clock, in milliseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct UnixMillis(pub(crate) i64);

impl UnixMillis {
    /// From the whole seconds of a JWT or of `expiresAt`.
    pub(crate) fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1_000))
    }

    pub(crate) fn plus(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)))
    }

    pub(crate) fn minus(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)))
    }

    /// How long after another moment this one is; nothing if it is not.
    pub(crate) fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    fn to_system_time(self) -> SystemTime {
        // A moment that the platform cannot represent is as good as the beginning of time: long over.
        u64::try_from(self.0)
            .ok()
            .and_then(|millis| UNIX_EPOCH.checked_add(Duration::from_millis(millis)))
            .unwrap_or(UNIX_EPOCH)
    }
}

/// In 64 bits, because the local check does this every time.
fn millis(moment: SystemTime) -> i64 {
    moment.duration_since(UNIX_EPOCH).map_or(0, |since| {
        let seconds = i64::try_from(since.as_secs()).unwrap_or(i64::MAX);
        seconds.saturating_mul(1_000).saturating_add(i64::from(since.subsec_millis()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixed(SystemTime);

    impl Clock for Fixed {
        fn now(&self) -> SystemTime {
            self.0
        }
    }

    fn at(seconds: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(seconds)
    }

    #[test]
    fn i22_the_server_decides_what_time_it_is() {
        let clock = ServerClock::new(Arc::new(Fixed(at(10_000))));
        clock.observe(at(9_400));
        assert_eq!(clock.now(), UnixMillis::from_seconds(9_400));
        assert_eq!(clock.to_device(UnixMillis::from_seconds(9_500)), at(10_100));
        clock.observe(at(9_402));
        assert_eq!(clock.now(), UnixMillis::from_seconds(9_400), "rounding is not a change");
        clock.observe(at(10_001));
        assert_eq!(clock.offset_millis(), 0);
    }

    #[test]
    fn i22_what_an_answer_has_told_is_newer_than_what_was_stored() {
        let clock = ServerClock::new(Arc::new(Fixed(at(10_000))));
        clock.inherit_offset_millis(60_000);
        assert_eq!(clock.now(), UnixMillis::from_seconds(10_060));
        clock.observe(at(10_600));
        clock.inherit_offset_millis(60_000);
        assert_eq!(clock.now(), UnixMillis::from_seconds(10_600));
    }
}
