//! Counters can't be set.

kpi_runtime::kpis!("registry.yaml");

fn main() {
    KPIS.received.set(Bytes(1.0));
}
