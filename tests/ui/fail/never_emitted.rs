//! Two KPIs that list this agent and are never written to.

kpi_runtime::kpis!("emitted.yaml", agent = "neuros");

fn main() {
    KPIS.hrv_rmssd.set(Milliseconds(47.2));
}
