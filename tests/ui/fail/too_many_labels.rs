//! More labels than a handle takes.

kpi_runtime::kpis!("too_many_labels.yaml");

fn main() {}
