//! A latency objective that no bucket can tell.

kpi_runtime::kpis!("slo_between_buckets.yaml");

fn main() {}
