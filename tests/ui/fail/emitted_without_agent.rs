//! A check that would check nothing.

kpi_runtime::emitted!("emitted.yaml");

fn main() {}
