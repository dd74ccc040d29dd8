//! An exemplar for a KPI that keeps none.

use kpi_runtime::Exemplar;

kpi_runtime::kpis!("registry.yaml");

fn main() {
    let exemplar = Exemplar::new([("trace_id", "4bf92f3577b34da6a3ce929d0e0e4736")]).unwrap();
    KPIS.requests.with(Route::Analyze, Status::Ok).inc_with(exemplar);
}
