//! An option that does not exist.

kpi_runtime::kpis!("registry.yaml", agnet = "neuros");

fn main() {}
