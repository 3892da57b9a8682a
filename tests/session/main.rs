//! Sessions: sign-in, renewal, expiry, restart, logout, and what storage and keystore do to them.
