//! A signed number may be negative.

kpi_runtime::kpis!("registry.yaml");

fn main() {
    let n: i64 = 3;
    KPIS.requests.with(Route::Analyze, Status::Ok).inc_by(n);
}
