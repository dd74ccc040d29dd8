//! A registry of nothing.

kpi_runtime::kpis!("no_kpis.yaml");

fn main() {}
