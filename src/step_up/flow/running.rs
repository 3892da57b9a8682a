//! What a flow has under way.

use std::{future::Future, pin::Pin};

use crate::runtime::{AbortOnDrop, spawn_detached};

type Work = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The tasks of a flow. They end with it.
#[derive(Default)]
pub(super) struct Running {
    tasks: Vec<AbortOnDrop<()>>,
    /// Grows whenever what is under way is called off, so that a late outcome is known as one.
    generation: u64,
}

impl Running {
    pub(super) fn generation(&self) -> u64 {
        self.generation
    }

    pub(super) fn begin(&mut self, work: impl FnOnce(u64) -> Work) {
        self.tasks.retain(|task| !task.0.is_finished());
        // The system refuses a thread only before the first call, and then nothing has been answered.
        if let Ok(task) = spawn_detached(work(self.generation)) {
            self.tasks.push(AbortOnDrop(task));
        }
    }

    pub(super) fn abort(&mut self) {
        self.generation += 1;
        self.tasks.clear();
    }
}
