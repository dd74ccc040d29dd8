//! A registry that is not there.

kpi_runtime::kpis!("kpi_registri.yaml");

fn main() {}
