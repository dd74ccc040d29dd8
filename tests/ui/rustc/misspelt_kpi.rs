//! A KPI that is not there.

kpi_runtime::kpis!("registry.yaml");

fn main() {
    KPIS.hrv_rmsd.set(Milliseconds(47.2));
}
