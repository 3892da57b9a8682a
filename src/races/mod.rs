//! Races, run through by a scheduler that decides after each lock, atomic and await who goes on: with
//! `cargo xtask test --only races`. What is tested is the code that ships, with other locks (`sync.rs`).
//!
//! - At random and by priorities (PCT: few changes of who runs, at the worst moments) for every scenario;
//!   every schedule there is, up to a limit, where few steps are made.
//! - One step of tokio's locks and channels is one step here too: what goes on inside them is tokio's to test.
//! - A deadline passes when the scheduler says so. The clock stands still.
//! - Left out, because they need sockets: requests, and with them the turns of calls that re-issue the
//!   session. `tests/session/` has those.

mod scenario;
mod storage;

mod delivery;
mod epochs;
mod late_writes;
mod shared_attempt;
mod single_flight;
mod tokens;
mod writes;
