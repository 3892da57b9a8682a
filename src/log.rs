//! The client's log: records in order, through a queue, so that a slow sink costs the caller nothing.

use std::time::Duration;

use once_cell::sync::OnceCell;
use tokio::sync::mpsc;

use crate::{
    error::PlatformCallback,
    platform::{LogLevel, LogRecord, PlatformSlot, call_out},
    runtime::spawn_detached,
};

/// Records that wait for the sink. More than that are lost.
const QUEUE_LENGTH: usize = 256;
const SINK_DEADLINE: Duration = Duration::from_secs(5);

/// Writes to the host's sink, if there is one. Texts are made of our own words, operation names, codes and
/// request ids only.
#[derive(Clone)]
pub(crate) struct Log {
    platform: PlatformSlot,
    queue: std::sync::Arc<OnceCell<mpsc::Sender<LogRecord>>>,
}

impl Log {
    pub(crate) fn new(platform: PlatformSlot) -> Self {
        Self { platform, queue: std::sync::Arc::default() }
    }

    pub(crate) fn debug(&self, text: String) {
        self.record(LogLevel::Debug, text);
    }

    pub(crate) fn info(&self, text: &str) {
        self.record(LogLevel::Info, text.to_owned());
    }

    pub(crate) fn warning(&self, text: String) {
        self.record(LogLevel::Warning, text);
    }

    fn record(&self, level: LogLevel, text: String) {
        if self.platform.log_sink().is_none() {
            return;
        }
        let queue = self.queue.get_or_init(|| {
            let (sender, receiver) = mpsc::channel(QUEUE_LENGTH);
            // Without a runtime there is nobody to log to.
            let _ = spawn_detached(deliver(self.platform.clone(), receiver));
            sender
        });
        let _ = queue.try_send(LogRecord { level, text });
    }
}

/// Ends when the client is shut down or gone. A sink that fails or hangs loses that record.
async fn deliver(platform: PlatformSlot, mut queue: mpsc::Receiver<LogRecord>) {
    while let Some(record) = queue.recv().await {
        let Some(sink) = platform.log_sink() else { return };
        let _ = call_out(PlatformCallback::Log, SINK_DEADLINE, async move { sink.log(record).await }).await;
    }
}
