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

/// Waits until a count has stayed the same for a while: nobody is about to do what it counts.
pub async fn at_rest<T: PartialEq>(what: &str, count: impl Fn() -> T) {
    const LOOKS: usize = 50;
    let (mut last, mut same) = (count(), 0);
    eventually(&format!("no more {what}"), || {
        let before = std::mem::replace(&mut last, count());
        same = if before == last { same + 1 } else { 0 };
        same > LOOKS
    })
    .await;
}
