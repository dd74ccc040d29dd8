//! Every error comes at once, and what is right can be used.

kpi_runtime::kpis!("several_at_once.yaml");

fn main() {
    KPIS.recovery_score.set(Score(80.0));
}
