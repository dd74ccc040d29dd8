//! A program of an agent that the registry does not know.

kpi_runtime::kpis!("registry.yaml", agent = "nueros");

fn main() {}
