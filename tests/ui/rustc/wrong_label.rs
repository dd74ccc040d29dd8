//! A label of another KPI.

kpi_runtime::kpis!("registry.yaml");

fn main() {
    KPIS.analyze_duration.with(Status::Ok).observe(Milliseconds(1.0));
}
