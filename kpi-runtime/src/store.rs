//! Where values are kept: one static store per registry with a block of cells for each thread, and heap stores for
//! isolated instances.

use std::marker::PhantomData;
use std::ops::Range;
use std::ptr;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use crate::block;
use crate::callbacks::Callbacks;
use crate::cell;
use crate::descriptor::{Family, Kind, LabelDescriptor, Tables};
use crate::exemplars::Exemplars;
use crate::exposition::{Dialect, Prepared};
use crate::interner::Interner;
use crate::layout;
use crate::native::spill::Spill;
use crate::pool::{self, Block, Blocks, Pool};
use crate::sorted;

/// A generated struct of KPIs. Implemented by generated code only.
pub trait Registry: Sized + Send + Sync + 'static {
    /// The first cell of each family.
    const OFFSETS: &'static [usize];
    /// The static side of the registry.
    fn core() -> &'static Core;
    /// The static store's cells.
    fn cells() -> &'static [AtomicU64];
    /// The block that the current thread has.
    fn block() -> Option<Block>;
    /// Makes this the block that the current thread has.
    fn keep(block: Option<Block>);
    /// The struct over a store.
    fn build(link: Link) -> Self;
}

/// The static side of a registry: its descriptors, its global values, and its place in the list of scraped ones.
#[derive(Debug)]
pub struct Core {
    pub(crate) tables: Tables,
    pub(crate) offsets: &'static [usize],
    owned: usize,
    cells: &'static [AtomicU64],
    interners: &'static [Interner],
    pool: Pool,
    spill: Mutex<Spill>,
    callbacks: Callbacks,
    exemplars: Exemplars,
    families: OnceLock<Vec<Family>>,
    by_name: OnceLock<Vec<usize>>,
    text: OnceLock<Prepared>,
    openmetrics: OnceLock<Prepared>,
    linked: AtomicBool,
    next: OnceLock<&'static Core>,
    free: Mutex<Vec<&'static Store>>,
}

/// A store's values, static or on the heap.
#[derive(Clone, Copy)]
pub(crate) struct Values<'a> {
    /// Of the static store the cells that all threads write to, with what threads left behind.
    pub(crate) cells: &'a [AtomicU64],
    pub(crate) interners: &'a [Interner],
    /// What lies far from what native histograms have cells for.
    pub(crate) spill: &'a Mutex<Spill>,
    /// The functions that stand in place of some cells.
    pub(crate) callbacks: &'a Callbacks,
    /// Where some of the values came from.
    pub(crate) exemplars: &'a Exemplars,
    /// How many cells exist once for each thread.
    pub(crate) owned: usize,
    /// The blocks of these that threads have.
    pub(crate) pool: Option<&'a Pool>,
}

/// The values of an isolated instance.
#[derive(Debug)]
pub(crate) struct Store {
    cells: Vec<AtomicU64>,
    interners: Vec<Interner>,
    spill: Mutex<Spill>,
    callbacks: Callbacks,
    exemplars: Exemplars,
}

/// What a handle holds: nothing for the static store of its registry, or an isolated instance's store.
#[derive(Debug, Clone, Copy)]
pub struct Link(pub(crate) Option<&'static Store>);

impl Core {
    /// The static side of a registry with these descriptors and cells, the first `owned` of which exist for each thread
    /// besides.
    pub const fn new(
        tables: Tables,
        offsets: &'static [usize],
        owned: usize,
        cells: &'static [AtomicU64],
        interners: &'static [Interner],
    ) -> Self {
        Self {
            tables,
            offsets,
            owned,
            cells,
            interners,
            pool: Pool::new(Mutex::new(Blocks::NONE), AtomicBool::new(false), pool::RESTED),
            spill: Mutex::new(Spill::new()),
            callbacks: Callbacks::new(),
            exemplars: Exemplars::new(),
            families: OnceLock::new(),
            by_name: OnceLock::new(),
            text: OnceLock::new(),
            openmetrics: OnceLock::new(),
            linked: AtomicBool::new(false),
            next: OnceLock::new(),
            free: Mutex::new(Vec::new()),
        }
    }

    /// The values that scrapes see.
    pub(crate) fn values(&self) -> Values<'_> {
        Values {
            cells: self.cells,
            interners: self.interners,
            spill: &self.spill,
            callbacks: &self.callbacks,
            exemplars: &self.exemplars,
            owned: self.owned,
            pool: Some(&self.pool),
        }
    }

    /// The families, in the order of the handles' numbers.
    pub(crate) fn families(&self) -> &[Family] {
        self.families.get_or_init(|| self.tables.families())
    }

    /// The cells of the family of this number, if this build has it.
    pub(crate) fn range(&self, family: usize) -> Option<Range<usize>> {
        let first = *self.offsets.get(family).filter(|first| **first != layout::LEFT_OUT)?;
        let shape = self.families().get(family)?.shape;
        Some(first..first + layout::cells(shape, self.tables.labels))
    }

    /// The family that a cell belongs to, with its number.
    pub(crate) fn family_at(&self, cell: usize) -> Option<(usize, &Family)> {
        let has =
            |(number, _): &(usize, &Family)| self.range(*number).is_some_and(|range| range.contains(&cell));
        self.families().iter().enumerate().find(has)
    }

    /// The labels of a family.
    pub(crate) fn labels(&self, family: &Family) -> impl Iterator<Item = &'static LabelDescriptor> {
        let labels = self.tables.labels;
        family.shape.labels.iter().filter_map(|label| labels.get(usize::from(*label)))
    }

    /// The numbers of the families in the order of their names.
    pub(crate) fn by_name(&self) -> &[usize] {
        self.by_name.get_or_init(|| {
            let families = self.families();
            let name = |number: usize| families.get(number).map(|family| family.name);
            sorted::order(families.len(), &|a, b| name(a).cmp(&name(b)))
        })
    }

    /// What text there is of the registry in a dialect.
    pub(crate) fn prepared(&self, dialect: Dialect) -> &Prepared {
        let prepared = match dialect {
            Dialect::Text => &self.text,
            Dialect::OpenMetrics { .. } => &self.openmetrics,
        };
        prepared.get_or_init(|| Prepared::new(self, dialect))
    }

    /// The cell that counts values that were not taken as they were given: the first of the shared ones.
    pub(crate) fn rejected<'a>(&self, cells: &'a [AtomicU64]) -> Option<&'a AtomicU64> {
        cells.get(self.owned)
    }

    /// A block for a thread.
    pub(crate) fn lend(&self) -> Option<Block> {
        self.pool.lend(self.owned)
    }

    /// Takes back the block of a thread that ends.
    pub(crate) fn take_back(&self, block: Block) {
        self.pool.take_back(block, |block| self.fold(block));
    }

    /// Moves the values of a block to the shared cells.
    fn fold(&self, block: Block) {
        let mut series = Vec::new();
        for (number, family) in self.families().iter().enumerate() {
            let Some(range) = self.range(number) else { continue };
            let (Some(from), Some(to)) = (block.get(range.clone()), self.cells.get(range)) else { continue };
            let width = layout::width(&family.shape.kind);
            match family.shape.kind {
                Kind::Histogram(_) | Kind::NativeHistogram => {
                    for (from, to) in from.chunks_exact(width).zip(to.chunks_exact(width)) {
                        series.clear();
                        series.resize(width, 0);
                        cell::read(from, &mut series, &mut Vec::new());
                        cell::merge(to, &series);
                    }
                }
                Kind::FloatCounter => from.iter().zip(to).for_each(|(from, to)| {
                    cell::add_f64(to, f64::from_bits(from.load(Relaxed)));
                }),
                _ => from.iter().zip(to).for_each(|(from, to)| {
                    to.fetch_add(from.load(Relaxed), Relaxed);
                }),
            }
        }
        for cell in block {
            cell.store(0, Relaxed);
        }
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
        free.unwrap_or_else(|| Box::leak(Box::new(Store::new(self.cells.len(), self.tables.labels.len()))))
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

impl Values<'_> {
    /// What lies outside of the cells of native histograms.
    pub(crate) fn spill(&self) -> MutexGuard<'_, Spill> {
        self.spill.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where KPIs write that this build leaves out: it has no cells.
static NOWHERE: Store = Store {
    cells: Vec::new(),
    interners: Vec::new(),
    spill: Mutex::new(Spill::new()),
    callbacks: Callbacks::new(),
    exemplars: Exemplars::new(),
};

impl Store {
    fn new(cells: usize, interners: usize) -> Self {
        Self {
            cells: (0..cells).map(|_| AtomicU64::new(0)).collect(),
            interners: (0..interners).map(|_| Interner::new()).collect(),
            spill: Mutex::new(Spill::new()),
            callbacks: Callbacks::new(),
            exemplars: Exemplars::new(),
        }
    }

    pub(crate) fn values(&self) -> Values<'_> {
        Values {
            cells: &self.cells,
            interners: &self.interners,
            spill: &self.spill,
            callbacks: &self.callbacks,
            exemplars: &self.exemplars,
            owned: 0,
            pool: None,
        }
    }

    fn clear(&self) {
        self.callbacks.clear();
        self.exemplars.clear();
        self.cells.iter().for_each(|cell| cell.store(0, Relaxed));
        self.interners.iter().for_each(Interner::clear);
        self.spill.lock().unwrap_or_else(PoisonError::into_inner).clear();
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
    /// So many cells behind the first one of a family.
    #[inline]
    pub(crate) fn new(link: Link, first: usize, cells: usize) -> Self {
        if first == layout::LEFT_OUT {
            return Self { store: Some(&NOWHERE), at: first, registry: PhantomData };
        }
        Self { store: link.0, at: first + cells, registry: PhantomData }
    }

    /// Whether this build leaves the KPI out: then nothing is to be done. Known at compile time, but for an isolated
    /// instance, where it is one comparison.
    #[inline]
    pub(crate) fn is_nowhere(self) -> bool {
        self.store.is_some_and(|store| ptr::eq(store, &raw const NOWHERE))
    }

    /// The cells from here on that no other thread writes to. `None` if the thread has no block yet, or the family or the
    /// instance is shared.
    #[inline]
    pub(crate) fn own(self, len: usize) -> Option<&'static [AtomicU64]> {
        match self.store {
            None => R::block()?.get(self.at..self.at + len),
            Some(_) => None,
        }
    }

    /// Where to write if there is nothing of the thread's own: a block that it gets now, or else the shared cells. `None`
    /// cannot come about from checked labels, and is not worth a panic.
    pub(crate) fn claim(self, len: usize) -> Option<Claim> {
        if self.store.is_none() && R::block().is_none() {
            let own = block::borrow::<R>().and_then(|block| block.get(self.at..self.at + len));
            if let Some(own) = own {
                return Some(Claim::Own(own));
            }
        }
        self.shared(len).map(Claim::Shared)
    }

    /// The shared cells from here on, to write to.
    #[inline]
    pub(crate) fn shared(self, len: usize) -> Option<&'static [AtomicU64]> {
        if self.is_nowhere() {
            return None;
        }
        if self.store.is_none() {
            R::core().touch();
        }
        self.cells().get(self.at..self.at + len)
    }

    /// The first shared cell.
    #[inline]
    pub(crate) fn cell(self) -> Option<&'static AtomicU64> {
        self.shared(1)?.first()
    }

    #[inline]
    fn cells(self) -> &'static [AtomicU64] {
        match self.store {
            None => R::cells(),
            Some(store) => &store.cells,
        }
    }

    /// The number of the first cell, which names the series.
    pub(crate) fn at(self) -> usize {
        self.at
    }

    /// What lies outside of the cells of native histograms.
    pub(crate) fn spill(self) -> MutexGuard<'static, Spill> {
        let spill = match self.store {
            None => {
                R::core().touch();
                &R::core().spill
            }
            Some(store) => &store.spill,
        };
        spill.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The values of a series of this kind.
    pub(crate) fn read(self, kind: &Kind) -> Vec<u64> {
        if self.is_nowhere() {
            return vec![0; layout::width(kind)];
        }
        let values = self.values();
        let mut read = Vec::new();
        values.sum(self.at..self.at + layout::width(kind), kind, &mut read);
        if let Some((cell, value)) = read.first_mut().zip(values.callbacks.read_one(self.at)) {
            *cell = value;
        }
        read
    }

    /// The values that it is among.
    pub(crate) fn values(self) -> Values<'static> {
        self.store.map_or_else(|| R::core().values(), Store::values)
    }

    /// The functions that stand in place of cells, to add one.
    pub(crate) fn callbacks(self) -> &'static Callbacks {
        match self.store {
            None => {
                R::core().touch();
                &R::core().callbacks
            }
            Some(store) => &store.callbacks,
        }
    }

    /// The exemplars of the store.
    #[inline]
    pub(crate) fn exemplars(self) -> &'static Exemplars {
        match self.store {
            None => &R::core().exemplars,
            Some(store) => &store.exemplars,
        }
    }

    /// Counts a value that was not taken as it was given.
    #[cold]
    pub(crate) fn reject(self) {
        if let Some(cell) = R::core().rejected(self.cells()) {
            cell.fetch_add(1, Relaxed);
        }
    }
}

/// Cells to write to.
#[derive(Clone, Copy)]
pub(crate) enum Claim {
    /// By this thread alone.
    Own(&'static [AtomicU64]),
    /// By all.
    Shared(&'static [AtomicU64]),
}

/// The interners that a handle's open labels are looked up in.
#[inline]
pub(crate) fn interners<R: Registry>(link: Link) -> &'static [Interner] {
    match link.0 {
        None => R::core().interners,
        Some(store) => &store.interners,
    }
}
