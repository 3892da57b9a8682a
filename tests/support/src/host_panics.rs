//! Callbacks that panic.

use std::panic::resume_unwind;

/// A panic of the host's code. Without the hook, which would print a backtrace: in a test program that takes
/// longer than the short deadlines of the tests.
pub(crate) fn host_panics() -> ! {
    resume_unwind(Box::new("the host's fault"))
}
