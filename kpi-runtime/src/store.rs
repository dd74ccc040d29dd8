//! Where values are kept: one static store per registry, and heap stores for isolated instances.

use std::marker::PhantomData;
use std::ptr;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::sync::{Mutex, OnceLock, PoisonError};

use crate::descriptor::{Family, Tables};
use crate::interner::Interner;
use crate::layout;

/// A generated struct of KPIs. Implemented by generated code only.
pub trait Registry: Sized + Send + Sync + 'static {
    /// The first cell of each family.
    const OFFSETS: &'static [usize];
    /// The static side of the registry.
    fn core() -> &'static Core;
    /// The static store's cells.
    fn cells() -> &'static [AtomicU64];
    /// The struct over a store.
    fn build(link: Link) -> Self;
}

/// The static side of a registry: its descriptors, its global values, and its place in the list of scraped ones.
#[derive(Debug)]
pub struct Core {
    pub(crate) tables: Tables,
    pub(crate) offsets: &'static [usize],
    pub(crate) values: Values<'static>,
    families: OnceLock<Vec<Family>>,
    linked: AtomicBool,
    next: OnceLock<&'static Core>,
    free: Mutex<Vec<&'static Store>>,
}

/// A store's values, static or on the heap.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Values<'a> {
    pub(crate) cells: &'a [AtomicU64],
    pub(crate) interners: &'a [Interner],
}

/// The values of an isolated instance.
#[derive(Debug)]
pub(crate) struct Store {
    cells: Box<[AtomicU64]>,
    interners: Box<[Interner]>,
}

/// What a handle holds: nothing for the static store of its registry, or an isolated instance's store.
#[derive(Debug, Clone, Copy)]
pub struct Link(pub(crate) Option<&'static Store>);

impl Core {
    /// The static side of a registry with these descriptors and cells.
    pub const fn new(
        tables: Tables,
        offsets: &'static [usize],
        cells: &'static [AtomicU64],
        interners: &'static [Interner],
    ) -> Self {
        Self {
            tables,
            offsets,
            values: Values { cells, interners },
            families: OnceLock::new(),
            linked: AtomicBool::new(false),
            next: OnceLock::new(),
            free: Mutex::new(Vec::new()),
        }
    }

    /// The families, in the order of the handles' numbers.
    pub(crate) fn families(&self) -> &[Family] {
        self.families.get_or_init(|| self.tables.families())
    }

    /// Puts the registry into scrapes on its first write; afterwards one relaxed load and a predicted branch.
    #[inline]
    pub(crate) fn touch(&'static self) {
        if !self.linked.load(Relaxed) {
            self.link();
        }
    }

    /// Puts the registry into scrapes; it is there when this returns, whoever put it there. Allocates nothing: an
    /// allocator may count with KPIs.
    #[cold]
    pub(crate) fn link(&'static self) {
        let mut end = &HEAD;
        while end.set(self).is_err() {
            match end.get() {
                Some(occupant) if !ptr::eq(*occupant, self) => end = &occupant.next,
                _ => break,
            }
        }
        self.linked.store(true, Relaxed);
    }

    /// A store for an isolated instance, all values unset.
    pub(crate) fn lease(&self) -> &'static Store {
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner).pop();
        free.unwrap_or_else(|| {
            Box::leak(Box::new(Store::new(self.values.cells.len(), self.tables.labels.len())))
        })
    }

    /// Takes a store back, to lend it again: handles hold it for ever, so it is never freed.
    pub(crate) fn give_back(&self, store: &'static Store) {
        store.clear();
        self.free.lock().unwrap_or_else(PoisonError::into_inner).push(store);
    }
}

static HEAD: OnceLock<&'static Core> = OnceLock::new();

/// The registries in scrapes, in the order they came.
pub(crate) fn linked() -> impl Iterator<Item = &'static Core> {
    std::iter::successors(HEAD.get().copied(), |core| core.next.get().copied())
}

impl Store {
    fn new(cells: usize, interners: usize) -> Self {
        Self {
            cells: (0..cells).map(|_| AtomicU64::new(0)).collect(),
            interners: (0..interners).map(|_| Interner::new()).collect(),
        }
    }

    pub(crate) fn values(&self) -> Values<'_> {
        Values { cells: &self.cells, interners: &self.interners }
    }

    fn clear(&self) {
        self.cells.iter().for_each(|cell| cell.store(0, Relaxed));
        self.interners.iter().for_each(Interner::clear);
    }
}

impl Link {
    /// To the static store.
    pub const GLOBAL: Self = Self(None);
}

/// One series' first cell. The number is a constant wherever the labels are.
pub(crate) struct Place<R> {
    store: Option<&'static Store>,
    at: usize,
    registry: PhantomData<fn() -> R>,
}

impl<R> Clone for Place<R> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<R> Copy for Place<R> {}

impl<R: Registry> Place<R> {
    #[inline]
    pub(crate) fn new(link: Link, at: usize) -> Self {
        Self { store: link.0, at, registry: PhantomData }
    }

    /// The cell to write to. `None` cannot come about from checked labels, and is not worth a panic.
    #[inline]
    pub(crate) fn write(self, i: usize) -> Option<&'static AtomicU64> {
        if self.store.is_none() {
            R::core().touch();
        }
        self.read(i)
    }

    /// The cell to read from.
    #[inline]
    pub(crate) fn read(self, i: usize) -> Option<&'static AtomicU64> {
        match self.store {
            None => R::cells().get(self.at + i),
            Some(store) => store.cells.get(self.at + i),
        }
    }

    /// The cells from here on, to write to.
    #[inline]
    pub(crate) fn slice(self, len: usize) -> Option<&'static [AtomicU64]> {
        let cells = match self.store {
            None => {
                R::core().touch();
                R::cells()
            }
            Some(store) => &store.cells,
        };
        cells.get(self.at..self.at + len)
    }

    /// Counts a value that was not taken as it was given.
    #[cold]
    pub(crate) fn reject(self) {
        let cells = self.store.map_or_else(R::cells, |store| &store.cells);
        if let Some(cell) = cells.get(layout::REJECTED) {
            cell.fetch_add(1, Relaxed);
        }
    }
}

/// The interners that a handle's open labels are looked up in.
#[inline]
pub(crate) fn interners<R: Registry>(link: Link) -> &'static [Interner] {
    match link.0 {
        None => R::core().values.interners,
        Some(store) => &store.interners,
    }
}
