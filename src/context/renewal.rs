//! When a session is renewed before it ends.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};

use crate::{clock::UnixMillis, state::SessionSpan};

/// A session is renewed this long before its end, or a fifth of its life if that is shorter.
const MARGIN: Duration = Duration::from_secs(5 * 60);
const MARGIN_SHARE: u32 = 5;
/// And up to this much earlier, or a twentieth of its life: who signed in together need not come together.
const SPREAD: Duration = Duration::from_secs(60);
const SPREAD_SHARE: u32 = 20;

/// Plans the renewal of the session that is held. Knows neither clock nor network.
pub(super) struct Renewal {
    /// The session that is planned for, and when it is due.
    planned: Option<(SessionSpan, UnixMillis)>,
    /// Between one attempt and the next, also if an attempt has brought a session that is due at once.
    pauses: ExponentialBackoff,
    not_before: Option<UnixMillis>,
}

impl Default for Renewal {
    fn default() -> Self {
        Self { planned: None, pauses: pauses(), not_before: None }
    }
}

impl Renewal {
    /// When the session is to be renewed. Until when it should be spread is drawn once for each session: a
    /// number from nothing to a thousand.
    pub(super) fn due(
        &mut self,
        session: SessionSpan,
        now: UnixMillis,
        draw: impl FnOnce() -> u32,
    ) -> UnixMillis {
        let due = match self.planned {
            Some((planned, due)) if planned == session => due,
            _ => {
                let life = session.until.since(session.since);
                let due = session.until.minus(lead(life, draw()));
                self.planned = Some((session, due));
                if due > now {
                    (self.pauses, self.not_before) = (pauses(), None);
                }
                due
            }
        };
        self.not_before.map_or(due, |moment| moment.max(due))
    }

    /// An attempt begins: the next one comes after a pause, whatever becomes of this one.
    pub(super) fn attempted(&mut self, now: UnixMillis) {
        let pause = self.pauses.next().unwrap_or(LONGEST_PAUSE);
        self.not_before = Some(now.plus(pause));
    }

    /// The server asks not to come again before this moment.
    pub(super) fn postpone(&mut self, moment: UnixMillis) {
        self.not_before = self.not_before.max(Some(moment));
    }
}

/// How long before its end a session with this life is renewed.
fn lead(life: Duration, drawn: u32) -> Duration {
    let spread = SPREAD.min(life / SPREAD_SHARE);
    MARGIN.min(life / MARGIN_SHARE) + spread * drawn.min(1_000) / 1_000
}

const SHORTEST_PAUSE: Duration = Duration::from_secs(10);
const LONGEST_PAUSE: Duration = Duration::from_secs(120);

fn pauses() -> ExponentialBackoff {
    ExponentialBuilder::default()
        .with_min_delay(SHORTEST_PAUSE)
        .with_max_delay(LONGEST_PAUSE)
        .without_max_times()
        .with_jitter()
        .build()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(seconds: i64) -> UnixMillis {
        UnixMillis::from_seconds(seconds)
    }

    fn session(version: u64, since: i64, until: i64) -> SessionSpan {
        SessionSpan { version, since: at(since), until: at(until) }
    }

    proptest! {
        #[test]
        fn a_session_is_renewed_within_its_life_and_ahead_of_its_end(
            life in 1_000_i64..100_000_000,
            drawn in 0_u32..=1_000,
        ) {
            let session = SessionSpan { version: 1, since: UnixMillis(0), until: UnixMillis(life) };
            let due = Renewal::default().due(session, UnixMillis(0), || drawn);
            let ahead = life - due.0;
            prop_assert!(due.0 >= life / 2, "not before half of its life");
            prop_assert!(ahead >= (life / 5).min(300_000) - 1);
            prop_assert!(ahead <= (life / 5).min(300_000) + (life / 20).min(60_000) + 1);
        }
    }

    #[test]
    fn it_is_spread_once_for_each_session() {
        let mut renewal = Renewal::default();
        assert_eq!(renewal.due(session(1, 0, 7_200), at(0), || 0), at(6_900));
        assert_eq!(renewal.due(session(1, 0, 7_200), at(0), || 1_000), at(6_900));
        assert_eq!(renewal.due(session(2, 0, 7_200), at(0), || 1_000), at(6_840));
    }

    #[test]
    fn failed_attempts_come_at_growing_intervals() {
        let mut renewal = Renewal::default();
        let (session, mut now) = (session(1, 0, 7_200), at(7_000));
        let mut pauses = Vec::new();
        for _ in 0..6 {
            renewal.attempted(now);
            let due = renewal.due(session, now, || 0);
            pauses.push(due.since(now));
            now = due;
        }
        let bounds = [10, 20, 40, 80, 120, 120].map(Duration::from_secs);
        for (pause, bound) in pauses.iter().zip(bounds) {
            assert!((bound..=bound * 2).contains(pause), "{pauses:?}");
        }
        renewal.attempted(now);
        renewal.postpone(now.plus(Duration::from_secs(500)));
        assert_eq!(renewal.due(session, now, || 0).since(now), Duration::from_secs(500));
    }

    #[test]
    fn a_renewal_that_gains_nothing_is_not_repeated_at_once() {
        let mut renewal = Renewal::default();
        let now = at(7_000);
        renewal.due(session(1, 0, 7_200), now, || 0);
        renewal.attempted(now);
        let again = renewal.due(session(2, 6_999, 7_000), now, || 0);
        assert!(again >= now.plus(SHORTEST_PAUSE));
        let gained = renewal.due(session(3, 7_000, 14_200), now, || 0);
        assert_eq!(gained, at(13_900));
        assert_eq!(renewal.due(session(4, 0, 7_200), now, || 0), at(6_900), "the pause is over with that");
    }
}
