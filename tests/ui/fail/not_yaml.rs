//! A bracket that is never closed.

kpi_runtime::kpis!("not_yaml.yaml");

fn main() {}
