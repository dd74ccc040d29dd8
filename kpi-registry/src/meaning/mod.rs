//! What expressions mean: which series they read, which labels are left, and what their values are.
//!
//! [`Schema`] knows the series that a registry tells of, and [`Node`] is an expression in which every part knows what
//! it is. Nothing is judged here; the rules that do stand in [`checks`](crate::checks).

mod infer;
mod labels;
mod schema;
mod slos;

pub use infer::Node;
pub use labels::{Label, Labels};
pub use schema::{Schema, Series};
pub use slos::Slos;

/// What the values of an expression are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantity {
    /// A total that only grows, and begins at zero again when its process does.
    Total(Form),
    /// What came to such a total: per second, or in a window.
    Flow(Form),
    /// Something that goes up and down, and can be added up.
    Level,
    /// A share, a mean, a temperature or whatever else can't be added up.
    Intensive,
    /// A quantile, which can be neither added up nor averaged.
    Quantile,
    /// Always 1: facts as labels.
    Fact,
    /// Anything.
    Unknown,
}

/// What one sample consists of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A number.
    Number,
    /// The observations up to the bound in the label `le`.
    Buckets,
    /// A native histogram.
    Histogram,
}

impl Quantity {
    /// Whether it is a total as it is stored.
    pub const fn is_total(self) -> bool {
        matches!(self, Self::Total(_))
    }
}

/// What the values are measured in: the name of a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measure<'a> {
    /// The unit.
    pub unit: &'a str,
    /// Whether it is per second.
    pub per_second: bool,
}

/// What an expression is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shape<'a> {
    /// The labels of its series.
    pub labels: Labels<'a>,
    /// What its values are.
    pub quantity: Quantity,
    /// What they are measured in, where that is known.
    pub measure: Option<Measure<'a>>,
}

impl Shape<'_> {
    /// That of something of which nothing is known.
    pub fn unknown() -> Self {
        Self { labels: Labels::any(), quantity: Quantity::Unknown, measure: None }
    }

    /// That of a number.
    fn number() -> Self {
        Self { labels: Labels::none(), ..Self::unknown() }
    }
}
