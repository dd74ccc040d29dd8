//! Two KPIs of one name.

kpi_runtime::kpis!("one_kpi_twice.yaml");

fn main() {}
