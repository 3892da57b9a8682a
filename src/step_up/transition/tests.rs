//! The proof of the state machine: the tables of `docs/flow.md`, cell by cell, what a screen meets in odd
//! cases, and random walks against a model of the server.

mod document;
mod events;
mod model;
mod odd_cases;
mod samples;
mod table;
mod walk;
