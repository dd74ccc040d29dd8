//! A layer's functions choose a series.

use kpi_runtime::bridge::tower::KpiLayer;

kpi_runtime::kpis!("registry.yaml");

fn main() {
    let _ = KpiLayer::new(|_| Route::Analyze).requests(|_, _| &KPIS.requests);
}
