//! Waiting for what happens in the background.

use std::time::{Duration, Instant};

/// Longer than anything in these tests takes, also on a busy machine.
const DEADLINE: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(2);

/// Waits until something holds; a test in which it never does fails.
pub async fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < DEADLINE, "never happened: {what}");
        tokio::time::sleep(PAUSE).await;
    }
}
