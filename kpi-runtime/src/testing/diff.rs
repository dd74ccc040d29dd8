//! What has changed between two snapshots.

use std::collections::BTreeMap;
use std::fmt;

use super::shown;
use crate::exposition::{number, series};
use crate::snapshot::{Histogram, Kind, Labels, Snapshot, Summary, Value};

/// What has changed from one snapshot to another, and nothing else: the series in the order of their names and labels.
///
/// As text it has a line for each: what was counted as how much it has grown, other values before and after.
///
/// ```text
/// auren_breaker{state="open"} 0 -> 1
/// auren_hrv_rmssd_ms absent -> 47.2
/// auren_latency_ms{route="cart"} +2 observations, sum 0 -> 37: 1 up to 5, 1 in (5, 25]
/// auren_requests_total{route="cart"} +2
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Diff {
    changes: Vec<Change>,
}

/// One series that has changed.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Change {
    /// The exposed name.
    pub name: String,
    /// Names and values of the labels.
    pub labels: Labels,
    /// The kind of its family.
    pub kind: Kind,
    /// The value before; `None` if the series was not exposed.
    pub before: Option<Value>,
    /// The value after, likewise.
    pub after: Option<Value>,
}

/// What has changed from one snapshot to another.
pub fn diff(before: &Snapshot, after: &Snapshot) -> Diff {
    let mut all: BTreeMap<(&str, Labels), Change> = BTreeMap::new();
    for (snapshot, is_after) in [(before, false), (after, true)] {
        for family in &snapshot.families {
            for one in &family.series {
                let mut labels = one.labels.clone();
                labels.sort();
                let change = all.entry((&family.name, labels)).or_insert_with(|| Change {
                    name: family.name.clone().into_owned(),
                    labels: one.labels.clone(),
                    kind: family.kind,
                    before: None,
                    after: None,
                });
                let value = if is_after { &mut change.after } else { &mut change.before };
                *value = Some(one.value.clone());
            }
        }
    }
    let is_change = |change: &Change| match (&change.before, &change.after) {
        (Some(before), Some(after)) => !before.same(after),
        _ => true,
    };
    let mut changes: Vec<Change> = all.into_values().filter(is_change).collect();
    changes.sort_by(|a, b| (&a.name, &a.labels).cmp(&(&b.name, &b.labels)));
    Diff { changes }
}

impl Diff {
    /// The series that have changed.
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// Whether nothing has changed.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }
}

impl fmt::Display for Diff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, change) in self.changes.iter().enumerate() {
            write!(f, "{}{change}", if at == 0 { "" } else { "\n" })?;
        }
        Ok(())
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, labels, kind, before, after } = self;
        write!(f, "{} ", series(name, labels))?;
        let absent = || "absent".to_owned();
        match (before, after) {
            (None | Some(Value::Whole(_)), Some(Value::Whole(after)))
                if *kind == Kind::Counter && *after > whole(before.as_ref()) =>
            {
                write!(f, "+{}", after - whole(before.as_ref()))
            }
            (None, Some(Value::Histogram(after))) => {
                let none = Histogram::new(Vec::new(), 0, 0.0);
                grown(f, (0, 0.0), (after.count, after.sum), &shown::buckets(&none, after))
            }
            (Some(Value::Histogram(before)), Some(Value::Histogram(after))) => {
                grown(f, (before.count, before.sum), (after.count, after.sum), &shown::buckets(before, after))
            }
            (Some(Value::Summary(before)), Some(Value::Summary(after))) => {
                let part = |summary: &Summary| (summary.count, summary.sum);
                grown(f, part(before), part(after), "")
            }
            _ => {
                let [before, after] =
                    [before, after].map(|value| value.as_ref().map_or_else(absent, shown::value));
                write!(f, "{before} -> {after}")
            }
        }
    }
}

fn whole(value: Option<&Value>) -> u64 {
    if let Some(Value::Whole(number)) = value { *number } else { 0 }
}

/// Writes how many observations there are more, and how the sum has changed.
fn grown(f: &mut fmt::Formatter<'_>, before: (u64, f64), after: (u64, f64), buckets: &str) -> fmt::Result {
    let count = match after.0.checked_sub(before.0) {
        Some(0) => None,
        Some(more) => Some(format!("+{}", shown::observations(more))),
        None => Some(format!("{} -> {}", shown::observations(before.0), shown::observations(after.0))),
    };
    let sum = (!same(before.1, after.1)).then(|| format!("sum {} -> {}", number(before.1), number(after.1)));
    let parts: Vec<String> = count.into_iter().chain(sum).collect();
    let separator = if parts.is_empty() || buckets.is_empty() { "" } else { ": " };
    write!(f, "{}{separator}{buckets}", parts.join(", "))
}

/// Whether two numbers are the same, NaN being the same as NaN.
fn same(a: f64, b: f64) -> bool {
    a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan())
}

impl Value {
    /// Whether two values are the same, NaN being the same as NaN, a whole number the same as the real one, and a histogram
    /// the same as one that only lacks the native buckets.
    pub fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Whole(a), Self::Whole(b)) => a == b,
            (Self::Whole(_) | Self::Real(_), Self::Whole(_) | Self::Real(_)) => {
                same(self.as_f64(), other.as_f64())
            }
            (Self::Histogram(a), Self::Histogram(b)) => {
                let natives = a.native.as_ref().zip(b.native.as_ref());
                a.cumulative == b.cumulative
                    && a.count == b.count
                    && same(a.sum, b.sum)
                    && natives.is_none_or(|(a, b)| a == b)
            }
            (Self::Summary(a), Self::Summary(b)) => {
                let quantiles = a.quantiles.iter().zip(&b.quantiles);
                a.quantiles.len() == b.quantiles.len()
                    && quantiles.into_iter().all(|(a, b)| same(a.0, b.0) && same(a.1, b.1))
                    && a.count == b.count
                    && same(a.sum, b.sum)
            }
            _ => false,
        }
    }
}
