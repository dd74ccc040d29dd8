//! Nothing is taken from a counter.

kpi_runtime::kpis!("registry.yaml");

fn main() {
    KPIS.cost.dec();
}
