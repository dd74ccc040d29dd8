//! Results, counted as they pass.

use super::{Counter, CounterSeries};
use crate::label_set::{Label, LabelSet, Unlabelled, for_each_arity};
use crate::store::Registry;
use crate::unit::{Countable, Unit};

impl<R: Registry, U: Unit> CounterSeries<'_, R, U> {
    /// Counts one if the result is an error, and hands it on as it is.
    ///
    /// # Errors
    ///
    /// That of the result.
    #[inline]
    pub fn track_err<T, E>(self, result: Result<T, E>) -> Result<T, E>
    where
        U: Countable,
    {
        if result.is_err() {
            self.inc();
        }
        result
    }
}

impl<R: Registry, const K: usize, U: Unit, L: LabelSet> Counter<R, K, U, L> {
    /// Counts one if the result is an error, and hands it on as it is.
    ///
    /// # Errors
    ///
    /// That of the result.
    #[inline]
    pub fn track_err<T, E>(&self, result: Result<T, E>) -> Result<T, E>
    where
        L: Unlabelled,
        U: Countable,
    {
        self.only().track_err(result)
    }
}

macro_rules! track_result {
    ($label:ident $value:ident) => {
        track_result!(($label) $label::Value<'v>, $value);
    };
    ($($label:ident $value:ident),+) => {
        track_result!(($($label),+) ($($label::Value<'v>),+), $($value),+);
    };
    (($($label:ident),+) $values:ty, $($value:ident),+) => {
        impl<R: Registry, const K: usize, U: Unit, $($label: Label),+> Counter<R, K, U, ($($label,)+)> {
            /// Counts one under the labels that the function finds for the result, and hands the result on as it is. Of
            /// several labels the function returns a tuple, in their order; the text of an open one comes from outside of
            /// the result.
            ///
            /// # Errors
            ///
            /// That of the result.
            #[inline]
            pub fn track_result<'v, T, E>(
                &self,
                result: Result<T, E>,
                labels: impl FnOnce(&Result<T, E>) -> $values,
            ) -> Result<T, E>
            where
                U: Countable,
            {
                #[allow(unused_parens, reason = "one text for all arities")]
                let ($($value),+) = labels(&result);
                self.with($($value),+).inc();
                result
            }
        }
    };
}
for_each_arity!(track_result);
