//! A labelled counter wants its labels first.

kpi_runtime::kpis!("registry.yaml");

fn main() {
    KPIS.requests.inc();
}
