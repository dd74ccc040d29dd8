//! The values of one moment as plain data: what a scrape reads before it writes any format.

use std::borrow::Cow;

use crate::sorted;

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

/// Names and values of labels.
pub type Labels = Vec<(Cow<'static, str>, Cow<'static, str>)>;

/// One series.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Series {
    /// Names and values of the labels.
    pub labels: Labels,
    /// The value.
    pub value: Value,
    /// An example of what a counter counted; a histogram has its own.
    pub exemplar: Option<Box<Exemplar>>,
    /// When a counter, histogram or summary began at zero, in seconds since the epoch.
    pub created: Option<f64>,
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

/// Observations of a histogram, in classic buckets, native ones, or both.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Histogram {
    /// Upper bounds and the number of observations up to each, without the one of +Inf.
    pub cumulative: Vec<(f64, u64)>,
    /// The number of observations, which is the bucket of +Inf and the sum of the native buckets.
    pub count: u64,
    /// Their sum.
    pub sum: f64,
    /// The same observations in native buckets.
    pub native: Option<Box<NativeHistogram>>,
    /// Some of the observations. Formats that have one for each bucket show the latest of each.
    pub exemplars: Vec<Exemplar>,
}

/// Observations in buckets that grow exponentially, as Prometheus' native histograms define them: with the growth factor
/// `base = 2^(2^-schema)`, the positive bucket `i` holds what is in `(base^(i-1), base^i]`, the negative one of that index
/// the same with the sign turned.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct NativeHistogram {
    /// The resolution, from -4 to 8: every power of two is divided into `2^schema` buckets.
    pub schema: i32,
    /// The greatest absolute value that counts as zero.
    pub zero_threshold: f64,
    /// Observations that count as zero.
    pub zero_count: u64,
    /// Indices and counts of positive buckets, by ascending index; a bucket that is not there is empty.
    pub positive: Vec<(i32, u64)>,
    /// Indices and counts of negative buckets, likewise: the first is the one nearest to zero.
    pub negative: Vec<(i32, u64)>,
}

/// One observation, with labels of its own that say where it came from, such as a `trace_id`.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Exemplar {
    /// Names and values of its labels.
    pub labels: Labels,
    /// What was observed, or counted.
    pub value: f64,
    /// When, in seconds since the epoch.
    pub timestamp: Option<f64>,
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
        by_name(&mut self.families);
        self.families.dedup_by(|later, first| later.name == first.name);
        self
    }
}

/// Puts families in the order of their names.
pub(crate) fn by_name(families: &mut [Family]) {
    sorted::by_name(families, |family| &family.name);
}

impl Family {
    /// A family without description and unit.
    pub fn new(name: impl Into<Cow<'static, str>>, kind: Kind, series: Vec<Series>) -> Self {
        Self { name: name.into(), help: Cow::Borrowed(""), unit: Cow::Borrowed(""), kind, series }
    }

    /// With a description.
    #[must_use]
    pub fn with_help(self, help: impl Into<Cow<'static, str>>) -> Self {
        Self { help: help.into(), ..self }
    }

    /// With a unit, as its metric suffix.
    #[must_use]
    pub fn with_unit(self, unit: impl Into<Cow<'static, str>>) -> Self {
        Self { unit: unit.into(), ..self }
    }
}

impl Series {
    /// A series without exemplar, whose beginning is not known.
    pub fn new(labels: Labels, value: Value) -> Self {
        Self { labels, value, exemplar: None, created: None }
    }

    /// With an exemplar, if it is a counter's.
    #[must_use]
    pub fn with_exemplar(self, exemplar: Exemplar) -> Self {
        Self { exemplar: Some(Box::new(exemplar)), ..self }
    }

    /// With the time it began at zero, in seconds since the epoch.
    #[must_use]
    pub fn with_created(self, seconds: f64) -> Self {
        Self { created: Some(seconds), ..self }
    }
}

impl Histogram {
    /// Upper bounds with the number of observations up to each, the number of all and their sum; without native buckets
    /// and exemplars.
    pub fn new(cumulative: Vec<(f64, u64)>, count: u64, sum: f64) -> Self {
        Self { cumulative, count, sum, native: None, exemplars: Vec::new() }
    }

    /// With the same observations in native buckets.
    #[must_use]
    pub fn with_native(self, native: NativeHistogram) -> Self {
        Self { native: Some(Box::new(native)), ..self }
    }

    /// With some of the observations as exemplars.
    #[must_use]
    pub fn with_exemplars(self, exemplars: Vec<Exemplar>) -> Self {
        Self { exemplars, ..self }
    }
}

impl NativeHistogram {
    /// Without observations.
    pub fn new(schema: i32, zero_threshold: f64) -> Self {
        Self { schema, zero_threshold, zero_count: 0, positive: Vec::new(), negative: Vec::new() }
    }

    /// The number of observations: the sum of all buckets.
    pub fn count(&self) -> u64 {
        let buckets = self.positive.iter().chain(&self.negative);
        buckets.fold(self.zero_count, |count, (_, bucket)| count.wrapping_add(*bucket))
    }
}

impl Summary {
    /// Quantiles with their values, the number of observations and their sum.
    pub fn new(quantiles: Vec<(f64, f64)>, count: u64, sum: f64) -> Self {
        Self { quantiles, count, sum }
    }
}

impl Exemplar {
    /// An observation of which it is not known when it was made.
    pub fn new(labels: Labels, value: f64) -> Self {
        Self { labels, value, timestamp: None }
    }

    /// With the time of the observation, in seconds since the epoch.
    #[must_use]
    pub fn at(self, seconds: f64) -> Self {
        Self { timestamp: Some(seconds), ..self }
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
