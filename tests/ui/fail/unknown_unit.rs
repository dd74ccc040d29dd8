//! A unit that nobody knows.

kpi_runtime::kpis!("unknown_unit.yaml");

fn main() {}
