//! A KPI that was to go in a release that the registry has reached.

kpi_runtime::kpis!("past_removal.yaml");

fn main() {}
