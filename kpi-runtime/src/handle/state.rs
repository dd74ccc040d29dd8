//! States: one of several is on.

use std::marker::PhantomData;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;

use super::handle;
use crate::descriptor::Kind;
use crate::label_set::{Label, LabelSet, Unlabelled, for_each_arity};
use crate::store::{Link, Place, Registry, interners};

handle! { $
    /// Exactly one of several states, exposed from the first write on as a series for each state, 1 for the one that is
    /// on and 0 for the others. A scrape never sees two of them on. `U` is the generated enum of the states.
    State<R, K, U> gives
    /// One set of states of a [`State`] with further labels.
    StateSeries, 1
}

impl<R: Registry, S: for<'v> Label<Value<'v> = S>> StateSeries<'_, R, S> {
    /// Turns this state on and all others off.
    #[inline]
    pub fn set(self, state: S) {
        if let Some(cell) = self.place.cell() {
            AtomicU64::store(cell, S::row(state, &[]) as u64 + 1, Relaxed);
        }
    }

    /// Whether this state is on.
    pub fn is(self, state: S) -> bool {
        self.place.read(&Kind::State).first() == Some(&(S::row(state, &[]) as u64 + 1))
    }
}

impl<R: Registry, const K: usize, S: for<'v> Label<Value<'v> = S>, L: LabelSet> State<R, K, S, L> {
    /// Turns this state on and all others off.
    #[inline]
    pub fn set(&self, state: S)
    where
        L: Unlabelled,
    {
        StateSeries::<R, S>::first(self.link, const { R::OFFSETS[K] }).set(state);
    }

    /// Whether this state is on.
    pub fn is(&self, state: S) -> bool
    where
        L: Unlabelled,
    {
        StateSeries::<R, S>::first(self.link, const { R::OFFSETS[K] }).is(state)
    }
}
