//! The KPIs of one agent, all of them written to.

kpi_runtime::kpis!("registry.yaml", agent = "neuros");

fn main() {
    KPIS.hrv_rmssd.set(Milliseconds(47.2));
    assert_eq!(KPIS.hrv_rmssd.get(), Some(Milliseconds(47.2)));
}
