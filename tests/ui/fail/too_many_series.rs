//! More series than a program can hold.

kpi_runtime::kpis!("too_many_series.yaml");

fn main() {}
