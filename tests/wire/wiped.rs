//! Secrets of our own types are wiped when they are dropped (I12). The memory is looked at from outside,
//! through `/proc/self/mem`, at the place where the secret was.
#![cfg(target_os = "linux")]

use std::{fs::File, os::unix::fs::FileExt};

use stepup_core::{ElevatedAccessToken, LegacyMfaToken, RecoveryCode, SessionToken, TotpSecret};

/// Long enough that what the allocator writes into free memory leaves most of it alone.
const LENGTH: usize = 400;

/// How much of a secret is still there after it was dropped.
fn left_after_drop<T>(own: impl FnOnce(String) -> T) -> usize {
    let memory = File::open("/proc/self/mem").unwrap();
    let mut after = vec![0_u8; LENGTH];
    let secret = "s".repeat(LENGTH);
    let place = u64::try_from(secret.as_ptr().addr()).unwrap();
    let owner = own(secret);
    memory.read_exact_at(&mut after, place).unwrap();
    assert_eq!(after, [b's'; LENGTH], "the secret was moved in, not copied");
    drop(owner);
    memory.read_exact_at(&mut after, place).unwrap();
    after.iter().filter(|byte| **byte == b's').count()
}

#[test]
fn i12_a_secret_is_wiped_when_it_is_dropped() {
    assert!(left_after_drop(|secret| secret) > LENGTH / 2, "a plain string stays, so this test can fail");
    // Another test may have got the memory in the same moment, and may write an `s` of its own.
    let is_wiped = |left: usize| left < LENGTH / 10;
    assert!(is_wiped(left_after_drop(ElevatedAccessToken::from)));
    assert!(is_wiped(left_after_drop(SessionToken::from)));
    assert!(is_wiped(left_after_drop(TotpSecret::from)));
    assert!(is_wiped(left_after_drop(RecoveryCode::from)));
    assert!(is_wiped(left_after_drop(LegacyMfaToken::from)));
}
