//! A histogram without buckets.

kpi_runtime::kpis!("buckets_missing.yaml");

fn main() {}
