//! The typed KPIs are another crate's; the program answers for the writes.

kpi_runtime::emitted!("one.yaml", agent = "neuros");

fn main() {}
