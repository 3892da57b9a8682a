//! Step-up: checks, every way to verify, tokens, factors.
