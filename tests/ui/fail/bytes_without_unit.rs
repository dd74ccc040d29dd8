//! A number of what?

kpi_runtime::kpis!("registry.yaml");

fn main() {
    KPIS.received.inc_by(512u64);
}
