//! A label value that is not there.

kpi_runtime::kpis!("registry.yaml");

fn main() {
    KPIS.requests.with(Route::Analyse, Status::Ok).inc();
}
