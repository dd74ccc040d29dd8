//! A KPI without a description.

kpi_runtime::kpis!("missing_description.yaml");

fn main() {}
