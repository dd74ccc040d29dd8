//! A duration is no number of bytes.

kpi_runtime::kpis!("registry.yaml");

fn main() {
    KPIS.payload.observe(std::time::Duration::from_secs(1));
}
