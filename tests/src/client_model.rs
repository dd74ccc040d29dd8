//! Prometheus' client model as `metrics.proto` defines it, read by a protobuf library: what a page in that format says.

use prost::{Enumeration, Message};

/// A label, of a series or of an exemplar.
#[derive(Clone, PartialEq, Message)]
pub struct LabelPair {
    /// Its name.
    #[prost(string, optional, tag = "1")]
    pub name: Option<String>,
    /// Its value.
    #[prost(string, optional, tag = "2")]
    pub value: Option<String>,
}

/// The kind of a family.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enumeration)]
#[repr(i32)]
pub enum MetricType {
    /// Its metrics have a counter.
    Counter = 0,
    /// Its metrics have a gauge.
    Gauge = 1,
    /// Its metrics have a summary.
    Summary = 2,
    /// Its metrics have a value of which nothing is known.
    Untyped = 3,
    /// Its metrics have a histogram.
    Histogram = 4,
    /// Its metrics have a histogram of what comes and goes.
    GaugeHistogram = 5,
}

/// A point in time.
#[derive(Clone, PartialEq, Message)]
pub struct Timestamp {
    /// Seconds since the epoch.
    #[prost(int64, tag = "1")]
    pub seconds: i64,
    /// And this much more.
    #[prost(int32, tag = "2")]
    pub nanos: i32,
}

/// A gauge, or a value of which nothing is known.
#[derive(Clone, PartialEq, Message)]
pub struct Value {
    /// The value.
    #[prost(double, optional, tag = "1")]
    pub value: Option<f64>,
}

/// A counter.
#[derive(Clone, PartialEq, Message)]
pub struct Counter {
    /// The value.
    #[prost(double, optional, tag = "1")]
    pub value: Option<f64>,
    /// An example of what was counted.
    #[prost(message, optional, tag = "2")]
    pub exemplar: Option<Exemplar>,
    /// When it was zero.
    #[prost(message, optional, tag = "3")]
    pub start_timestamp: Option<Timestamp>,
}

/// A quantile of a summary.
#[derive(Clone, PartialEq, Message)]
pub struct Quantile {
    /// Which one.
    #[prost(double, optional, tag = "1")]
    pub quantile: Option<f64>,
    /// Its value.
    #[prost(double, optional, tag = "2")]
    pub value: Option<f64>,
}

/// A summary.
#[derive(Clone, PartialEq, Message)]
pub struct Summary {
    /// The number of observations.
    #[prost(uint64, optional, tag = "1")]
    pub sample_count: Option<u64>,
    /// Their sum.
    #[prost(double, optional, tag = "2")]
    pub sample_sum: Option<f64>,
    /// Quantiles of them.
    #[prost(message, repeated, tag = "3")]
    pub quantile: Vec<Quantile>,
    /// When it was empty.
    #[prost(message, optional, tag = "4")]
    pub start_timestamp: Option<Timestamp>,
}

/// A classic bucket.
#[derive(Clone, PartialEq, Message)]
pub struct Bucket {
    /// The number of observations up to the bound.
    #[prost(uint64, optional, tag = "1")]
    pub cumulative_count: Option<u64>,
    /// The bound.
    #[prost(double, optional, tag = "2")]
    pub upper_bound: Option<f64>,
    /// One of the observations.
    #[prost(message, optional, tag = "3")]
    pub exemplar: Option<Exemplar>,
}

/// Native buckets that follow each other.
#[derive(Clone, PartialEq, Message)]
pub struct BucketSpan {
    /// How far it is from the end of the span before; of the first one, its first bucket.
    #[prost(sint32, optional, tag = "1")]
    pub offset: Option<i32>,
    /// How many they are.
    #[prost(uint32, optional, tag = "2")]
    pub length: Option<u32>,
}

/// A histogram, classic, native, or both.
#[derive(Clone, PartialEq, Message)]
pub struct Histogram {
    /// The number of observations.
    #[prost(uint64, optional, tag = "1")]
    pub sample_count: Option<u64>,
    /// Their sum.
    #[prost(double, optional, tag = "2")]
    pub sample_sum: Option<f64>,
    /// Classic buckets.
    #[prost(message, repeated, tag = "3")]
    pub bucket: Vec<Bucket>,
    /// The resolution of native buckets.
    #[prost(sint32, optional, tag = "5")]
    pub schema: Option<i32>,
    /// What counts as zero.
    #[prost(double, optional, tag = "6")]
    pub zero_threshold: Option<f64>,
    /// How often it was observed.
    #[prost(uint64, optional, tag = "7")]
    pub zero_count: Option<u64>,
    /// Where negative native buckets are.
    #[prost(message, repeated, tag = "9")]
    pub negative_span: Vec<BucketSpan>,
    /// The difference of each count to the one before.
    #[prost(sint64, repeated, tag = "10")]
    pub negative_delta: Vec<i64>,
    /// Where positive native buckets are.
    #[prost(message, repeated, tag = "12")]
    pub positive_span: Vec<BucketSpan>,
    /// The difference of each count to the one before.
    #[prost(sint64, repeated, tag = "13")]
    pub positive_delta: Vec<i64>,
    /// When it was empty.
    #[prost(message, optional, tag = "15")]
    pub start_timestamp: Option<Timestamp>,
    /// Some of the observations in native buckets.
    #[prost(message, repeated, tag = "16")]
    pub exemplars: Vec<Exemplar>,
}

/// One observation.
#[derive(Clone, PartialEq, Message)]
pub struct Exemplar {
    /// Labels of its own.
    #[prost(message, repeated, tag = "1")]
    pub label: Vec<LabelPair>,
    /// What was observed.
    #[prost(double, optional, tag = "2")]
    pub value: Option<f64>,
    /// When.
    #[prost(message, optional, tag = "3")]
    pub timestamp: Option<Timestamp>,
}

/// A series.
#[derive(Clone, PartialEq, Message)]
pub struct Metric {
    /// Its labels.
    #[prost(message, repeated, tag = "1")]
    pub label: Vec<LabelPair>,
    /// Its value, if it is a gauge.
    #[prost(message, optional, tag = "2")]
    pub gauge: Option<Value>,
    /// Its value, if it is a counter.
    #[prost(message, optional, tag = "3")]
    pub counter: Option<Counter>,
    /// Its value, if it is a summary.
    #[prost(message, optional, tag = "4")]
    pub summary: Option<Summary>,
    /// Its value, if nothing is known of it.
    #[prost(message, optional, tag = "5")]
    pub untyped: Option<Value>,
    /// Its value, if it is a histogram.
    #[prost(message, optional, tag = "7")]
    pub histogram: Option<Histogram>,
}

/// Series of one name.
#[derive(Clone, PartialEq, Message)]
pub struct MetricFamily {
    /// The name.
    #[prost(string, optional, tag = "1")]
    pub name: Option<String>,
    /// The description.
    #[prost(string, optional, tag = "2")]
    pub help: Option<String>,
    /// The kind.
    #[prost(enumeration = "MetricType", optional, tag = "3")]
    pub r#type: Option<i32>,
    /// The series.
    #[prost(message, repeated, tag = "4")]
    pub metric: Vec<Metric>,
    /// The unit.
    #[prost(string, optional, tag = "5")]
    pub unit: Option<String>,
}

/// The families of a page of delimited messages.
///
/// # Errors
/// It is no such page.
pub fn families(mut page: &[u8]) -> Result<Vec<MetricFamily>, String> {
    let mut families = Vec::new();
    while !page.is_empty() {
        let family = MetricFamily::decode_length_delimited(&mut page);
        families.push(family.map_err(|error| error.to_string())?);
    }
    Ok(families)
}

/// Indices and counts of native buckets, empty ones among them.
///
/// # Panics
/// When there are more or fewer counts than the spans say.
pub fn native_buckets(spans: &[BucketSpan], deltas: &[i64]) -> Vec<(i32, u64)> {
    let mut end = 0;
    let indices = spans.iter().flat_map(|span| {
        let start = end + span.offset();
        end = start + i32::try_from(span.length()).expect("a span has few buckets");
        start..end
    });
    let indices: Vec<i32> = indices.collect();
    assert_eq!(indices.len(), deltas.len(), "{spans:?} {deltas:?}");
    let mut count = 0u64;
    let counts = deltas.iter().map(|delta| {
        count = count.wrapping_add_signed(*delta);
        count
    });
    indices.into_iter().zip(counts).collect()
}
