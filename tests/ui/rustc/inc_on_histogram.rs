//! Histograms observe.

kpi_runtime::kpis!("registry.yaml");

fn main() {
    KPIS.payload.inc();
}
