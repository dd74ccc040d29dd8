//! Samples, put together to families.

use std::collections::BTreeMap;

use super::PromError;
use super::line::{Fault, Sample};
use crate::exposition::series;
use crate::snapshot::{Family, Histogram, Kind, Labels, Series, Snapshot, Summary, Value};

/// What was read so far.
#[derive(Debug, Default)]
pub(super) struct Families {
    by_name: BTreeMap<String, Partial>,
}

#[derive(Debug)]
struct Partial {
    kind: Kind,
    help: String,
    /// In the order they came.
    series: Vec<Parts>,
}

impl Default for Partial {
    fn default() -> Self {
        Self { kind: Kind::Unknown, help: String::new(), series: Vec::new() }
    }
}

/// The samples of one series.
#[derive(Debug, Default)]
struct Parts {
    labels: Labels,
    /// Where its first sample stands.
    line: usize,
    value: Option<Value>,
    buckets: Vec<(f64, u64)>,
    quantiles: Vec<(f64, f64)>,
    sum: Option<f64>,
    count: Option<u64>,
}

/// What a sample is of its series.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Part {
    Value,
    Bucket(f64),
    Quantile(f64),
    Sum,
    Count,
}

impl Families {
    pub(super) fn help(&mut self, name: &str, help: String) {
        self.by_name.entry(name.to_owned()).or_default().help = help;
    }

    pub(super) fn kind(&mut self, name: &str, kind: Kind) -> Result<(), Fault> {
        let family = self.by_name.entry(name.to_owned()).or_default();
        if family.kind != Kind::Unknown || !family.series.is_empty() {
            return Err(Fault::at_begin(format!("the type of `{name}` stands once, before its samples")));
        }
        family.kind = kind;
        Ok(())
    }

    pub(super) fn sample(&mut self, line: usize, sample: Sample<'_>) -> Result<(), Fault> {
        let Sample { name, mut labels, number } = sample;
        let shown = || series(name, &labels);
        let twice = Fault::at_begin(format!("`{}` is there twice", shown()));
        let (family, part) = self.part_of(name, &mut labels)?;
        let number = Number::read(part, number)?;
        let all = &mut self.by_name.entry(family.to_owned()).or_default().series;
        let at = all.iter().position(|parts| parts.labels == labels).unwrap_or_else(|| {
            all.push(Parts { labels, line, ..Parts::default() });
            all.len() - 1
        });
        let is_new = all.get_mut(at).is_none_or(|parts| parts.add(part, number));
        if is_new { Ok(()) } else { Err(twice) }
    }

    /// The family that a sample belongs to, and what it is of its series; takes the label away that says so.
    fn part_of<'n>(&self, name: &'n str, labels: &mut Labels) -> Result<(&'n str, Part), Fault> {
        let kind_of = |name: &str| self.by_name.get(name).map(|family| family.kind);
        if kind_of(name) == Some(Kind::Summary) {
            return taken(labels, "quantile").map(|quantile| (name, Part::Quantile(quantile)));
        }
        let of = |suffix: &str| name.strip_suffix(suffix).map(|base| (base, kind_of(base)));
        Ok(match (of("_bucket"), of("_sum"), of("_count")) {
            (Some((base, Some(Kind::Histogram))), _, _) => (base, Part::Bucket(taken(labels, "le")?)),
            (_, Some((base, Some(Kind::Histogram | Kind::Summary))), _) => (base, Part::Sum),
            (_, _, Some((base, Some(Kind::Histogram | Kind::Summary)))) => (base, Part::Count),
            _ => (name, Part::Value),
        })
    }

    pub(super) fn finish(self) -> Result<Snapshot, PromError> {
        let family = |(name, Partial { kind, help, series: all }): (String, Partial)| {
            let series = all.into_iter().map(|parts| parts.finish(&name, kind)).collect::<Result<_, _>>()?;
            Ok(Family::new(name, kind, series).with_help(help))
        };
        let families = self.by_name.into_iter().map(family).collect::<Result<_, _>>()?;
        Ok(Snapshot { families }.tidy())
    }
}

impl Parts {
    /// Adds a sample; false if it is there already.
    fn add(&mut self, part: Part, Number { real, whole }: Number) -> bool {
        match part {
            Part::Value => self.value.replace(whole.map_or(Value::Real(real), Value::Whole)).is_none(),
            Part::Sum => self.sum.replace(real).is_none(),
            Part::Count => self.count.replace(whole.unwrap_or_default()).is_none(),
            Part::Bucket(bound) => add(&mut self.buckets, bound, whole.unwrap_or_default()),
            Part::Quantile(quantile) => add(&mut self.quantiles, quantile, real),
        }
    }

    fn finish(self, name: &str, kind: Kind) -> Result<Series, PromError> {
        let Self { labels, line, value, mut buckets, quantiles, sum, count } = self;
        let sum = sum.unwrap_or(f64::NAN);
        let value = match kind {
            Kind::Histogram => {
                buckets.retain(|(bound, _)| bound.is_finite());
                count.map(|count| Value::Histogram(Histogram::new(buckets, count, sum)))
            }
            Kind::Summary => count.map(|count| Value::Summary(Summary::new(quantiles, count, sum))),
            _ => value,
        };
        let missing = || {
            let message = format!("`{}` has no sample of its `_count`", series(name, &labels));
            PromError { line, column: 1, message }
        };
        let value = value.ok_or_else(missing)?;
        Ok(Series::new(labels, value))
    }
}

/// The number of a sample.
struct Number {
    real: f64,
    /// If it is one.
    whole: Option<u64>,
}

impl Number {
    fn read(part: Part, text: &str) -> Result<Self, Fault> {
        let real = text.parse().unwrap_or(f64::NAN);
        let whole = text.strip_suffix(".0").unwrap_or(text).parse().ok();
        if whole.is_none() && matches!(part, Part::Count | Part::Bucket(_)) {
            return Err(Fault::at_begin(format!("`{text}` is no number of observations")));
        }
        Ok(Self { real, whole })
    }
}

/// Adds a bucket or a quantile; false if it is there already.
fn add<T>(steps: &mut Vec<(f64, T)>, at: f64, number: T) -> bool {
    let is_new = steps.iter().all(|(known, _)| known.to_bits() != at.to_bits());
    steps.push((at, number));
    is_new
}

/// Takes a label away that is a number.
fn taken(labels: &mut Labels, name: &str) -> Result<f64, Fault> {
    let at = labels.iter().position(|(label, _)| label == name);
    let value = at.and_then(|at| labels.remove(at).1.parse().ok());
    value.ok_or_else(|| Fault::at_begin(format!("expected the label `{name}` with a number")))
}
