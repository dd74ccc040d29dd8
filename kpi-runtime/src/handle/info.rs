//! Infos: facts in labels.

use std::fmt;
use std::marker::PhantomData;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Release;

use crate::label_set::{Label, LabelSet, for_each_arity};
use crate::store::{Link, Place, Registry, interners};

/// Facts in labels, such as a version: one series with the value 1, exposed from the first write on. A later write
/// takes the place of the earlier.
pub struct Info<R, const K: usize, L> {
    #[doc(hidden)]
    pub link: Link,
    #[doc(hidden)]
    pub kpi: PhantomData<fn() -> (R, L)>,
}

impl<R, const K: usize, L> fmt::Debug for Info<R, K, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Info").finish_non_exhaustive()
    }
}

impl<R: Registry, const K: usize, L: LabelSet> Info<R, K, L> {
    fn store(&self, values: L::Values<'_>) {
        let place = Place::<R>::new(self.link, const { R::OFFSETS[K] }, 0);
        if let Some(cell) = place.cell() {
            let row = L::row(values, interners::<R>(self.link));
            // Whoever reads the row knows its texts.
            AtomicU64::store(cell, row as u64 + 1, Release);
        }
    }
}

macro_rules! set {
    ($($label:ident $value:ident),*) => {
        impl<R: Registry, const K: usize, $($label: Label),*> Info<R, K, ($($label,)*)> {
            /// Makes these the facts.
            #[allow(clippy::too_many_arguments, clippy::elidable_lifetime_names, reason = "one text for all arities")]
            pub fn set<'v>(&self, $($value: $label::Value<'v>),*) {
                self.store(($($value,)*));
            }
        }
    };
}
for_each_arity!(set);
