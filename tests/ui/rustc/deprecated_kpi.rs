//! A KPI on its way out warns at its use, and names the replacement.
#![deny(deprecated)]

kpi_runtime::kpis!("registry.yaml");

fn main() {
    KPIS.old_score.set(Score(1.0));
}
