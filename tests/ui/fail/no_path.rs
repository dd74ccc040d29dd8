//! No registry at all.

kpi_runtime::kpis!();

fn main() {}
