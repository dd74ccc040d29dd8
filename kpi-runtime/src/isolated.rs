//! An instance of its own, for tests and for work that must not be mixed with the process' values.

use std::fmt;
use std::ops::Deref;

use crate::store::{Link, Registry, Store, Values};

/// A `Kpis` with values of its own, which no scrape sees. It derefs to `Kpis`, so that `f(&kpis)` fits every
/// `fn f(kpis: &Kpis)`, the global `KPIS` alike.
pub struct Isolated<R: Registry> {
    kpis: Box<R>,
    store: &'static Store,
}

impl<R: Registry> Isolated<R> {
    #[doc(hidden)]
    pub fn new() -> Self {
        let store = R::core().lease();
        Self { kpis: Box::new(R::build(Link(Some(store)))), store }
    }

    pub(crate) fn values(&self) -> Values<'_> {
        self.store.values()
    }
}

impl<R: Registry> Default for Isolated<R> {
    fn default() -> Self {
        Self::new()
    }
}

impl<R: Registry> Deref for Isolated<R> {
    type Target = R;

    fn deref(&self) -> &R {
        &self.kpis
    }
}

impl<R: Registry> Drop for Isolated<R> {
    fn drop(&mut self) {
        R::core().give_back(self.store);
    }
}

impl<R: Registry> fmt::Debug for Isolated<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Isolated").finish_non_exhaustive()
    }
}
