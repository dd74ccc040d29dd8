//! A label that was never declared.

kpi_runtime::kpis!("unknown_label.yaml");

fn main() {}
