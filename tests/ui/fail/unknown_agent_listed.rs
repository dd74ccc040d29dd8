//! A KPI of an agent that does not exist.

kpi_runtime::kpis!("unknown_agent_listed.yaml");

fn main() {}
