//! What only Prometheus computes has no handle.

kpi_runtime::kpis!("registry.yaml");

fn main() {
    KPIS.error_ratio.set(Ratio(0.1));
}
