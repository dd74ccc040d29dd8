//! Inside a function.

fn main() {
    kpi_runtime::kpis!("registry.yaml");
    KPIS.waiting.inc();
}
