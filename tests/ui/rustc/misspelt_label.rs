//! A label that is not there.

kpi_runtime::kpis!("registry.yaml");

fn main() {
    KPIS.requests.with(Rout::Analyze, Status::Ok).inc();
}
