//! Prometheus' protobuf format: `io.prometheus.client.MetricFamily` messages, each behind its length, as `metrics.proto`
//! of its client model defines them. It is the one format that carries native histograms.
//!
//! All numbers but counts of observations are doubles there, so a counter beyond 2^53 is the double nearest to it.

mod exemplar;
mod histogram;

use super::{time, unit};
use crate::snapshot::{Family, Kind, Labels, Series, Snapshot, Summary, Value};
use crate::wire::{self, Message};

/// Fields of `MetricFamily`.
mod family {
    pub(super) const NAME: u32 = 1;
    pub(super) const HELP: u32 = 2;
    pub(super) const TYPE: u32 = 3;
    pub(super) const METRIC: u32 = 4;
    pub(super) const UNIT: u32 = 5;
}

/// Fields of `Metric`.
mod metric {
    pub(super) const LABEL: u32 = 1;
    pub(super) const GAUGE: u32 = 2;
    pub(super) const COUNTER: u32 = 3;
    pub(super) const SUMMARY: u32 = 4;
    pub(super) const UNTYPED: u32 = 5;
    pub(super) const HISTOGRAM: u32 = 7;
}

/// Fields of `LabelPair`.
mod pair {
    pub(super) const NAME: u32 = 1;
    pub(super) const VALUE: u32 = 2;
}

/// Fields of `Counter`; the first is also that of `Gauge` and `Untyped`.
mod counter {
    pub(super) const VALUE: u32 = 1;
    pub(super) const EXEMPLAR: u32 = 2;
    pub(super) const START_TIMESTAMP: u32 = 3;
}

/// Fields of `Summary`.
mod summary {
    pub(super) const SAMPLE_COUNT: u32 = 1;
    pub(super) const SAMPLE_SUM: u32 = 2;
    pub(super) const QUANTILE: u32 = 3;
    pub(super) const START_TIMESTAMP: u32 = 4;
}

/// Fields of `Quantile`.
mod quantile {
    pub(super) const QUANTILE: u32 = 1;
    pub(super) const VALUE: u32 = 2;
}

/// The enumeration `MetricType`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum MetricType {
    Counter = 0,
    Gauge = 1,
    Summary = 2,
    Untyped = 3,
    Histogram = 4,
}

/// The whole page.
pub(super) fn page(snapshot: &Snapshot) -> Vec<u8> {
    let mut out = Vec::new();
    for family in snapshot.families.iter().filter(|family| !family.series.is_empty()) {
        wire::delimited(&mut out, |message| write_family(message, family));
    }
    out
}

impl MetricType {
    fn of(kind: Kind) -> Self {
        match kind {
            Kind::Counter => Self::Counter,
            Kind::Gauge | Kind::State | Kind::Info => Self::Gauge,
            Kind::Histogram => Self::Histogram,
            Kind::Summary => Self::Summary,
            Kind::Unknown => Self::Untyped,
        }
    }
}

fn write_family(message: &mut Message<'_>, family: &Family) {
    message.text(family::NAME, &family.name);
    if !family.help.is_empty() {
        message.text(family::HELP, &family.help);
    }
    message.uint(family::TYPE, MetricType::of(family.kind) as u64);
    for series in family.series.iter().filter(|series| fits(family.kind, &series.value)) {
        message.message(family::METRIC, |metric| write_metric(metric, family.kind, series));
    }
    if let Some(unit) = unit::shown(&family.name, family.kind, &family.unit) {
        message.text(family::UNIT, unit);
    }
}

/// Whether the kind has values of this sort: a message of another type would be read as zeros.
fn fits(kind: Kind, value: &Value) -> bool {
    match value {
        Value::Histogram(_) => kind == Kind::Histogram,
        Value::Summary(_) => kind == Kind::Summary,
        Value::Whole(_) | Value::Real(_) => !matches!(kind, Kind::Histogram | Kind::Summary),
    }
}

fn write_metric(message: &mut Message<'_>, kind: Kind, series: &Series) {
    write_labels(message, metric::LABEL, &series.labels);
    let created = time::created(kind, series);
    match &series.value {
        Value::Histogram(value) => {
            message.message(metric::HISTOGRAM, |message| histogram::write(message, value, created));
        }
        Value::Summary(value) => {
            message.message(metric::SUMMARY, |message| write_summary(message, value, created));
        }
        value if kind == Kind::Counter => message.message(metric::COUNTER, |message| {
            message.double(counter::VALUE, value.as_f64());
            if let Some(exemplar) = &series.exemplar {
                exemplar::write(message, counter::EXEMPLAR, exemplar);
            }
            write_time(message, counter::START_TIMESTAMP, created);
        }),
        value => {
            let field = if kind == Kind::Unknown { metric::UNTYPED } else { metric::GAUGE };
            message.message(field, |message| message.double(counter::VALUE, value.as_f64()));
        }
    }
}

fn write_summary(message: &mut Message<'_>, value: &Summary, created: Option<f64>) {
    message.uint(summary::SAMPLE_COUNT, value.count);
    message.double(summary::SAMPLE_SUM, value.sum);
    for (quantile, value) in &value.quantiles {
        message.message(summary::QUANTILE, |message| {
            message.double(quantile::QUANTILE, *quantile);
            message.double(quantile::VALUE, *value);
        });
    }
    write_time(message, summary::START_TIMESTAMP, created);
}

fn write_labels(message: &mut Message<'_>, field: u32, labels: &Labels) {
    for (name, value) in labels {
        message.message(field, |message| {
            message.text(pair::NAME, name);
            message.text(pair::VALUE, value);
        });
    }
}

/// Writes a `google.protobuf.Timestamp`, if there is a time that one can hold.
fn write_time(message: &mut Message<'_>, field: u32, seconds: Option<f64>) {
    const SECONDS: u32 = 1;
    const NANOS: u32 = 2;
    if let Some((seconds, nanos)) = seconds.and_then(time::timestamp) {
        message.message(field, |message| {
            message.int(SECONDS, seconds);
            message.uint(NANOS, u64::from(nanos));
        });
    }
}
