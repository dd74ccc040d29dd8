//! A layer's labels are those of the KPI.

use kpi_runtime::bridge::tower::KpiLayer;

kpi_runtime::kpis!("registry.yaml");

fn main() {
    let _ = KpiLayer::new(|_| Route::Analyze)
        .refined(|_, said: Option<Status>| said.unwrap_or(Status::Ok))
        .requests(|&route, status| KPIS.requests.with(status, route));
}
