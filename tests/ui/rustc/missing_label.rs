//! One label too few.

kpi_runtime::kpis!("registry.yaml");

fn main() {
    KPIS.requests.with(Route::Analyze).inc();
}
