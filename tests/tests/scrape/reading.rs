//! What a scrape shows, in the same words for every format.

use kpi_tests::client_model::{self, Metric, native_buckets};
use kpi_tests::exposition::{Series, samples};
use kpi_tests::http::Page;
use std::collections::BTreeMap;

/// The samples of a scrape by their names in the text format. Bounds are written as the shortest numbers.
pub(crate) type Reading = BTreeMap<Series, f64>;

/// Reads a page by its own word of what it is.
///
/// # Panics
/// When it is something else, or a native histogram is not whole.
pub(crate) fn read(page: &Page) -> Reading {
    if page.content_type.starts_with("application/vnd.google.protobuf;") {
        return read_protobuf(&page.body);
    }
    let text = std::str::from_utf8(&page.body).expect("is text");
    let openmetrics = page.content_type.starts_with("application/openmetrics-text;");
    assert_eq!(text.ends_with("# EOF\n"), openmetrics, "{}", page.content_type);
    let plain = |(mut series, value): (Series, f64)| {
        if let Some(bound) = series.labels.get_mut("le") {
            *bound = shortest(bound.parse().expect("is a number"));
        }
        (series, value)
    };
    samples(text).into_iter().map(plain).collect()
}

fn shortest(bound: f64) -> String {
    bound.to_string()
}

#[expect(clippy::cast_precision_loss, reason = "counts are small")]
fn read_protobuf(page: &[u8]) -> Reading {
    let mut reading = Reading::new();
    for family in client_model::families(page).expect("is protobuf") {
        for metric in &family.metric {
            let labels = || metric.label.iter().map(|pair| (pair.name().to_owned(), pair.value().to_owned()));
            let mut add = |suffix: &str, bound: Option<f64>, value: f64| {
                let bound = bound.map(|bound| ("le".to_owned(), shortest(bound)));
                let labels = labels().chain(bound).collect();
                reading.insert(Series { name: format!("{}{suffix}", family.name()), labels }, value);
            };
            if let Some(histogram) = &metric.histogram {
                for bucket in &histogram.bucket {
                    add("_bucket", bucket.upper_bound, bucket.cumulative_count() as f64);
                }
                add("_bucket", Some(f64::INFINITY), histogram.sample_count() as f64);
                add("_sum", None, histogram.sample_sum());
                add("_count", None, histogram.sample_count() as f64);
                native_buckets_are_whole(histogram);
            } else {
                add("", None, scalar(metric));
            }
        }
    }
    reading
}

fn scalar(metric: &Metric) -> f64 {
    let counter = metric.counter.as_ref().map(client_model::Counter::value);
    let gauge = metric.gauge.as_ref().map(client_model::Value::value);
    counter.or(gauge).unwrap_or_else(|| panic!("a metric without a value: {metric:?}"))
}

/// The count is the sum of the native buckets, which a histogram has that has no others.
fn native_buckets_are_whole(histogram: &client_model::Histogram) {
    assert_eq!(histogram.schema.is_some(), histogram.bucket.is_empty(), "{histogram:?}");
    if histogram.schema.is_some() {
        let negative = native_buckets(&histogram.negative_span, &histogram.negative_delta);
        let positive = native_buckets(&histogram.positive_span, &histogram.positive_delta);
        let sum: u64 = negative.iter().chain(&positive).map(|(_, count)| count).sum();
        assert_eq!(sum + histogram.zero_count(), histogram.sample_count(), "{histogram:?}");
    }
}
