//! From label values to the number of a series.

use std::fmt;

use crate::interner::Interner;

/// A label of a handle's type: a generated enum for a closed one, a generated tuple struct around `&str` for an open one.
pub trait Label: 'static {
    /// What `with` takes: the enum itself, or the tuple struct with the lifetime of its text.
    type Value<'v>: Copy;
    /// The number of rows.
    const ROWS: usize;
    /// The row of a value, less than `ROWS`.
    fn row(value: Self::Value<'_>, interners: &[Interner]) -> usize;
}

/// A text that is no value of a closed label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownValue {
    label: &'static str,
    known: &'static [&'static str],
}

impl UnknownValue {
    /// The values that the label has.
    pub const fn known(&self) -> &'static [&'static str] {
        self.known
    }
}

impl fmt::Display for UnknownValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not a value of label `{}`, which has:", self.label)?;
        for (at, known) in self.known.iter().enumerate() {
            write!(f, "{} {known}", if at == 0 { "" } else { "," })?;
        }
        Ok(())
    }
}

impl std::error::Error for UnknownValue {}

/// The error of a closed label's `FromStr`.
pub const fn unknown_value(label: &'static str, known: &'static [&'static str]) -> UnknownValue {
    UnknownValue { label, known }
}

/// The labels of a handle: `()` or a tuple of one to eight [`Label`]s.
pub trait LabelSet: 'static {
    /// One value for each label.
    type Values<'v>;
    /// The number of series.
    const SERIES: usize;
    /// The row of the values, less than `SERIES`.
    fn row(values: Self::Values<'_>, interners: &[Interner]) -> usize;
}

/// The labels of a handle that has none.
#[diagnostic::on_unimplemented(
    message = "this KPI has labels: choose a series first",
    label = "write `.with(..)` before this method",
    note = "the labels, in order: `{Self}`"
)]
pub trait Unlabelled: LabelSet {}

impl Unlabelled for () {}

impl LabelSet for () {
    type Values<'v> = ();
    const SERIES: usize = 1;

    #[inline]
    fn row((): (), _: &[Interner]) -> usize {
        0
    }
}

/// Calls a macro with the labels and values of each arity.
macro_rules! for_each_arity {
    ($callback:ident) => {
        $callback!(L1 a);
        $callback!(L1 a, L2 b);
        $callback!(L1 a, L2 b, L3 c);
        $callback!(L1 a, L2 b, L3 c, L4 d);
        $callback!(L1 a, L2 b, L3 c, L4 d, L5 e);
        $callback!(L1 a, L2 b, L3 c, L4 d, L5 e, L6 f);
        $callback!(L1 a, L2 b, L3 c, L4 d, L5 e, L6 f, L7 g);
        $callback!(L1 a, L2 b, L3 c, L4 d, L5 e, L6 f, L7 g, L8 h);
    };
}
pub(crate) use for_each_arity;

macro_rules! label_set {
    ($($label:ident $value:ident),*) => {
        impl<$($label: Label),*> LabelSet for ($($label,)*) {
            type Values<'v> = ($($label::Value<'v>,)*);
            const SERIES: usize = 1 $(* $label::ROWS)*;

            #[inline]
            fn row(($($value,)*): Self::Values<'_>, interners: &[Interner]) -> usize {
                let row = 0;
                $(let row = row * $label::ROWS + $label::row($value, interners);)*
                row
            }
        }
    };
}
for_each_arity!(label_set);
