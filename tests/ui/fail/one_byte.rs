//! Bytes are not counted one by one.

kpi_runtime::kpis!("registry.yaml");

fn main() {
    KPIS.received.inc();
}
