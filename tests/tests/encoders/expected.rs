//! What a page must say, from the snapshot, by the formats' own rules.

use kpi_runtime::snapshot::{Exemplar, Family, Histogram, Kind, Labels, Series, Snapshot, Value};
use kpi_tests::client_model::{
    self as proto, LabelPair, Metric, MetricFamily, MetricType, Timestamp, native_buckets,
};
use kpi_tests::judge::{self, Number, Sample};
use proptest::prop_assert;
use proptest::test_runner::TestCaseError;
use std::collections::{BTreeMap, BTreeSet};

/// Bounds and quantiles as numbers, because each format has texts of its own for them.
pub(crate) fn normalized(mut families: Vec<judge::Family>) -> Vec<judge::Family> {
    for sample in families.iter_mut().flat_map(|family| &mut family.samples) {
        for name in ["le", "quantile"] {
            if let Some(bound) = sample.labels.get_mut(name) {
                let number: f64 = bound.parse().expect("is a number");
                *bound = format!("{number:e}");
            }
        }
    }
    families
}

/// OpenMetrics wants bounds to have a dot or an exponent.
pub(crate) fn bounds_are_floats(families: &[judge::Family]) -> Result<(), TestCaseError> {
    let samples = families.iter().flat_map(|family| &family.samples);
    for bound in samples.filter_map(|sample| sample.labels.get("le").or(sample.labels.get("quantile"))) {
        prop_assert!(bound == "+Inf" || bound.contains(['.', 'e']), "{}", bound);
    }
    Ok(())
}

/// What the text format says. The parser takes the suffix from counters' names and has no word for what is not known.
pub(crate) fn text(snapshot: &Snapshot) -> Vec<judge::Family> {
    let family = |family: &Family| {
        let kind = match family.kind {
            Kind::Counter => "counter",
            Kind::Histogram => "histogram",
            Kind::Summary => "summary",
            Kind::Unknown => "unknown",
            _ => "gauge",
        };
        let name = family.name.strip_suffix("_total").unwrap_or(&family.name);
        let mut samples = samples(family, false, false);
        if kind == "counter" {
            for sample in &mut samples {
                sample.name = format!("{name}_total");
            }
        }
        judge::Family {
            name: name.to_owned(),
            kind: kind.to_owned(),
            help: family.help.to_string(),
            unit: String::new(),
            samples,
        }
    };
    normalized(exposed(snapshot).map(family).collect())
}

/// What OpenMetrics says.
pub(crate) fn openmetrics(snapshot: &Snapshot, created: bool) -> Vec<judge::Family> {
    let family = |family: &Family| {
        let name = &*family.name;
        let (kind, name) = match family.kind {
            Kind::Counter => name.strip_suffix("_total").map_or(("unknown", name), |name| ("counter", name)),
            Kind::Info => ("info", name.strip_suffix("_info").expect("the name says so")),
            Kind::Histogram => ("histogram", name),
            Kind::Summary => ("summary", name),
            Kind::Unknown => ("unknown", name),
            _ => ("gauge", name),
        };
        let has_unit =
            kind != "info" && !family.unit.is_empty() && name.ends_with(&format!("_{}", family.unit));
        judge::Family {
            name: name.to_owned(),
            kind: kind.to_owned(),
            help: family.help.to_string(),
            unit: if has_unit { family.unit.to_string() } else { String::new() },
            samples: samples(family, kind != "unknown", created && kind != "unknown"),
        }
    };
    normalized(exposed(snapshot).map(family).collect())
}

/// A family without series is not exposed.
fn exposed(snapshot: &Snapshot) -> impl Iterator<Item = &Family> {
    snapshot.families.iter().filter(|family| !family.series.is_empty())
}

fn samples(family: &Family, exemplars: bool, created: bool) -> Vec<Sample> {
    let base = family.name.strip_suffix("_total").unwrap_or(&family.name);
    let begins = matches!(family.kind, Kind::Counter | Kind::Histogram | Kind::Summary);
    let mut samples = Vec::new();
    for series in &family.series {
        let mut add =
            |suffix: &str, bound: Option<(&str, f64)>, value: Number, exemplar: Option<&Exemplar>| {
                let mut labels = pairs(&series.labels);
                labels.extend(bound.map(|(name, bound)| (name.to_owned(), bound.to_string())));
                let name = if suffix == "_created" { base } else { &family.name };
                samples.push(Sample {
                    name: format!("{name}{suffix}"),
                    labels,
                    value,
                    timestamp: None,
                    exemplar: exemplar.filter(|_| exemplars).map(read_exemplar),
                });
            };
        let whole = |number: u64| Number::Whole(number.into());
        match &series.value {
            Value::Whole(number) => add("", None, whole(*number), counted(family, series)),
            Value::Real(number) => add("", None, Number::Real(*number), counted(family, series)),
            Value::Histogram(histogram) => {
                for (bound, count, exemplar) in buckets(histogram) {
                    add("_bucket", Some(("le", bound)), whole(count), exemplar);
                }
                add("_sum", None, Number::Real(histogram.sum), None);
                add("_count", None, whole(histogram.count), None);
            }
            Value::Summary(summary) => {
                for (quantile, value) in &summary.quantiles {
                    add("", Some(("quantile", *quantile)), Number::Real(*value), None);
                }
                add("_sum", None, Number::Real(summary.sum), None);
                add("_count", None, whole(summary.count), None);
            }
            value => panic!("{value:?}"),
        }
        if let Some(seconds) = series.created.filter(|_| created && begins) {
            add("_created", None, Number::Real(seconds), None);
        }
    }
    samples
}

fn pairs(labels: &Labels) -> BTreeMap<String, String> {
    labels.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect()
}

fn read_exemplar(exemplar: &Exemplar) -> judge::Exemplar {
    judge::Exemplar {
        labels: pairs(&exemplar.labels),
        value: Number::Real(exemplar.value),
        timestamp: exemplar.timestamp.map(Number::Real),
    }
}

/// The exemplar of a counter.
fn counted<'a>(family: &Family, series: &'a Series) -> Option<&'a Exemplar> {
    series.exemplar.as_deref().filter(|exemplar| family.kind == Kind::Counter && can_be_shown(exemplar))
}

/// All buckets with that of +Inf, each with the latest exemplar that lies in it; of two at one time the one that was added
/// later.
fn buckets(histogram: &Histogram) -> Vec<(f64, u64, Option<&Exemplar>)> {
    let bounds = histogram.cumulative.iter().copied().chain([(f64::INFINITY, histogram.count)]);
    let mut below = f64::NEG_INFINITY;
    let mut buckets = Vec::new();
    for (bound, count) in bounds {
        let first = buckets.is_empty();
        let own = |exemplar: &&Exemplar| {
            let value = exemplar.value;
            let inside = value <= bound && (value > below || first) || value.is_nan() && bound.is_infinite();
            inside && can_be_shown(exemplar)
        };
        let time = |exemplar: &&Exemplar| exemplar.timestamp.unwrap_or(-1.0);
        let mut latest: Option<&Exemplar> = None;
        for exemplar in histogram.exemplars.iter().filter(own) {
            latest = latest.filter(|latest| time(latest) > time(&exemplar)).or(Some(exemplar));
        }
        buckets.push((bound, count, latest));
        below = bound;
    }
    buckets
}

/// By the rules of OpenMetrics and Prometheus.
fn can_be_shown(exemplar: &Exemplar) -> bool {
    let names: BTreeSet<&str> = exemplar.labels.iter().map(|(name, _)| &**name).collect();
    let texts = exemplar.labels.iter().flat_map(|(name, value)| [name, value]);
    names.len() == exemplar.labels.len()
        && names.iter().all(|name| !name.contains(' ') && !name.starts_with("__"))
        && texts.map(|text| text.chars().count()).sum::<usize>() <= 128
}

/// Native buckets that are not empty, of each histogram that has any: the negative ones, then the positive ones.
type Native = Vec<[Vec<(i32, u64)>; 2]>;

/// What was read, the native buckets apart.
pub(crate) fn without_native_buckets(mut families: Vec<MetricFamily>) -> (Vec<MetricFamily>, Native) {
    let mut native = Native::new();
    let metrics = families.iter_mut().flat_map(|family| &mut family.metric);
    for histogram in metrics.filter_map(|metric| metric.histogram.as_mut()).filter(|h| h.schema.is_some()) {
        let marked = histogram.zero_threshold() > 0.0 || histogram.zero_count() > 0;
        let spans = [&histogram.negative_span, &histogram.positive_span];
        assert!(
            marked || spans.iter().any(|spans| !spans.is_empty()),
            "looks like a classic one: {histogram:?}"
        );
        let read = |spans: &[_], deltas: &[_]| {
            native_buckets(spans, deltas).into_iter().filter(|(_, count)| *count > 0).collect()
        };
        native.push([
            read(&histogram.negative_span, &histogram.negative_delta),
            read(&histogram.positive_span, &histogram.positive_delta),
        ]);
        for spans in [&mut histogram.negative_span, &mut histogram.positive_span] {
            let gaps = spans.iter().skip(1).map(proto::BucketSpan::offset);
            assert!(gaps.into_iter().all(|gap| gap > 2), "spans that should be one: {spans:?}");
            spans.clear();
        }
        histogram.negative_delta.clear();
        histogram.positive_delta.clear();
    }
    (families, native)
}

/// What a protobuf page says, the native buckets apart.
pub(crate) fn protobuf(snapshot: &Snapshot) -> (Vec<MetricFamily>, Native) {
    let mut native = Native::new();
    let families = exposed(snapshot).map(|family| MetricFamily {
        name: Some(family.name.to_string()),
        help: Some(family.help.to_string()).filter(|help| !help.is_empty()),
        r#type: Some(kind(family.kind) as i32),
        metric: family.series.iter().map(|series| metric(family, series, &mut native)).collect(),
        unit: (family.kind != Kind::Info && !family.unit.is_empty()).then(|| family.unit.to_string()),
    });
    (families.collect(), native)
}

fn kind(kind: Kind) -> MetricType {
    match kind {
        Kind::Counter => MetricType::Counter,
        Kind::Histogram => MetricType::Histogram,
        Kind::Summary => MetricType::Summary,
        Kind::Unknown => MetricType::Untyped,
        _ => MetricType::Gauge,
    }
}

fn metric(family: &Family, series: &Series, native: &mut Native) -> Metric {
    let mut metric = Metric { label: label_pairs(&series.labels), ..Metric::default() };
    let start_timestamp = series.created.map(timestamp);
    match &series.value {
        Value::Histogram(histogram) => {
            native.extend(
                histogram.native.as_ref().map(|native| [native.negative.clone(), native.positive.clone()]),
            );
            metric.histogram = Some(proto::Histogram { start_timestamp, ..classic_and_head(histogram) });
        }
        Value::Summary(summary) => {
            let quantile = summary
                .quantiles
                .iter()
                .map(|(quantile, value)| proto::Quantile { quantile: Some(*quantile), value: Some(*value) });
            metric.summary = Some(proto::Summary {
                sample_count: Some(summary.count),
                sample_sum: Some(summary.sum),
                quantile: quantile.collect(),
                start_timestamp,
            });
        }
        value if family.kind == Kind::Counter => {
            let exemplar = counted(family, series).map(proto_exemplar);
            metric.counter = Some(proto::Counter { value: Some(value.as_f64()), exemplar, start_timestamp });
        }
        value => {
            let value = Some(proto::Value { value: Some(value.as_f64()) });
            *(if family.kind == Kind::Unknown { &mut metric.untyped } else { &mut metric.gauge }) = value;
        }
    }
    metric
}

fn classic_and_head(histogram: &Histogram) -> proto::Histogram {
    let native = histogram.native.as_ref();
    let shown = buckets(histogram);
    let infinite = shown.len() - 1;
    // The bucket of +Inf is there for its exemplar only.
    let classic =
        shown.into_iter().enumerate().filter(|(i, (_, _, exemplar))| *i < infinite || exemplar.is_some());
    let bucket = classic.map(|(_, (bound, count, exemplar))| proto::Bucket {
        cumulative_count: Some(count),
        upper_bound: Some(bound),
        exemplar: exemplar.map(proto_exemplar),
    });
    // Those of native histograms need a time.
    let timed =
        histogram.exemplars.iter().filter(|exemplar| exemplar.timestamp.is_some() && can_be_shown(exemplar));
    proto::Histogram {
        sample_count: Some(histogram.count),
        sample_sum: Some(histogram.sum),
        bucket: bucket.collect(),
        schema: native.map(|native| native.schema),
        zero_threshold: native.map(|native| native.zero_threshold),
        zero_count: native.map(|native| native.zero_count),
        exemplars: native.map_or_else(Vec::new, |_| timed.map(proto_exemplar).collect()),
        ..proto::Histogram::default()
    }
}

fn label_pairs(labels: &Labels) -> Vec<LabelPair> {
    let pair = |(name, value): &(_, _)| LabelPair {
        name: Some(String::clone(name)),
        value: Some(String::clone(value)),
    };
    labels.iter().map(|(name, value)| pair(&(name.to_string(), value.to_string()))).collect()
}

fn proto_exemplar(exemplar: &Exemplar) -> proto::Exemplar {
    proto::Exemplar {
        label: label_pairs(&exemplar.labels),
        value: Some(exemplar.value),
        timestamp: exemplar.timestamp.map(timestamp),
    }
}

#[expect(clippy::cast_possible_truncation, reason = "seconds are whole, and a second has few nanoseconds")]
fn timestamp(seconds: f64) -> Timestamp {
    let whole = seconds.floor();
    Timestamp { seconds: whole as i64, nanos: ((seconds - whole) * 1e9) as i32 }
}
