//! A version that this build does not read.

kpi_runtime::kpis!("version_3.yaml");

fn main() {}
