//! A log sink that keeps what it is given.

use std::sync::{Arc, Mutex};

use stepup_core::{LogRecord, LogSink, PlatformError};

#[derive(Clone, Default)]
pub struct TestLog(Arc<Mutex<Vec<LogRecord>>>);

impl TestLog {
    pub fn records(&self) -> Vec<LogRecord> {
        self.0.lock().unwrap().clone()
    }

    /// Everything that was logged, a line each.
    pub fn text(&self) -> String {
        self.records().iter().map(|record| format!("{record:?}\n")).collect()
    }
}

#[async_trait::async_trait]
impl LogSink for TestLog {
    async fn log(&self, record: LogRecord) -> Result<(), PlatformError> {
        self.0.lock().unwrap().push(record);
        Ok(())
    }
}
