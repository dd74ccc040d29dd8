//! The `prometheus` crate beside the KPIs, both ways.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may fail loudly")]

mod support;

use kpi_runtime::bridge::prometheus::{KpiCollector, expose};
use kpi_runtime::snapshot;
use kpi_runtime::snapshot::Value;
use kpi_runtime::unit::Seconds;
use prometheus::{Encoder, HistogramOpts, HistogramVec, IntCounterVec, Opts, Registry, TextEncoder};
use support::{Breaker, KPIS, Route};

/// In one test, because what is exposed belongs to the whole process.
#[test]
fn each_shows_the_other_once() {
    let registry = Registry::new();
    let hits = IntCounterVec::new(Opts::new("foreign_hits_total", "Hits"), &["path"]).expect("is sound");
    let opts = HistogramOpts::new("foreign_seconds", "Seconds").buckets(vec![0.5, 1.0, f64::INFINITY]);
    let seconds = HistogramVec::new(opts, &["path"]).expect("is sound");
    registry.register(Box::new(hits.clone())).expect("is new");
    registry.register(Box::new(seconds.clone())).expect("is new");
    hits.with_label_values(&["a\"b"]).inc_by(3);
    seconds.with_label_values(&["x"]).observe(0.7);

    KPIS.requests.with(Route::Analyze).inc();
    KPIS.latency.with(Route::Health).observe(Seconds(0.75));
    KPIS.breaker.with(Route::Health).set(Breaker::Open);
    expose(&registry);

    // Theirs in ours.
    let page = kpi_runtime::exposition::text(&snapshot());
    for line in [
        "# TYPE foreign_hits_total counter\nforeign_hits_total{path=\"a\\\"b\"} 3\n",
        "foreign_seconds_bucket{path=\"x\",le=\"0.5\"} 0\nforeign_seconds_bucket{path=\"x\",le=\"1\"} 1\n\
         foreign_seconds_bucket{path=\"x\",le=\"+Inf\"} 1\nforeign_seconds_sum{path=\"x\"} 0.7\n\
         foreign_seconds_count{path=\"x\"} 1\n",
        "test_requests_total{route=\"analyze\"} 1\n",
    ] {
        assert!(page.contains(line), "{line}\n{page}");
    }

    // Ours in theirs.
    registry.register(Box::new(KpiCollector::new(&KPIS).expect("every family is sound"))).expect("is new");
    let mut text = Vec::new();
    TextEncoder::new().encode(&registry.gather(), &mut text).expect("is sound");
    let text = String::from_utf8(text).expect("is text");
    for line in [
        "test_requests_total{route=\"analyze\"} 1\n",
        "test_latency_seconds_bucket{route=\"health\",le=\"0.5\"} 0\n",
        "test_latency_seconds_bucket{route=\"health\",le=\"+Inf\"} 1\n",
        "test_latency_seconds_sum{route=\"health\"} 0.75\n",
        "test_breaker{route=\"health\",state=\"open\"} 1\n",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }

    // And both ways at once, each family once, ours exact.
    let both = snapshot();
    let ours: Vec<_> = both.families.iter().filter(|family| family.name == "test_requests_total").collect();
    assert_eq!(ours.len(), 1);
    assert_eq!(ours[0].series[0].value, Value::Whole(1));
}
