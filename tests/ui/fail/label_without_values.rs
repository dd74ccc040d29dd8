//! A label that says neither what it may be nor how much.

kpi_runtime::kpis!("label_without_values.yaml");

fn main() {}
