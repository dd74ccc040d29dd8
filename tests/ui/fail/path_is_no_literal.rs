//! The compiler has to know the path before it knows any constant.

kpi_runtime::kpis!(PATH);

fn main() {}
