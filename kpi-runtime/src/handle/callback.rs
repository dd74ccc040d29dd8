//! Values that are read when somebody asks.

use super::gauge::encode;
use super::{
    Counter, CounterSeries, FloatCounter, FloatCounterSeries, Gauge, GaugeSeries, State, StateSeries,
};
use crate::callbacks::Callback;
use crate::label_set::{Label, LabelSet, Unlabelled};
use crate::store::Registry;
use crate::unit::{Increment, IntoNonNegative, IntoUnit, Unit};

/// Writes `read_with` for one kind of handle: `$cell` makes of what the function says what the cell would hold.
macro_rules! read_with {
    (
        $(#[$doc:meta])*
        $handle:ident, $series:ident, $unit:ident: [$($bound:tt)+],
        <$($value:ident: $into:path)?> $said:ty, $cell:expr
    ) => {
        impl<R: Registry, $unit: $($bound)+> $series<'_, R, $unit> {
            $(#[$doc])*
            ///
            /// The function stands in place of what is written: as long as the returned guard lives, it is called for
            /// every scrape, snapshot and read. What is written meanwhile shows once the guard is dropped. Of several
            /// functions for one series the newest is called.
            ///
            /// It is called on the thread that asks, which waits for it. If it panics, the series is left out, and
            /// `kpi_runtime_callback_panics_total` counts it.
            pub fn read_with $(<$value: $into>)? (
                self,
                read: impl Fn() -> $said + Send + Sync + 'static,
            ) -> Callback {
                if self.place.is_nowhere() {
                    return Callback::of_nothing();
                }
                let cell = $cell;
                self.place.callbacks().add(self.place.at(), move || cell(read()))
            }
        }

        impl<R: Registry, const K: usize, $unit: $($bound)+, L: LabelSet> $handle<R, K, $unit, L> {
            $(#[$doc])*
            #[doc = concat!("See [`", stringify!($series), "::read_with`].")]
            pub fn read_with $(<$value: $into>)? (
                &self,
                read: impl Fn() -> $said + Send + Sync + 'static,
            ) -> Callback
            where
                L: Unlabelled,
            {
                self.only().read_with(read)
            }
        }
    };
}

read_with! {
    /// Makes what a function says the value: `KPIS.queue_length.read_with(move || Count(queue.len() as f64))`.
    Gauge, GaugeSeries, U: [Unit],
    <V: IntoUnit<U>> V, |value: V| encode(value.amount())
}

read_with! {
    /// Makes what a function says the number so far, from a source that counts already. The source should only grow:
    /// whoever scrapes takes a fall for a restart.
    Counter, CounterSeries, U: [Unit],
    <V: Increment<U>> V, |value: V| value.wholes()
}

read_with! {
    /// Makes what a function says the amount so far, from a source that adds up already. The source should only grow:
    /// whoever scrapes takes a fall for a restart.
    FloatCounter, FloatCounterSeries, U: [Unit],
    <V: IntoNonNegative<U>> V, |value: V| value.non_negative().get().value().to_bits()
}

read_with! {
    /// Makes the state that a function names the one that is on.
    State, StateSeries, S: [for<'v> Label<Value<'v> = S>],
    <> S, |state: S| S::row(state, &[]) as u64 + 1
}
