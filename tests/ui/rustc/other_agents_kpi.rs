//! A KPI of another agent.

kpi_runtime::kpis!("registry.yaml", agent = "neuros");

fn main() {
    KPIS.hrv_rmssd.set(Milliseconds(1.0));
    KPIS.protein.set(GramsPerKilogram(1.6));
}
