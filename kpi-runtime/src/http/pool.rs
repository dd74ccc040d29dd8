//! The open connections: how many there may be, and which one makes room.

use std::collections::BTreeMap;
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
    open: BTreeMap<u64, Open>,
}

#[derive(Debug)]
struct Open {
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
            let waiting = state.open.iter().filter_map(|(id, open)| Some((open.waiting?, *id)));
            let (_, oldest) = waiting.min()?;
            if let Some(open) = state.open.remove(&oldest) {
                // It may have ended by itself.
                let _ = open.stream.shutdown(Shutdown::Both);
            }
        }
        let id = state.next;
        state.next += 1;
        state.open.insert(id, Open { stream, waiting: Some(Instant::now()) });
        Some(Slot { pool: Arc::clone(self), id })
    }

    /// Ends the connections that await a request, and those at work once they have answered or the time is up.
    pub(super) fn close(&self, patience: Duration) {
        let mut state = self.lock();
        state.closing = true;
        for open in state.open.values().filter(|open| open.waiting.is_some()) {
            let _ = open.stream.shutdown(Shutdown::Both);
        }
        let busy = |state: &mut State| !state.open.is_empty();
        let (state, _) =
            self.ended.wait_timeout_while(state, patience, busy).unwrap_or_else(PoisonError::into_inner);
        for open in state.open.values() {
            let _ = open.stream.shutdown(Shutdown::Both);
        }
    }

    pub(super) fn is_closing(&self) -> bool {
        self.lock().closing
    }
}

impl Slot {
    /// Says that a request is awaited; false if there is none to be taken any more.
    pub(super) fn waits(&self) -> bool {
        let mut state = self.pool.lock();
        let closing = state.closing;
        state.open.get_mut(&self.id).map(|open| open.waiting = Some(Instant::now())).is_some() && !closing
    }

    /// Says that a request is being answered; false if the connection was ended before.
    pub(super) fn works(&self) -> bool {
        self.pool.lock().open.get_mut(&self.id).map(|open| open.waiting = None).is_some()
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.pool.lock().open.remove(&self.id);
        self.pool.ended.notify_all();
    }
}
