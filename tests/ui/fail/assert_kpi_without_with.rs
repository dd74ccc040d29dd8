//! An assertion looks at one series.

kpi_runtime::kpis!("registry.yaml");

fn main() {
    let kpis = Kpis::new();
    kpi_runtime::assert_kpi!(kpis.requests, 2);
}
