//! A warning beyond the critical level.

kpi_runtime::kpis!("thresholds_out_of_order.yaml");

fn main() {}
