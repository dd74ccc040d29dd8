//! Milliseconds are not under way one by one.

kpi_runtime::kpis!("registry.yaml");

fn main() {
    let _in_flight = KPIS.hrv_rmssd.track();
}
