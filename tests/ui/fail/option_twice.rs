//! Two agents at once.

kpi_runtime::kpis!("registry.yaml", agent = "neuros", agent = "nutros");

fn main() {}
