//! A value of another unit.

kpi_runtime::kpis!("registry.yaml");

fn main() {
    KPIS.hrv_rmssd.set(Seconds(0.05));
}
