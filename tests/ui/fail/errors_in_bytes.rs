//! Errors are not bytes.

kpi_runtime::kpis!("registry.yaml");

fn main() {
    let _ = KPIS.received.track_err("7".parse::<u8>());
}
