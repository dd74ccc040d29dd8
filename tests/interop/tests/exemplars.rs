//! Trace and span of what is counted, from the OpenTelemetry context of a thread into a real Prometheus.
#![allow(clippy::unwrap_used, clippy::panic, reason = "what is unexpected fails the test")]

mod kpis {
    kpi_runtime::kpis!("exemplars.yaml");
}

use std::fs;
use std::path::Path;
use std::time::Duration;

use kpi_runtime::Exemplar;
use kpi_runtime::bridge::opentelemetry::{current, install};
use kpi_tests::http::{escaped, scrape};
use kpi_tests::prometheus::Prometheus;
use kpi_tests::target;
use kpi_tests::wait::eventually;
use kpis::{KPIS, Route};
use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState};
use opentelemetry::{Context, ContextGuard};
use serde_json::{Value, json};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN: &str = "00f067aa0ba902b7";

/// Makes a span the current one, until the guard is dropped.
fn within_span(flags: TraceFlags) -> ContextGuard {
    let (trace, span) = (TraceId::from_hex(TRACE).unwrap(), SpanId::from_hex(SPAN).unwrap());
    let span = SpanContext::new(trace, span, flags, false, TraceState::default());
    Context::new().with_remote_span_context(span).attach()
}

#[test]
fn prometheus_knows_trace_and_span() {
    assert!(install());
    assert_eq!(current(), None, "outside of a span");
    {
        let _span = within_span(TraceFlags::default());
        assert_eq!(current(), None, "what is not sampled can't be looked at");
        KPIS.orders.with(Route::Search).inc();
    }
    {
        let _span = within_span(TraceFlags::SAMPLED);
        KPIS.orders.with(Route::Order).inc();
        KPIS.latency.observe(Duration::from_millis(500));
    }
    let given = Exemplar::new([("trace_id", "given")]).unwrap();
    KPIS.latency.observe_with(Duration::from_secs(3), given);

    let endpoint = kpi_runtime::serve("127.0.0.1:0").unwrap().address().to_string();
    let folder = tempfile::tempdir().unwrap();
    let prometheus = start_prometheus(&endpoint, folder.path());
    for job in ["openmetrics", "protobuf"] {
        let counted = exemplars(&prometheus, &format!("shop_orders_total{{job=\"{job}\"}}"), 1);
        assert_eq!(counted[0]["seriesLabels"]["route"], "order", "{counted:?}");
        let exemplar = &counted[0]["exemplars"][0];
        assert_eq!(exemplar["labels"], json!({"trace_id": TRACE, "span_id": SPAN}), "{counted:?}");
        assert_eq!(exemplar["value"], "1", "{counted:?}");

        let observed = exemplars(&prometheus, &format!("shop_latency_seconds_bucket{{job=\"{job}\"}}"), 2);
        let of = |bound: &[&str]| {
            let is =
                |series: &&Value| bound.contains(&series["seriesLabels"]["le"].as_str().unwrap_or_default());
            observed.iter().find(is).unwrap_or_else(|| panic!("{observed:?}"))["exemplars"][0].clone()
        };
        let (slow, slowest) = (of(&["1", "1.0"]), of(&["+Inf"]));
        assert_eq!((&slow["labels"]["span_id"], &slow["value"]), (&json!(SPAN), &json!("0.5")));
        assert_eq!((&slowest["labels"], &slowest["value"]), (&json!({"trace_id": "given"}), &json!("3")));
    }
}

/// A Prometheus that scrapes the endpoint in two formats: as it asks itself, and for the other with a word from here.
fn start_prometheus(endpoint: &str, folder: &Path) -> Prometheus {
    let asked = endpoint.to_owned();
    let openmetrics = target::start(move |_| scrape(&asked, "application/openmetrics-text;version=1.0.0"));
    let job = |name: &str, target: &str| json!({"job_name": name, "static_configs": [{"targets": [target]}]});
    let config = json!({
        "global": {"scrape_interval": "1s"},
        "scrape_configs": [job("openmetrics", &openmetrics), job("protobuf", endpoint)],
    });
    let file = folder.join("prometheus.yml");
    fs::write(&file, config.to_string()).unwrap();
    Prometheus::start_with(&["exemplar-storage", "native-histograms"], &file, folder)
}

/// What Prometheus stored for so many series of a selector.
fn exemplars(prometheus: &Prometheus, selector: &str, series: usize) -> Vec<Value> {
    let query = escaped(selector);
    eventually("Prometheus has the exemplars", || {
        let data = prometheus.api(&format!("query_exemplars?query={query}&start=0&end=4102444800"))?;
        match data.as_array() {
            Some(found) if found.len() == series => Ok(found.clone()),
            _ => Err(data.to_string()),
        }
    })
}
