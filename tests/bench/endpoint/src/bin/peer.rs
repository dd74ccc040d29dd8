//! The endpoint of metrics-exporter-prometheus with its defaults, and the same series.

use metrics::{counter, describe_counter};
use metrics_exporter_prometheus::PrometheusBuilder;

// For the names of label values alone: none of these KPIs is written or exposed.
kpi_runtime::kpis!("../../kpi_registry.yaml");

const FAMILIES: [(&str, &str); 5] = [
    ("bench_requests_total", "Requests answered"),
    ("bench_retries_total", "Requests that were tried again"),
    ("bench_cache_hits_total", "Requests answered from the cache"),
    ("bench_upstream_calls_total", "Requests to other services"),
    ("bench_throttled_total", "Requests that were held back"),
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let _entered = runtime.enter();
    let exporter = PrometheusBuilder::new().with_http_listener(endpoint_bench::address());
    let (recorder, serving) = exporter.build()?;
    metrics::set_global_recorder(recorder)?;
    for (name, help) in FAMILIES {
        describe_counter!(name, help);
    }
    let mut number = 0;
    for route in Route::ALL {
        for method in Method::ALL {
            for status in Status::ALL {
                for (name, _) in FAMILIES {
                    number += 1;
                    let labels =
                        [("route", route.as_str()), ("method", method.as_str()), ("status", status.as_str())];
                    counter!(name, &labels).increment(endpoint_bench::value(number));
                }
            }
        }
    }
    runtime.block_on(serving).map_err(|error| format!("{error:?}").into())
}
