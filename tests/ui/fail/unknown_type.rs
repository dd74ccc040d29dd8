//! A kind of metric that does not exist.

kpi_runtime::kpis!("unknown_type.yaml");

fn main() {}
