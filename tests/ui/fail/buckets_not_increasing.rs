//! Buckets that go down.

kpi_runtime::kpis!("buckets_not_increasing.yaml");

fn main() {}
