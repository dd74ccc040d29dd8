//! The labels of a result in another order.

kpi_runtime::kpis!("registry.yaml");

fn main() {
    let _ = KPIS.requests.track_result("7".parse::<u8>(), |_| (Status::Ok, Route::Analyze));
}
