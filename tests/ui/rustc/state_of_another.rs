//! A state of something else.

kpi_runtime::kpis!("registry.yaml");

fn main() {
    KPIS.breaker.set(Status::Ok);
}
