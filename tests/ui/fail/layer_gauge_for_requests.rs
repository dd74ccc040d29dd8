//! A layer counts requests with a counter.

use kpi_runtime::bridge::tower::KpiLayer;

kpi_runtime::kpis!("registry.yaml");

fn main() {
    let _ = KpiLayer::new(|_| Route::Analyze).requests(|_, _| &KPIS.waiting);
}
