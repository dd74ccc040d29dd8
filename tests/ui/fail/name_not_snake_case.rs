//! A name that can't be a field.

kpi_runtime::kpis!("name_not_snake_case.yaml");

fn main() {}
