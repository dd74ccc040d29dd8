//! Counters only grow.

kpi_runtime::kpis!("registry.yaml");

fn main() {
    KPIS.cost.dec();
}
