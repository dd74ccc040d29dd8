//! Everything generated code may name, and nothing else. It is no public interface: it changes with the generator.
//!
//! # What generated code writes
//!
//! `tests/generated_shape.rs` is an example of the whole. In a module of the user's, with `p` for
//! `::kpi_runtime::private`:
//!
//! 1. For each closed label an enum that is `Clone + Copy` (variants in the order of the values) and
//!    `p::closed_label! { Route, "route", [Analyze = "analyze", Health = "health"] }` with all its values. One whose values
//!    are `ok` and `error` also has `p::outcome!(Outcome, Ok, Error);`.
//! 2. For each open label `pub struct Model<'a>(pub &'a str);` that is `Clone + Copy`, and
//!    `p::open_label!(Model, 2, 20);` with its index among the registry's labels and its limit.
//! 3. For each unit of the registry's own `pub struct MmolPerLitre(pub f64);` that is `Clone + Copy`, and
//!    `p::own_unit!(MmolPerLitre);`.
//! 4. For each set of bucket bounds a unit struct and `p::buckets!(Buckets0, [1.0, 2.5]);`.
//! 5. `pub struct Kpis` with a field per KPI, numbered from 0 in any one order, and
//!    `__link: p::Link` last. The fields' types, `L` being a tuple of labels that is left out where there is none:
//!    `p::Counter<Kpis, K, Unit, L>`, `p::FloatCounter<Kpis, K, Unit, L>`, `p::Gauge<Kpis, K, Unit, L>`,
//!    `p::Histogram<Kpis, K, Unit, Buckets, L>`, `p::NativeHistogram<Kpis, K, Unit, L>`,
//!    `p::State<Kpis, K, StateLabel, L>`, `p::Info<Kpis, K, L>`. A closed label in `L` is the enum, an open one is
//!    `Model<'static>`. A counter of an integral unit is a `Counter`, of any other a `FloatCounter`.
//! 6. `p::registry! { … }`, which makes the static, `Kpis::new()` and `init()`, from
//!    - `about`: the [`About`];
//!    - `labels`: an array of [`LabelDescriptor`], the index of which is what `shapes` and `p::open_label!` name;
//!    - `shapes`: an array of the distinct [`Shape`]s;
//!    - `count`: the number of KPIs, and `shape_of`: an array of that many indices into `shapes`;
//!    - `texts`: one string literal: for each KPI its name, exposed name, description and `file:line`, separated by
//!      U+001F, with U+001E between KPIs (neither may occur in a text);
//!    - `fields`: for each KPI its field and its handle's name;
//!    - `with_exemplars`, if there are any: the same of KPIs that keep exemplars, whose fields' types are
//!      `p::WithExemplars<p::Counter<…>>` and so on.
//!
//! Generated code knows neither cells nor how a store is laid out: those are the runtime's.

pub use crate::block::Own;
pub use crate::conflict::Conflict;
pub use crate::descriptor::{About, Kind, LabelDescriptor, Shape, Tables, Values};
pub use crate::handle::{
    Buckets, Counter, FloatCounter, Gauge, Histogram, Info, NativeHistogram, State, WithExemplars,
};
pub use crate::interner::Interner;
pub use crate::isolated::Isolated;
pub use crate::label_set::{Label, unknown_value};
pub use crate::layout::{Extent, Layout, extents, layout};
pub use crate::pool::Block;
pub use crate::store::{Core, Link, Registry};
pub use crate::unit::{self, Unit};
pub use crate::{
    __buckets as buckets, __closed_label as closed_label, __open_label as open_label, __outcome as outcome,
    __own_unit as own_unit, __registry as registry,
};
pub use std::marker::PhantomData;
pub use std::option::Option;
pub use std::result::Result;
pub use std::sync::atomic::AtomicU64;
pub use std::thread_local;

/// What generated code brings into its module, so that a KPI's value can be written where the KPI is.
pub mod units {
    pub use crate::unit::{
        Bpm, Bytes, Celsius, Count, Days, Eur, GramsPerKilogram, Hertz, Hours, Joules, Messages,
        Milliseconds, Minutes, NonNegative, Percent, Ratio, Requests, Rpm, Score, Seconds, Tokens, Usd,
        Watts,
    };
}

/// The row of a text of an open label.
#[inline]
pub fn intern(interners: &[Interner], label: usize, limit: u32, text: &str) -> usize {
    interners.get(label).map_or(0, |interner| interner.row(limit, text))
}

/// A block as the current thread keeps it.
pub fn own<const CELLS: usize>(block: Option<Block>) -> Option<&'static [AtomicU64; CELLS]> {
    block.and_then(|block| block.try_into().ok())
}

/// Puts a registry into scrapes; of an isolated instance nothing is ever scraped.
///
/// # Errors
///
/// A family of this name is already exposed by another registry.
pub fn init<R: Registry>(link: Link) -> Result<(), Conflict> {
    if link.0.is_none() { crate::conflict::init(R::core()) } else { Ok(()) }
}

#[doc(hidden)]
#[macro_export]
macro_rules! __closed_label {
    ($label:ident, $name:literal, [$($variant:ident = $text:literal,)+]) => {
        impl $label {
            /// Every value, in the order of the registry.
            #[allow(dead_code)]
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The value, as it stands in the label.
            #[allow(dead_code, clippy::must_use_candidate)]
            pub const fn as_str(self) -> &'static ::core::primitive::str {
                match self { $(Self::$variant => $text,)+ }
            }
        }

        impl $crate::private::Label for $label {
            type Value<'v> = Self;
            const ROWS: ::core::primitive::usize = Self::ALL.len();
            #[inline]
            fn row(value: Self, _: &[$crate::private::Interner]) -> ::core::primitive::usize {
                value as ::core::primitive::usize
            }
        }

        impl ::core::fmt::Display for $label {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl ::core::str::FromStr for $label {
            type Err = $crate::UnknownValue;

            fn from_str(text: &::core::primitive::str) -> $crate::private::Result<Self, $crate::UnknownValue> {
                match text {
                    $($text => $crate::private::Result::Ok(Self::$variant),)+
                    _ => $crate::private::Result::Err($crate::private::unknown_value($name, &[$($text,)+])),
                }
            }
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __outcome {
    ($label:ident, $ok:ident, $error:ident) => {
        impl $label {
            /// Which of the two a result is: `KPIS.runs.track_result(run(), Outcome::of)`.
            #[allow(dead_code, clippy::must_use_candidate)]
            pub const fn of<T, E>(result: &$crate::private::Result<T, E>) -> Self {
                match result {
                    $crate::private::Result::Ok(_) => Self::$ok,
                    $crate::private::Result::Err(_) => Self::$error,
                }
            }
        }

        impl<T, E> ::core::convert::From<&$crate::private::Result<T, E>> for $label {
            fn from(result: &$crate::private::Result<T, E>) -> Self {
                Self::of(result)
            }
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __open_label {
    ($label:ident, $index:expr, $limit:expr) => {
        impl $crate::private::Label for $label<'static> {
            type Value<'v> = $label<'v>;
            const ROWS: ::core::primitive::usize = $limit + 1;
            #[inline]
            fn row(value: $label<'_>, interners: &[$crate::private::Interner]) -> ::core::primitive::usize {
                $crate::private::intern(interners, $index, $limit, value.0)
            }
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __own_unit {
    ($unit:ident) => {
        impl $crate::private::Unit for $unit {
            #[inline]
            fn new(value: ::core::primitive::f64) -> Self {
                Self(value)
            }
            #[inline]
            fn value(self) -> ::core::primitive::f64 {
                self.0
            }
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __buckets {
    ($buckets:ident, $bounds:expr) => {
        impl $crate::private::Buckets for $buckets {
            const BOUNDS: &'static [::core::primitive::f64] = &$bounds;
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __registry {
    (
        $kpis:ident, $global:ident;
        about: $about:expr;
        labels: $labels:expr;
        shapes: $shapes:expr;
        count: $count:literal;
        shape_of: $shape_of:expr;
        texts: $texts:expr;
        fields: { $($field:ident: $handle:ident,)* }
        $(with_exemplars: { $($kept:ident: $keeping:ident,)* })?
    ) => {
        /// The KPIs of this process, as scrapes see them.
        #[allow(dead_code)]
        pub static $global: $kpis = $kpis::__build($crate::private::Link::GLOBAL);

        impl ::core::fmt::Debug for $kpis {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.debug_struct(::core::stringify!($kpis)).finish_non_exhaustive()
            }
        }

        #[allow(dead_code, deprecated)]
        impl $kpis {
            // Inline, so that it is not compiled but where an isolated instance is made: it is one long function.
            #[inline]
            const fn __build(link: $crate::private::Link) -> Self {
                Self {
                    $($field: $crate::private::$handle { link, kpi: $crate::private::PhantomData },)*
                    $($($kept: $crate::private::WithExemplars {
                        handle: $crate::private::$keeping { link, kpi: $crate::private::PhantomData },
                    },)*)?
                    __link: link,
                }
            }

            /// An instance of its own, for a test: of the same type, with its own values, never scraped.
            #[allow(clippy::new_ret_no_self, clippy::must_use_candidate, reason = "`Isolated` stands for `Self`")]
            #[inline]
            pub fn new() -> $crate::private::Isolated<Self> {
                $crate::private::Isolated::new()
            }

            /// Puts these KPIs into scrapes now, those that start at zero with their zeros. Without it they are there
            /// from the first write on. On an isolated instance it does nothing.
            ///
            /// # Errors
            ///
            /// Another registry of this program already exposes a family of the same name. This one is then left out.
            pub fn init(&self) -> $crate::private::Result<(), $crate::private::Conflict> {
                $crate::private::init::<Self>(self.__link)
            }
        }

        const _: () = {
            use $crate::private as p;
            static LABELS: &[p::LabelDescriptor] = &$labels;
            const SHAPES: &[p::Shape] = &$shapes;
            const SHAPE_OF: &[::core::primitive::u16] = &$shape_of;
            const EXTENTS: &[p::Extent] = &p::extents::<{ SHAPES.len() }>(SHAPES, LABELS);
            const LAYOUT: &p::Layout<$count> = &p::layout(SHAPE_OF, EXTENTS);
            static CELLS: [p::AtomicU64; LAYOUT.cells] = [const { p::AtomicU64::new(0) }; LAYOUT.cells];
            static INTERNERS: [p::Interner; LABELS.len()] = [const { p::Interner::new() }; LABELS.len()];
            static CORE: p::Core = p::Core::new(
                p::Tables { about: $about, labels: LABELS, shapes: SHAPES, shape_of: SHAPE_OF, texts: $texts },
                &LAYOUT.offsets,
                LAYOUT.owned,
                &CELLS,
                &INTERNERS,
            );
            p::thread_local! {
                static BLOCK: p::Own<{ LAYOUT.owned }> = const { p::Own::new(p::Option::None) };
            }

            impl p::Registry for $kpis {
                const OFFSETS: &'static [::core::primitive::usize] = &LAYOUT.offsets;
                #[inline]
                fn core() -> &'static p::Core {
                    &CORE
                }
                #[inline]
                fn cells() -> &'static [p::AtomicU64] {
                    &CELLS
                }
                #[inline]
                fn block() -> p::Option<p::Block> {
                    match BLOCK.get() {
                        p::Option::Some(block) => p::Option::Some(block),
                        p::Option::None => p::Option::None,
                    }
                }
                fn keep(block: p::Option<p::Block>) {
                    BLOCK.set(p::own(block));
                }
                #[inline]
                fn build(link: p::Link) -> Self {
                    Self::__build(link)
                }
            }
        };
    };
}
