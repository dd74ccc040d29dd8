//! Two KPIs under one exposed name.

kpi_runtime::kpis!("one_metric_twice.yaml");

fn main() {}
