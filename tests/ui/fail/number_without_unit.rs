//! A number says nothing about its unit.

kpi_runtime::kpis!("registry.yaml");

fn main() {
    KPIS.hrv_rmssd.set(47.2);
}
