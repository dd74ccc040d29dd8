//! A key that means nothing.

kpi_runtime::kpis!("unknown_key.yaml");

fn main() {}
