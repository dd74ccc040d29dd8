//! A closed label takes no text.

kpi_runtime::kpis!("registry.yaml");

fn main() {
    KPIS.requests.with("analyze", Status::Ok).inc();
}
