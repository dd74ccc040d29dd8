//! Counters only grow.

kpi_runtime::kpis!("registry.yaml");

fn main() {
    KPIS.requests.with(Route::Analyze, Status::Ok).inc_by(-1);
}
