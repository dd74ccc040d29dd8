//! What is expected has the KPI's unit, too.

kpi_runtime::kpis!("registry.yaml");

fn main() {
    let kpis = Kpis::new();
    kpi_runtime::assert_kpi!(kpis.hrv_rmssd, kpi_runtime::unit::Seconds(0.05));
}
