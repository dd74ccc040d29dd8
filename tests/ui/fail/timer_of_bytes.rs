//! Time is not measured in bytes.

kpi_runtime::kpis!("registry.yaml");

fn main() {
    let _timer = KPIS.payload.start_timer();
}
