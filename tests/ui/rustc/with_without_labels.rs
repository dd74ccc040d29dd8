//! A KPI without labels has nothing to choose.

kpi_runtime::kpis!("registry.yaml");

fn main() {
    KPIS.hrv_rmssd.with(Route::Analyze).set(Milliseconds(1.0));
}
