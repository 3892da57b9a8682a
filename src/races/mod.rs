//! Races, run through by a scheduler that decides after each lock, atomic and await who goes on: with
//! `cargo xtask test --only races`. What is tested is the code that ships, with other locks (`sync.rs`).
//!
//! - At random and by priorities (PCT: few changes of who runs, at the worst moments) for every scenario;
//!   every schedule there is, up to a limit, where few steps are made.
//! - What goes on inside tokio's lock and channels is one step here: it is tokio's to test.
//! - Atomics are taken for sequentially consistent, whatever order they ask for.
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
