//! Money may be negative, and counters only grow.

kpi_runtime::kpis!("registry.yaml");

fn main() {
    KPIS.cost.inc_by(Usd(0.02));
}
