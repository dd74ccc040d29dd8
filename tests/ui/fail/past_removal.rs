//! A KPI that was to go by now: the version of this crate is 0.0.0.

kpi_runtime::kpis!("past_removal.yaml");

fn main() {}
