//! The open connections: how many there may be, and which one makes room.

use std::net::{Shutdown, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Counts connections and can end them.
#[derive(Debug)]
pub(super) struct Pool {
    limit: usize,
    state: Mutex<State>,
    ended: Condvar,
}

#[derive(Debug, Default)]
struct State {
    closing: bool,
    next: u64,
    open: Vec<Open>,
}

#[derive(Debug)]
struct Open {
    id: u64,
    stream: TcpStream,
    /// Since when a request is awaited; `None` while one is answered.
    waiting: Option<Instant>,
}

/// One place among the connections, given back when dropped.
#[derive(Debug)]
pub(super) struct Slot {
    pool: Arc<Pool>,
    id: u64,
}

impl Pool {
    pub(super) fn new(limit: usize) -> Self {
        Self { limit: limit.max(1), state: Mutex::default(), ended: Condvar::new() }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A place for a connection. If all are taken, the connection that has awaited a request for longest is ended: a
    /// scrape asks at once, so those who hold connections and say nothing cannot keep it out. `None` if all are at work.
    pub(super) fn admit(self: &Arc<Self>, stream: &TcpStream) -> Option<Slot> {
        let stream = stream.try_clone().ok()?;
        let mut state = self.lock();
        if state.closing {
            return None;
        }
        if state.open.len() >= self.limit {
            let waiting = state.open.iter().enumerate().filter_map(|(at, open)| Some((open.waiting?, at)));
            let (_, oldest) = waiting.min()?;
            // It may have ended by itself.
            let _ = state.open.swap_remove(oldest).stream.shutdown(Shutdown::Both);
        }
        let id = state.next;
        state.next += 1;
        state.open.push(Open { id, stream, waiting: Some(Instant::now()) });
        Some(Slot { pool: Arc::clone(self), id })
    }

    /// Ends the connections that await a request, and those at work once they have answered or the time is up.
    pub(super) fn close(&self, patience: Duration) {
        let mut state = self.lock();
        state.closing = true;
        for open in state.open.iter().filter(|open| open.waiting.is_some()) {
            let _ = open.stream.shutdown(Shutdown::Both);
        }
        let busy = |state: &mut State| !state.open.is_empty();
        let (state, _) =
            self.ended.wait_timeout_while(state, patience, busy).unwrap_or_else(PoisonError::into_inner);
        for open in &state.open {
            let _ = open.stream.shutdown(Shutdown::Both);
        }
    }

    pub(super) fn is_closing(&self) -> bool {
        self.lock().closing
    }
}

impl State {
    /// Since when a connection awaits a request; whether it is still open.
    fn set(&mut self, id: u64, waiting: Option<Instant>) -> bool {
        let open = self.open.iter_mut().find(|open| open.id == id);
        open.map(|open| open.waiting = waiting).is_some()
    }
}

impl Slot {
    /// Says that a request is awaited; false if there is none to be taken any more.
    pub(super) fn waits(&self) -> bool {
        let mut state = self.pool.lock();
        state.set(self.id, Some(Instant::now())) && !state.closing
    }

    /// Says that a request is being answered; false if the connection was ended before.
    pub(super) fn works(&self) -> bool {
        self.pool.lock().set(self.id, None)
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.pool.lock().open.retain(|open| open.id != self.id);
        self.pool.ended.notify_all();
    }
}
