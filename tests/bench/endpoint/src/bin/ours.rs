//! The endpoint of kpi-runtime with its defaults.

kpi_runtime::kpis!("../../kpi_registry.yaml");

fn main() -> Result<(), Box<dyn std::error::Error>> {
    KPIS.init()?;
    let mut number = 0;
    let mut next = || {
        number += 1;
        endpoint_bench::value(number)
    };
    for route in Route::ALL.iter().copied() {
        for method in Method::ALL.iter().copied() {
            for status in Status::ALL.iter().copied() {
                KPIS.requests.with(route, method, status).inc_by(next());
                KPIS.retries.with(route, method, status).inc_by(next());
                KPIS.cache_hits.with(route, method, status).inc_by(next());
                KPIS.upstream_calls.with(route, method, status).inc_by(next());
                KPIS.throttled.with(route, method, status).inc_by(next());
            }
        }
    }
    kpi_runtime::serve(endpoint_bench::address())?.wait();
    Ok(())
}
