//! A gate that everything passes which a call waits for, and that holds one of them until it is released: so
//! something else can happen at this very point.

use std::sync::{Arc, Mutex};

use tokio::sync::Semaphore;

#[derive(Clone)]
pub(crate) struct Gate(Arc<Inner>);

struct Inner {
    state: Mutex<State>,
    reached: Semaphore,
    released: Semaphore,
}

#[derive(Default)]
struct State {
    is_watching: bool,
    /// What has passed since the gate is watching, in order.
    passed: Vec<Point>,
    held: Option<Point>,
}

/// Something that is waited for, and how many of the same kind came before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Point {
    pub(crate) kind: String,
    pub(crate) index: usize,
}

impl Default for Gate {
    fn default() -> Self {
        let (reached, released) = (Semaphore::new(0), Semaphore::new(0));
        Self(Arc::new(Inner { state: Mutex::default(), reached, released }))
    }
}

impl Gate {
    /// From now on what passes is written down, and this is held.
    pub(crate) fn watch(&self, held: Option<Point>) {
        *self.0.state.lock().unwrap() = State { is_watching: true, passed: Vec::new(), held };
    }

    pub(crate) fn passed(&self) -> Vec<Point> {
        self.0.state.lock().unwrap().passed.clone()
    }

    /// Waits until what is to be held is there.
    pub(crate) async fn reached(&self) {
        self.0.reached.acquire().await.unwrap().forget();
    }

    /// Lets it pass, now or when it comes.
    pub(crate) fn release(&self) {
        self.0.released.add_permits(1);
    }

    pub(crate) async fn pass(&self, kind: &str) {
        if self.enter(kind) {
            self.0.reached.add_permits(1);
            self.0.released.acquire().await.unwrap().forget();
        }
    }

    /// Whether it is held.
    fn enter(&self, kind: &str) -> bool {
        let mut state = self.0.state.lock().unwrap();
        if !state.is_watching || kind == "log" {
            return false;
        }
        let index = state.passed.iter().filter(|point| point.kind == kind).count();
        let point = Point { kind: kind.to_owned(), index };
        state.passed.push(point.clone());
        state.held == Some(point)
    }
}
