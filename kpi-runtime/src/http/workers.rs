//! The threads that serve connections: started when needed, used again, and never more than there are connections.

use std::collections::VecDeque;
use std::fmt;
use std::io;
use std::net::TcpStream;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use super::pool::Slot;

/// How long a thread waits for another connection before it ends.
const REST: Duration = Duration::from_secs(30);

type Serve = dyn Fn(&Slot, Arc<TcpStream>) + Send + Sync;

/// An accepted connection and its place.
struct Job {
    slot: Slot,
    stream: Arc<TcpStream>,
}

/// Starts a thread.
pub(super) fn spawn(name: &str, work: Box<dyn FnOnce() + Send>) -> io::Result<()> {
    thread::Builder::new().name(name.to_owned()).spawn(work).map(drop)
}

pub(super) struct Workers {
    serve: Box<Serve>,
    state: Mutex<State>,
    given: Condvar,
}

#[derive(Default)]
struct State {
    jobs: VecDeque<Job>,
    resting: usize,
    closing: bool,
}

impl Workers {
    pub(super) fn new(serve: impl Fn(&Slot, Arc<TcpStream>) + Send + Sync + 'static) -> Self {
        Self { serve: Box::new(serve), state: Mutex::default(), given: Condvar::new() }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives a connection to a thread that rests, or to a new one.
    ///
    /// # Errors
    ///
    /// There is no thread to be had; the connection is dropped, and with it its place.
    pub(super) fn give(self: &Arc<Self>, slot: Slot, stream: Arc<TcpStream>) -> io::Result<()> {
        let job = Job { slot, stream };
        let mut state = self.lock();
        if state.resting > state.jobs.len() {
            state.jobs.push_back(job);
            self.given.notify_one();
            return Ok(());
        }
        drop(state);
        let workers = Arc::clone(self);
        spawn("kpi-connection", Box::new(move || workers.work(job)))
    }

    fn work(&self, mut job: Job) {
        loop {
            let Job { slot, stream } = job;
            (self.serve)(&slot, stream);
            // Counted as resting before its place is free: whoever takes the place finds this thread.
            self.lock().resting += 1;
            drop(slot);
            let awaited = |state: &mut State| state.jobs.is_empty() && !state.closing;
            let waited = self.given.wait_timeout_while(self.lock(), REST, awaited);
            let (mut state, _) = waited.unwrap_or_else(PoisonError::into_inner);
            state.resting -= 1;
            match state.jobs.pop_front() {
                Some(next) => job = next,
                None => return,
            }
        }
    }

    /// Lets threads end as soon as they have nothing to do.
    pub(super) fn close(&self) {
        self.lock().closing = true;
        self.given.notify_all();
    }
}

impl fmt::Debug for Workers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Workers").finish_non_exhaustive()
    }
}
