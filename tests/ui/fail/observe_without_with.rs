//! A labelled histogram wants its labels first.

kpi_runtime::kpis!("registry.yaml");

fn main() {
    KPIS.analyze_duration.observe(Milliseconds(4.0));
}
