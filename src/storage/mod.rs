//! What is kept between two starts of the app: one envelope, and the rule in which order it is written.

mod envelope;
mod user;
mod writer;

pub(crate) use envelope::{Envelope, StoredElevation, StoredSession};
pub(crate) use writer::{EnvelopeWriter, Record};
