//! The program as a person at the terminal sees it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a helper that fails is a test that fails")]

mod arguments;
mod environment;
mod interactive;
mod story;
mod support;
