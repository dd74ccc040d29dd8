//! The values of one moment as plain data: what a scrape reads before it writes any format.

use std::borrow::Cow;

/// Families in the order of their names.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Snapshot {
    /// The families.
    pub families: Vec<Family>,
}

/// Series of one name.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Family {
    /// The name as the text format shows it, with `_total` for a counter.
    pub name: Cow<'static, str>,
    /// The description.
    pub help: Cow<'static, str>,
    /// The unit's metric suffix; empty for none.
    pub unit: Cow<'static, str>,
    /// The kind.
    pub kind: Kind,
    /// The series; a family without any is not exposed.
    pub series: Vec<Series>,
}

impl Family {
    /// A family with these series.
    pub fn new(
        name: impl Into<Cow<'static, str>>,
        help: impl Into<Cow<'static, str>>,
        unit: impl Into<Cow<'static, str>>,
        kind: Kind,
        series: Vec<Series>,
    ) -> Self {
        Self { name: name.into(), help: help.into(), unit: unit.into(), kind, series }
    }
}

/// The kind of a family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// Only grows.
    Counter,
    /// Comes and goes.
    Gauge,
    /// Observations in buckets.
    Histogram,
    /// Observations with quantiles computed by whoever observed them; only other libraries have these.
    Summary,
    /// One of several states: in every format a gauge for each state, so that the label keeps its name.
    State,
    /// Facts in labels.
    Info,
    /// Nothing is known of it; only other libraries have these.
    Unknown,
}

/// One series.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Series {
    /// Names and values of the labels.
    pub labels: Vec<(Cow<'static, str>, Cow<'static, str>)>,
    /// The value.
    pub value: Value,
}

impl Series {
    /// A series of a value.
    pub fn new(labels: Vec<(Cow<'static, str>, Cow<'static, str>)>, value: Value) -> Self {
        Self { labels, value }
    }
}

/// The value of a series.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Value {
    /// A whole number, exact.
    Whole(u64),
    /// A real number.
    Real(f64),
    /// Observations.
    Histogram(Histogram),
    /// Observations with quantiles.
    Summary(Summary),
}

/// Observations of a histogram.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Histogram {
    /// Upper bounds and the number of observations up to each, without the one of +Inf.
    pub cumulative: Vec<(f64, u64)>,
    /// The number of observations, which is the bucket of +Inf.
    pub count: u64,
    /// Their sum.
    pub sum: f64,
}

impl Histogram {
    /// Observations with these upper bounds, and the number up to each.
    pub fn new(cumulative: Vec<(f64, u64)>, count: u64, sum: f64) -> Self {
        Self { cumulative, count, sum }
    }
}

/// Observations of a summary.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Summary {
    /// Quantiles and their values.
    pub quantiles: Vec<(f64, f64)>,
    /// The number of observations.
    pub count: u64,
    /// Their sum.
    pub sum: f64,
}

impl Snapshot {
    /// The family of this name.
    pub fn family(&self, name: &str) -> Option<&Family> {
        self.families.iter().find(|family| family.name == name)
    }

    /// The series of the family of this name with these labels, in any order.
    pub fn series(&self, name: &str, labels: &[(&str, &str)]) -> Option<&Series> {
        let is = |series: &&Series| {
            let has =
                |(name, value): &(&str, &str)| series.labels.iter().any(|(n, v)| n == name && v == value);
            series.labels.len() == labels.len() && labels.iter().all(has)
        };
        self.family(name)?.series.iter().find(is)
    }

    /// Families by name, those without series dropped, and of several with one name the first kept.
    pub(crate) fn tidy(mut self) -> Self {
        self.families.retain(|family| !family.series.is_empty());
        self.families.sort_by(|a, b| a.name.cmp(&b.name));
        self.families.dedup_by(|later, first| later.name == first.name);
        self
    }
}

impl Value {
    /// The value as a real number; the count of observations.
    #[expect(clippy::cast_precision_loss, reason = "a real number was asked for")]
    pub fn as_f64(&self) -> f64 {
        match self {
            Self::Whole(number) => *number as f64,
            Self::Real(number) => *number,
            Self::Histogram(histogram) => histogram.count as f64,
            Self::Summary(summary) => summary.count as f64,
        }
    }
}
