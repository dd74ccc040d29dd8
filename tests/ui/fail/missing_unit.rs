//! A KPI without a unit.

kpi_runtime::kpis!("missing_unit.yaml");

fn main() {}
