//! Where the log goes.

use super::PlatformError;

/// Takes the log of one client. The process-wide logging of the app is not touched.
///
/// Records come one after the other, in order. A sink that cannot keep up loses records, not time of the
/// caller.
#[uniffi::export(foreign)]
#[async_trait::async_trait]
pub trait LogSink: Send + Sync {
    /// Takes one record.
    async fn log(&self, record: LogRecord) -> Result<(), PlatformError>;
}

/// One line of the log. It holds no secret, address, number, code or URL.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct LogRecord {
    /// How much it matters.
    pub level: LogLevel,
    /// What happened.
    pub text: String,
}

/// How much a record matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, uniffi::Enum)]
pub enum LogLevel {
    /// Each request, its status and its duration.
    Debug,
    /// Steps of the session's life.
    Info,
    /// Something failed and was dealt with.
    Warning,
}
