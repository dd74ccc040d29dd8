//! Sources that are not there.

kpi_runtime::kpis!("one.yaml", agent = "neuros", emitted_in = ["no/such/place"]);

fn main() {}
