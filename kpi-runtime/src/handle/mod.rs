//! Handles: the fields of the generated struct, and the series that `with` chooses.
//!
//! A handle is one word. Its KPI's number is in its type, so that on the global instance the cell's address is a
//! constant.

mod callback;
mod counter;
mod float_counter;
mod gauge;
mod histogram;
mod in_flight;
mod info;
mod result;
mod state;
mod timer;
mod with_exemplars;

pub use counter::{Counter, CounterSeries};
pub use float_counter::{FloatCounter, FloatCounterSeries};
pub use gauge::{Gauge, GaugeSeries};
pub use histogram::{Histogram, HistogramSeries, NativeHistogram};
pub use in_flight::InFlight;
pub use info::Info;
pub use state::{State, StateSeries};
pub use timer::Timer;
pub use with_exemplars::WithExemplars;

pub use crate::buckets::{Buckets, Native};
pub use crate::callbacks::Callback;
pub(crate) use gauge::decode;

/// The text all handle types have in common: the struct, its constructor, its places, and `with`.
macro_rules! handle {
    (
        $d:tt
        $(#[$doc:meta])*
        $handle:ident<R, K, U $(, $extra:ident: $bound:path)?> gives
        $(#[$series_doc:meta])*
        $series:ident, $width:expr
    ) => {
        $(#[$doc])*
        pub struct $handle<R, const K: usize, U $(, $extra)?, L = ()> {
            #[doc(hidden)]
            pub link: Link,
            #[doc(hidden)]
            pub kpi: PhantomData<fn() -> (R, U $(, $extra)?, L)>,
        }

        $(#[$series_doc])*
        #[must_use = "choosing a series writes nothing to it"]
        pub struct $series<'a, R, U $(, $extra)?> {
            pub(crate) place: Place<R>,
            kpi: PhantomData<(&'a (), fn() -> ((), U $(, $extra)?))>,
        }

        impl<R, U $(, $extra)?> Clone for $series<'_, R, U $(, $extra)?> {
            fn clone(&self) -> Self {
                *self
            }
        }
        impl<R, U $(, $extra)?> Copy for $series<'_, R, U $(, $extra)?> {}

        impl<R, U $(, $extra)?> std::fmt::Debug for $series<'_, R, U $(, $extra)?> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($series)).finish_non_exhaustive()
            }
        }

        impl<R, const K: usize, U $(, $extra)?, L> std::fmt::Debug for $handle<R, K, U $(, $extra)?, L> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($handle)).finish_non_exhaustive()
            }
        }

        impl<'a, R: Registry, U $(, $extra: $bound)?> $series<'a, R, U $(, $extra)?> {
            /// The only series of a family that begins at this cell.
            #[inline]
            pub(super) fn first(link: Link, first: usize) -> Self {
                Self { place: Place::new(link, first, 0), kpi: PhantomData }
            }

            /// The series of these label values.
            #[inline]
            fn of<L: LabelSet>(link: Link, first: usize, values: L::Values<'_>) -> Self {
                if first == crate::layout::LEFT_OUT {
                    return Self::first(link, first);
                }
                let row = L::row(values, interners::<R>(link));
                Self { place: Place::new(link, first, row * $width), kpi: PhantomData }
            }
        }

        impl<R: Registry, const K: usize, U $(, $extra: $bound)?, L: Unlabelled> $handle<R, K, U $(, $extra)?, L> {
            /// The only series.
            #[inline]
            #[allow(dead_code, reason = "one text for all handles")]
            pub(crate) fn only(&self) -> $series<'_, R, U $(, $extra)?> {
                $series::first(self.link, const { R::OFFSETS[K] })
            }
        }

        macro_rules! with {
            ($d($d label:ident $d value:ident),*) => {
                impl<R: Registry, const K: usize, U $(, $extra: $bound)?, $d($d label: Label),*>
                    $handle<R, K, U $(, $extra)?, ($d($d label,)*)>
                {
                    /// Chooses the series of these label values.
                    #[allow(clippy::too_many_arguments, clippy::elidable_lifetime_names, reason = "one text for all arities")]
                    #[inline]
                    pub fn with<'v>(&self, $d($d value: $d label::Value<'v>),*) -> $series<'_, R, U $(, $extra)?> {
                        $series::of::<($d($d label,)*)>(self.link, const { R::OFFSETS[K] }, ($d($d value,)*))
                    }
                }
            };
        }
        for_each_arity!(with);
    };
}
pub(crate) use handle;
