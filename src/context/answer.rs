//! An exported call and its answer, which goes another way than the call's end. Written as state machines
//! by hand: each is compiled for every type of answer, and as an `async` block it is thrice as large.

use std::{
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll, ready},
};

use crate::{
    error::StepUpError,
    runtime::{Call, Panicked},
};

/// Where the call leaves its answer and the caller finds it.
type Slot<T> = Arc<Mutex<Option<T>>>;

fn set<T>(slot: &Slot<T>, answer: Option<T>) -> Option<T> {
    std::mem::replace(&mut slot.lock().unwrap_or_else(PoisonError::into_inner), answer)
}

/// The call, of which only the end is told.
struct Answering<T> {
    call: Call<T>,
    slot: Slot<T>,
}

impl<T> Future for Answering<T> {
    type Output = Result<(), StepUpError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let answer = ready!(self.call.as_mut().poll(context))?;
        set(&self.slot, Some(answer));
        Poll::Ready(Ok(()))
    }
}

/// The caller's end: the answer, when the call has ended.
struct Answered<T> {
    end: Call<()>,
    slot: Slot<T>,
}

impl<T> Future for Answered<T> {
    type Output = Result<T, StepUpError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        ready!(self.end.as_mut().poll(context))?;
        Poll::Ready(set(&self.slot, None).ok_or_else(|| Panicked.into()))
    }
}

/// Has a call run by what knows nothing of its answer.
pub(super) fn answered<T: Send + 'static>(call: Call<T>, run: impl FnOnce(Call<()>) -> Call<()>) -> Call<T> {
    let slot = Slot::default();
    let call = Answering { call, slot: Arc::clone(&slot) };
    Box::pin(Answered { end: run(Box::pin(call)), slot })
}
