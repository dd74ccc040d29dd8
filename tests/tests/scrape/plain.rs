//! Native histograms and exemplars on their way into a real Prometheus, from snapshots made by hand.

use super::FORMATS;
use kpi_runtime::exposition::{openmetrics, protobuf};
use kpi_runtime::snapshot::{Exemplar, Family, Histogram, Kind, NativeHistogram, Series, Snapshot, Value};
use kpi_tests::http::{Page, escaped};
use kpi_tests::prometheus::Prometheus;
use kpi_tests::target;
use kpi_tests::wait::eventually;
use serde_json::{Value as Json, json};
use std::fs;
use std::time::{SystemTime, UNIX_EPOCH};

/// A text that every format has to escape, or write the length of.
const AWKWARD: &str = "a\"b\\c\nd\u{e9}";

const ESCAPED: &str = "a\\\"b\\\\c\\nd\u{e9}";

fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("the clock is right").as_secs_f64()
}

/// Observations of which the answers to all questions are known: 2 of zero, 10 of -2 and less, 30 up to 1, 40 up to 2, and
/// 18 of up to 1024, in buckets that end at those numbers.
fn native() -> Histogram {
    let mut native = NativeHistogram::new(3, 2f64.powi(-128));
    native.zero_count = 2;
    native.negative = vec![(8, 10)];
    native.positive = vec![(0, 30), (7, 15), (8, 25), (80, 18)];
    Histogram::new(Vec::new(), native.count(), 1234.5).with_native(native)
}

fn exemplar(trace: &'static str, value: f64, seconds: f64) -> Exemplar {
    Exemplar::new(vec![("trace_id".into(), trace.into()), ("text".into(), AWKWARD.into())], value).at(seconds)
}

fn snapshot(seconds: f64) -> Snapshot {
    let labels = || vec![("path".into(), AWKWARD.into())];
    let too_long = Exemplar::new(vec![("trace_id".into(), "x".repeat(200).into())], 5.0).at(seconds);
    let counter = Series::new(labels(), Value::Whole((1 << 53) + 1)).with_exemplar(exemplar(
        "of-a-counter",
        1.0,
        seconds,
    ));
    let classic = Histogram::new(vec![(1.0, 3), (2.0, 5)], 9, 20.0).with_exemplars(vec![
        exemplar("up-to-one", 0.5, seconds),
        exemplar("beyond-two", 7.0, seconds),
        too_long,
    ]);
    let native = native().with_exemplars(vec![exemplar("in-native", 1.5, seconds)]);
    let mut both = self::native();
    both.cumulative = vec![(1.0, 42), (2.0, 82)];
    let histogram = |name, histogram| {
        Family::new(name, Kind::Histogram, vec![Series::new(labels(), Value::Histogram(histogram))])
    };
    Snapshot {
        families: vec![
            histogram("both_seconds", both),
            histogram("classic_seconds", classic),
            Family::new("jobs_total", Kind::Counter, vec![counter]).with_help("Jobs \"done\" \\ or\nnot"),
            histogram("native_seconds", native),
            Family::new("weird", Kind::Gauge, weird()),
        ],
    }
}

/// Values that texts of numbers are bad at.
fn weird() -> Vec<Series> {
    let values = [
        ("least", 5e-324),
        ("most", f64::MAX),
        ("inf", f64::INFINITY),
        ("minus_inf", f64::NEG_INFINITY),
        ("nan", f64::NAN),
    ];
    let series = |(name, value): (&'static str, f64)| {
        Series::new(vec![("of".into(), name.into())], Value::Real(value))
    };
    values.into_iter().map(series).collect()
}

#[test]
fn native_histograms_and_exemplars_arrive() {
    let [_, (_, openmetrics_type), (_, protobuf_type)] = FORMATS;
    let as_protobuf = move |accept: &str| {
        let first = accept.starts_with(protobuf_type);
        let page = || Page { content_type: protobuf_type.to_string(), body: protobuf(&snapshot(now())) };
        first.then(page).ok_or_else(|| format!("Prometheus does not ask for protobuf first: {accept}"))
    };
    let as_openmetrics = move |_: &str| {
        Ok(Page {
            content_type: openmetrics_type.to_string(),
            body: openmetrics(&snapshot(now())).into_bytes(),
        })
    };
    let folder = tempfile::tempdir().unwrap();
    let job =
        |name: &str, target: String| json!({"job_name": name, "static_configs": [{"targets": [target]}]});
    let config = json!({
        "global": {"scrape_interval": "1s"},
        "scrape_configs": [job("protobuf", target::start(as_protobuf)), job("openmetrics", target::start(as_openmetrics))],
    });
    let file = folder.path().join("prometheus.yml");
    fs::write(&file, config.to_string()).unwrap();
    let prometheus = Prometheus::start_with(&["exemplar-storage", "native-histograms"], &file, folder.path());

    native_histograms_answer(&prometheus);
    for job in ["protobuf", "openmetrics"] {
        values_are_kept(&prometheus, job);
        exemplars_are_kept(&prometheus, job);
    }
}

fn one(prometheus: &Prometheus, expression: &str) -> f64 {
    let samples = prometheus.wait_for(expression);
    assert_eq!(samples.len(), 1, "{expression}: {samples:?}");
    assert_eq!(samples[0].labels["path"], AWKWARD);
    samples[0].value
}

fn native_histograms_answer(prometheus: &Prometheus) {
    for name in ["native_seconds", "both_seconds"] {
        let selector = format!("{name}{{job=\"protobuf\"}}");
        let ask = |expression: String| one(prometheus, &expression);
        assert_eq!(ask(format!("histogram_count({selector})")), 100.0);
        assert_eq!(ask(format!("histogram_sum({selector})")), 1234.5);
        // From bound to bound nothing is estimated.
        for (low, high, fraction) in
            [("-Inf", "0", 0.11), ("0", "1", 0.31), ("1", "2", 0.4), ("2", "1024", 0.18)]
        {
            let found = ask(format!("histogram_fraction({low}, {high}, {selector})"));
            assert!((found - fraction).abs() < 1e-9, "{low} to {high}: {found}");
        }
        // Within a bucket it is, and how is Prometheus' own affair.
        for (quantile, low, high) in
            [("0.05", -2.0, -1.834), ("0.3", 0.917, 1.0), ("0.6", 1.834, 2.0), ("0.99", 939.0, 1024.0)]
        {
            let found = ask(format!("histogram_quantile({quantile}, {selector})"));
            assert!(low <= found && found <= high, "{quantile}: {found}");
        }
        buckets_are_where_they_were_put(prometheus, &selector);
    }
}

/// As Prometheus has them: how the ends belong (0: the upper one does, 1: the lower one, 3: both), the ends, and the count.
fn buckets_are_where_they_were_put(prometheus: &Prometheus, selector: &str) {
    let data = prometheus.api(&format!("query?query={}", escaped(selector))).expect("Prometheus answers");
    let histogram = &data["result"][0]["histogram"][1];
    let number =
        |value: &Json| value.as_str().expect("numbers are texts").parse::<f64>().expect("is a number");
    let buckets: Vec<_> = histogram["buckets"].as_array().expect("there are buckets").iter().collect();
    let root = 2f64.powf(0.125);
    let zero = 2f64.powi(-128);
    let expected = [
        (1, -2.0, -2.0 / root, 10.0),
        (3, -zero, zero, 2.0),
        (0, 1.0 / root, 1.0, 30.0),
        (0, 2.0 / root / root, 2.0 / root, 15.0),
        (0, 2.0 / root, 2.0, 25.0),
        (0, 1024.0 / root, 1024.0, 18.0),
    ];
    assert_eq!(buckets.len(), expected.len(), "{buckets:?}");
    for (bucket, (ends, low, high, count)) in buckets.iter().zip(expected) {
        assert_eq!(bucket[0], ends, "{bucket}");
        assert!((number(&bucket[1]) / low - 1.0).abs() < 1e-12, "{bucket}");
        assert!((number(&bucket[2]) / high - 1.0).abs() < 1e-12, "{bucket}");
        assert_eq!(number(&bucket[3]), count, "{bucket}");
    }
}

fn values_are_kept(prometheus: &Prometheus, job: &str) {
    // The double nearest to it.
    assert_eq!(one(prometheus, &format!("jobs_total{{job=\"{job}\"}}")), 9_007_199_254_740_992.0);
    assert_eq!(one(prometheus, &format!("classic_seconds_bucket{{job=\"{job}\",le=\"2.0\"}}")), 5.0);
    assert_eq!(one(prometheus, &format!("classic_seconds_bucket{{job=\"{job}\",le=\"+Inf\"}}")), 9.0);
    for series in weird() {
        let of = &series.labels[0].1;
        let found = prometheus.wait_for(&format!("weird{{job=\"{job}\",of=\"{of}\"}}"))[0].value;
        let value = series.value.as_f64();
        assert!(found == value || found.is_nan() && value.is_nan(), "{of}: {found}");
    }
    let help = prometheus.api("metadata?metric=jobs_total").expect("Prometheus answers");
    let help = help["jobs_total"].as_array().into_iter().flatten().find(|of| of["help"] != "");
    if job == "protobuf" {
        assert_eq!(help.expect("there is metadata")["help"], "Jobs \"done\" \\ or\nnot");
    }
}

fn exemplars_are_kept(prometheus: &Prometheus, job: &str) {
    let mut expected = vec![
        (format!("jobs_total{{job=\"{job}\"}}"), "of-a-counter", 1.0),
        (format!("classic_seconds_bucket{{job=\"{job}\",le=\"1.0\"}}"), "up-to-one", 0.5),
        (format!("classic_seconds_bucket{{job=\"{job}\",le=\"+Inf\"}}"), "beyond-two", 7.0),
    ];
    let of_native = if job == "protobuf" { "native_seconds" } else { "native_seconds_bucket" };
    expected.push((format!("{of_native}{{job=\"{job}\"}}"), "in-native", 1.5));
    for (selector, trace, value) in expected {
        let end = now() + 60.0;
        let path = format!("query_exemplars?query={}&start={}&end={end}", escaped(&selector), end - 600.0);
        let found = eventually(&selector, || {
            let data = prometheus.api(&path)?;
            let first = data[0]["exemplars"][0].clone();
            if first.is_null() { Err(data.to_string()) } else { Ok(first) }
        });
        assert_eq!(found["labels"]["trace_id"], trace, "{selector}");
        let text = found["labels"]["text"].as_str().expect("a label is text");
        // Prometheus 2.42 reads OpenMetrics' exemplars without taking the escapes back.
        assert!(text == AWKWARD || job == "openmetrics" && text == ESCAPED, "{selector}: {text:?}");
        assert_eq!(found["value"].as_str().and_then(|value| value.parse().ok()), Some(value), "{selector}");
        let age = now() - found["timestamp"].as_f64().expect("has a time");
        assert!((-1.0..600.0).contains(&age), "{selector}: {age} s old");
    }
}
