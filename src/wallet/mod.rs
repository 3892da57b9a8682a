//! External wallets: which accounts can prove something, what they sign, and what is sent of it.
//!
//! Wallets whose keys the vendor holds are never asked: they cannot prove that the user is there.

mod accounts;
mod proof;
mod sign_in_message;

pub(crate) use accounts::{Wallets, has_address};
