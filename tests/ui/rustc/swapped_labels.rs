//! Labels in another order.

kpi_runtime::kpis!("registry.yaml");

fn main() {
    KPIS.requests.with(Status::Ok, Route::Analyze).inc();
}
