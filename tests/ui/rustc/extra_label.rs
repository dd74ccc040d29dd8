//! One label too many.

kpi_runtime::kpis!("registry.yaml");

fn main() {
    KPIS.analyze_duration.with(Route::Analyze, Status::Ok).observe(Milliseconds(1.0));
}
