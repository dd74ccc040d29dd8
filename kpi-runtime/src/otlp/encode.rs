//! From a snapshot to the message `ExportMetricsServiceRequest` of OTLP 1.x.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::exemplar;
use super::unit::ucum;
use crate::snapshot::{Family, Histogram, Kind, Series, Snapshot, Summary, Value};
use crate::wire::{self, Message};

/// Fields of `ExportMetricsServiceRequest`.
mod request {
    pub(super) const RESOURCE_METRICS: u32 = 1;
}

/// Fields of `ResourceMetrics`, and of the `Resource` in it.
mod resource {
    pub(super) const RESOURCE: u32 = 1;
    pub(super) const SCOPE_METRICS: u32 = 2;
    pub(super) const ATTRIBUTES: u32 = 1;
}

/// Fields of `ScopeMetrics`, and of the `InstrumentationScope` in it.
mod scope {
    pub(super) const SCOPE: u32 = 1;
    pub(super) const METRICS: u32 = 2;
    pub(super) const NAME: u32 = 1;
    pub(super) const VERSION: u32 = 2;
}

/// Fields of `Metric`.
mod metric {
    pub(super) const NAME: u32 = 1;
    pub(super) const DESCRIPTION: u32 = 2;
    pub(super) const UNIT: u32 = 3;
    pub(super) const GAUGE: u32 = 5;
    pub(super) const SUM: u32 = 7;
    pub(super) const HISTOGRAM: u32 = 9;
    pub(super) const SUMMARY: u32 = 11;
    pub(super) const METADATA: u32 = 12;
}

/// Fields of `Gauge`, `Sum`, `Histogram` and `Summary`.
mod data {
    pub(super) const POINTS: u32 = 1;
    pub(super) const TEMPORALITY: u32 = 2;
    pub(super) const IS_MONOTONIC: u32 = 3;
}

/// Fields that `NumberDataPoint`, `HistogramDataPoint` and `SummaryDataPoint` have in common.
mod point {
    pub(super) const START_TIME: u32 = 2;
    pub(super) const TIME: u32 = 3;
}

/// Fields of `NumberDataPoint`.
mod number {
    pub(super) const AS_DOUBLE: u32 = 4;
    pub(super) const EXEMPLARS: u32 = 5;
    pub(super) const AS_INT: u32 = 6;
    pub(super) const ATTRIBUTES: u32 = 7;
}

/// Fields of `HistogramDataPoint`.
mod histogram {
    pub(super) const COUNT: u32 = 4;
    pub(super) const SUM: u32 = 5;
    pub(super) const BUCKET_COUNTS: u32 = 6;
    pub(super) const EXPLICIT_BOUNDS: u32 = 7;
    pub(super) const EXEMPLARS: u32 = 8;
    pub(super) const ATTRIBUTES: u32 = 9;
}

/// Fields of `SummaryDataPoint`, and of the `ValueAtQuantile` in it.
mod summary {
    pub(super) const COUNT: u32 = 4;
    pub(super) const SUM: u32 = 5;
    pub(super) const QUANTILES: u32 = 6;
    pub(super) const ATTRIBUTES: u32 = 7;
    pub(super) const QUANTILE: u32 = 1;
    pub(super) const VALUE: u32 = 2;
}

/// Fields of `KeyValue`, and of the `AnyValue` in it.
mod pair {
    pub(super) const KEY: u32 = 1;
    pub(super) const VALUE: u32 = 2;
    pub(super) const STRING: u32 = 1;
}

/// `AGGREGATION_TEMPORALITY_CUMULATIVE`
const CUMULATIVE: u64 = 2;

/// When values were read, and since when they have been summed up, both in nanoseconds since the epoch.
#[derive(Debug, Clone, Copy)]
pub(super) struct Times {
    start: u64,
    now: u64,
}

impl Times {
    /// Of values that are read now, in a process that began at some time or else when `fallback` was.
    pub(super) fn of(snapshot: &Snapshot, fallback: SystemTime) -> Self {
        let now = nanoseconds(SystemTime::now());
        let began = snapshot.series("process_start_time_seconds", &[]).map(|series| series.value.as_f64());
        let began = began.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        let start = began.map_or_else(|| nanoseconds(fallback), |began| in_u64(began.as_nanos()));
        // A clock may have been set back meanwhile.
        Self { start: start.min(now), now }
    }
}

fn nanoseconds(time: SystemTime) -> u64 {
    in_u64(time.duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos())
}

fn in_u64(nanoseconds: u128) -> u64 {
    u64::try_from(nanoseconds).unwrap_or(u64::MAX)
}

/// The whole request.
pub(super) fn request<'a>(
    snapshot: &Snapshot,
    attributes: impl IntoIterator<Item = (&'a str, &'a str)>,
    times: Times,
) -> Vec<u8> {
    wire::message(|request| {
        request.message(request::RESOURCE_METRICS, |metrics| {
            metrics.message(resource::RESOURCE, |message| {
                for (key, value) in attributes {
                    attribute(message, resource::ATTRIBUTES, key, value);
                }
            });
            metrics.message(resource::SCOPE_METRICS, |metrics| {
                metrics.message(scope::SCOPE, |message| {
                    message.text(scope::NAME, env!("CARGO_PKG_NAME"));
                    message.text(scope::VERSION, env!("CARGO_PKG_VERSION"));
                });
                for family in &snapshot.families {
                    metrics.message(scope::METRICS, |message| write_metric(message, family, times));
                }
            });
        });
    })
}

pub(super) fn attribute(message: &mut Message<'_>, field: u32, key: &str, value: &str) {
    message.message(field, |pair| {
        pair.text(pair::KEY, key);
        pair.message(pair::VALUE, |any| any.text(pair::STRING, value));
    });
}

fn write_metric(message: &mut Message<'_>, family: &Family, times: Times) {
    message.text(metric::NAME, &family.name);
    if !family.help.is_empty() {
        message.text(metric::DESCRIPTION, &family.help);
    }
    let unit = ucum(&family.unit);
    if !unit.is_empty() {
        message.text(metric::UNIT, &unit);
    }
    let (word, shape) = match family.kind {
        Kind::Counter => ("counter", Shape::Sum { is_monotonic: true }),
        Kind::Gauge => ("gauge", Shape::Gauge),
        Kind::State => ("stateset", Shape::Sum { is_monotonic: false }),
        Kind::Info => ("info", Shape::Sum { is_monotonic: false }),
        Kind::Histogram => ("histogram", Shape::Histogram),
        Kind::Summary => ("summary", Shape::Summary),
        Kind::Unknown => ("unknown", Shape::Gauge),
    };
    message.message(shape.field(), |data| {
        for series in &family.series {
            shape.write_point(data, series, times);
        }
        if matches!(shape, Shape::Sum { .. } | Shape::Histogram) {
            data.uint(data::TEMPORALITY, CUMULATIVE);
        }
        if let Shape::Sum { is_monotonic: true } = shape {
            data.uint(data::IS_MONOTONIC, 1);
        }
    });
    attribute(message, metric::METADATA, "prometheus.type", word);
}

/// The data of a metric.
#[derive(Debug, Clone, Copy)]
enum Shape {
    Gauge,
    Sum { is_monotonic: bool },
    Histogram,
    Summary,
}

impl Shape {
    fn field(self) -> u32 {
        match self {
            Self::Gauge => metric::GAUGE,
            Self::Sum { .. } => metric::SUM,
            Self::Histogram => metric::HISTOGRAM,
            Self::Summary => metric::SUMMARY,
        }
    }

    /// A point of this shape, unless the value has another: a point of the wrong type would be read as a zero.
    fn write_point(self, data: &mut Message<'_>, series: &Series, times: Times) {
        match (self, &series.value) {
            (Self::Gauge, Value::Whole(_) | Value::Real(_)) => {
                data.message(data::POINTS, |point| {
                    point.fixed64(point::TIME, times.now);
                    write_number(point, series);
                });
            }
            (Self::Sum { .. }, Value::Whole(_) | Value::Real(_)) => {
                data.message(data::POINTS, |point| {
                    write_times(point, times);
                    write_number(point, series);
                });
            }
            (Self::Histogram, Value::Histogram(value)) => {
                data.message(data::POINTS, |point| {
                    write_times(point, times);
                    write_histogram(point, series, value);
                });
            }
            (Self::Summary, Value::Summary(value)) => {
                data.message(data::POINTS, |point| {
                    write_times(point, times);
                    write_summary(point, series, value);
                });
            }
            _ => {}
        }
    }
}

fn write_times(point: &mut Message<'_>, Times { start, now }: Times) {
    point.fixed64(point::START_TIME, start);
    point.fixed64(point::TIME, now);
}

fn write_attributes(point: &mut Message<'_>, field: u32, series: &Series) {
    for (name, value) in &series.labels {
        attribute(point, field, name, value);
    }
}

fn write_number(point: &mut Message<'_>, series: &Series) {
    match series.value {
        // The integers of OTLP have a sign.
        Value::Whole(whole) if i64::try_from(whole).is_ok() => point.fixed64(number::AS_INT, whole),
        ref value => point.double(number::AS_DOUBLE, value.as_f64()),
    }
    write_attributes(point, number::ATTRIBUTES, series);
    if let Some(exemplar) = &series.exemplar {
        exemplar::write(point, number::EXEMPLARS, exemplar);
    }
}

fn write_histogram(point: &mut Message<'_>, series: &Series, value: &Histogram) {
    // The bucket up to +Inf is not among the bounds.
    let bounded = value.cumulative.iter().filter(|(bound, _)| bound.is_finite());
    let bounds: Vec<u64> = bounded.clone().map(|(bound, _)| bound.to_bits()).collect();
    let mut below = 0;
    let counts = bounded.map(|(_, cumulative)| *cumulative).chain([value.count]);
    let counts: Vec<u64> = counts
        .map(|cumulative| {
            let count = cumulative.saturating_sub(below);
            below = cumulative;
            count
        })
        .collect();
    point.fixed64(histogram::COUNT, value.count);
    point.double(histogram::SUM, value.sum);
    point.packed_fixed64(histogram::BUCKET_COUNTS, counts.into_iter());
    point.packed_fixed64(histogram::EXPLICIT_BOUNDS, bounds.into_iter());
    write_attributes(point, histogram::ATTRIBUTES, series);
    for exemplar in &value.exemplars {
        exemplar::write(point, histogram::EXEMPLARS, exemplar);
    }
}

fn write_summary(point: &mut Message<'_>, series: &Series, value: &Summary) {
    point.fixed64(summary::COUNT, value.count);
    point.double(summary::SUM, value.sum);
    for (quantile, number) in &value.quantiles {
        point.message(summary::QUANTILES, |message| {
            message.double(summary::QUANTILE, *quantile);
            message.double(summary::VALUE, *number);
        });
    }
    write_attributes(point, summary::ATTRIBUTES, series);
}
