//! A layer observes times, not bytes.

use kpi_runtime::bridge::tower::KpiLayer;

kpi_runtime::kpis!("registry.yaml");

fn main() {
    let _ = KpiLayer::new(|_| Route::Analyze).duration(|_, _| &KPIS.payload);
}
