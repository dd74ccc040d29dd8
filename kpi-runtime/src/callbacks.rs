//! Values that are read when somebody asks: functions in place of cells.
//!
//! A function is called with no lock held, so it may write to KPIs, read them, register another and drop its own guard.
//! While it runs, what its thread asks for is answered from the cells alone: a function that asks for a value that it is
//! read for itself, or takes a snapshot, ends.

use std::cell::Cell;
use std::fmt;
use std::mem;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::sorted::Sorted;

/// Tells what the cell would hold.
type Read = Arc<dyn Fn() -> u64 + Send + Sync>;

/// The functions of one store.
pub(crate) struct Callbacks {
    /// In the order they came.
    entries: Mutex<Vec<Entry>>,
    /// How often the function of a cell has panicked.
    panics: Mutex<Sorted<usize, u64>>,
}

struct Entry {
    id: u64,
    /// The cell that it stands for.
    at: usize,
    read: Read,
}

static NEXT_ID: AtomicU64 = AtomicU64::new(0);

impl Callbacks {
    /// None.
    pub(crate) const fn new() -> Self {
        Self { entries: Mutex::new(Vec::new()), panics: Mutex::new(Sorted::new()) }
    }

    /// Puts a function in place of a cell, before any that is there already.
    pub(crate) fn add(&'static self, at: usize, read: impl Fn() -> u64 + Send + Sync + 'static) -> Callback {
        let id = NEXT_ID.fetch_add(1, Relaxed);
        self.entries().push(Entry { id, at, read: Arc::new(read) });
        Callback { of: Some(self), id }
    }

    /// Calls the newest function of every cell that has one.
    pub(crate) fn read(&self) -> Readings {
        let Some(_within) = Within::enter() else { return Readings::default() };
        let mut newest: Sorted<usize, Option<Read>> = Sorted::new();
        for entry in self.entries().iter() {
            *newest.entry(entry.at) = Some(Arc::clone(&entry.read));
        }
        let mut readings = Vec::with_capacity(newest.entries().len());
        for (at, read) in newest.entries() {
            readings.extend(read.as_ref().map(|read| (*at, self.call(*at, read))));
        }
        Readings(readings)
    }

    /// Calls the newest function of one cell. `None` if it has none, or if it panics.
    pub(crate) fn read_one(&self, at: usize) -> Option<u64> {
        let _within = Within::enter()?;
        let read =
            self.entries().iter().rfind(|entry| entry.at == at).map(|entry| Arc::clone(&entry.read))?;
        match self.call(at, &read) {
            Said::Value(cell) => Some(cell),
            Said::Nothing => None,
        }
    }

    fn call(&self, at: usize, read: &Read) -> Said {
        // Whether the function is in a state to be called again is its own affair: it is, with the next scrape.
        if let Ok(cell) = catch_unwind(AssertUnwindSafe(|| read())) {
            return Said::Value(cell);
        }
        let mut panics = self.panics();
        let count = panics.entry(at);
        *count = count.wrapping_add(1);
        Said::Nothing
    }

    /// How often functions have panicked, by the cell they stand for.
    pub(crate) fn panics(&self) -> MutexGuard<'_, Sorted<usize, u64>> {
        self.panics.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets all of them.
    pub(crate) fn clear(&self) {
        let entries = mem::take(&mut *self.entries());
        // Without the lock: what they hold may drop the guard of another.
        drop(entries);
        self.panics().clear();
    }

    fn remove(&self, id: u64) {
        let entry = {
            let mut entries = self.entries();
            entries.iter().position(|entry| entry.id == id).map(|at| entries.remove(at))
        };
        // As above.
        drop(entry);
    }

    fn entries(&self) -> MutexGuard<'_, Vec<Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Callbacks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Callbacks").finish_non_exhaustive()
    }
}

/// What a function said.
#[derive(Clone, Copy)]
pub(crate) enum Said {
    /// What the cell would hold.
    Value(u64),
    /// It panicked: there is no value.
    Nothing,
}

/// What the functions of a store said, in the order of their cells.
#[derive(Default)]
pub(crate) struct Readings(Vec<(usize, Said)>);

impl Readings {
    /// Those of some cells.
    pub(crate) fn within(&self, cells: &Range<usize>) -> &[(usize, Said)] {
        let [begin, end] = [cells.start, cells.end].map(|end| self.0.partition_point(|(at, _)| *at < end));
        self.0.get(begin..end).unwrap_or_default()
    }

    /// That of a cell, if it has a function.
    pub(crate) fn of(&self, cell: usize) -> Option<Said> {
        self.within(&(cell..cell + 1)).first().map(|(_, said)| *said)
    }
}

/// A function that is called for the value of a series, until this is dropped.
///
/// When it is dropped, a call that has begun on another thread may still go on; none begins any more.
#[must_use = "a callback is not called any more once this is dropped; bind it, or keep it `.forever()`"]
pub struct Callback {
    of: Option<&'static Callbacks>,
    id: u64,
}

impl Callback {
    /// That of a KPI that this build leaves out: nobody asks for its value.
    pub(crate) const fn of_nothing() -> Self {
        Self { of: None, id: 0 }
    }

    /// Leaves the function in place until the program ends; that of an isolated instance, until the instance is dropped.
    pub fn forever(mut self) {
        self.of = None;
    }
}

impl Drop for Callback {
    fn drop(&mut self) {
        if let Some(callbacks) = self.of {
            callbacks.remove(self.id);
        }
    }
}

impl fmt::Debug for Callback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Callback").finish_non_exhaustive()
    }
}

thread_local! {
    static WITHIN: Cell<bool> = const { Cell::new(false) };
}

/// Marks this thread as within a function until it is dropped.
struct Within(());

impl Within {
    /// `None` if it is within one already.
    fn enter() -> Option<Self> {
        (!WITHIN.replace(true)).then(|| Self(()))
    }
}

impl Drop for Within {
    fn drop(&mut self) {
        WITHIN.set(false);
    }
}
