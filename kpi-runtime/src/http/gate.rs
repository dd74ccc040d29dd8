//! How many pages are made at a time.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Lets a few in at a time, in the order in which they came: many who ask at once take neither all of the program's
/// processors nor the memory for a page each.
pub(super) struct Gate {
    places: usize,
    state: Mutex<State>,
    moved: Condvar,
}

#[derive(Debug, Default)]
struct State {
    inside: usize,
    next: u64,
    queue: VecDeque<u64>,
}

/// Being inside, until it is dropped.
pub(super) struct Pass<'a>(&'a Gate);

impl Gate {
    pub(super) fn new(places: usize) -> Self {
        Self { places: places.max(1), state: Mutex::default(), moved: Condvar::new() }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for its turn; `None` if that does not come in time.
    pub(super) fn enter(&self, patience: Duration) -> Option<Pass<'_>> {
        let mut state = self.lock();
        let ticket = state.next;
        state.next += 1;
        state.queue.push_back(ticket);
        let waits = |state: &mut State| state.inside >= self.places || state.queue.front() != Some(&ticket);
        let waited = self.moved.wait_timeout_while(state, patience, waits);
        let (mut state, result) = waited.unwrap_or_else(PoisonError::into_inner);
        state.queue.retain(|waiting| *waiting != ticket);
        // Whoever is next may find a second place.
        self.moved.notify_all();
        if result.timed_out() {
            return None;
        }
        state.inside += 1;
        Some(Pass(self))
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        self.0.lock().inside -= 1;
        self.0.moved.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;
    use std::sync::atomic::Ordering::SeqCst;
    use std::thread;

    use super::*;

    const LONG: Duration = Duration::from_secs(60);

    #[test]
    fn there_are_never_more_inside_than_places() {
        let (gate, inside, most, entered) =
            (Gate::new(2), AtomicUsize::new(0), AtomicUsize::new(0), AtomicUsize::new(0));
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..50 {
                        let _pass = gate.enter(LONG).expect("its turn comes");
                        most.fetch_max(inside.fetch_add(1, SeqCst) + 1, SeqCst);
                        entered.fetch_add(1, SeqCst);
                        thread::yield_now();
                        inside.fetch_sub(1, SeqCst);
                    }
                });
            }
        });
        assert!(most.load(SeqCst) <= 2);
        assert_eq!(entered.load(SeqCst), 400);
    }

    #[test]
    fn who_gives_up_is_in_nobodys_way() {
        let gate = Gate::new(1);
        let pass = gate.enter(Duration::ZERO).expect("there is a place");
        assert!(gate.enter(Duration::from_millis(10)).is_none());
        drop(pass);
        assert!(gate.enter(Duration::ZERO).is_some());
    }
}
