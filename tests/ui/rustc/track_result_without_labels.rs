//! Without a label there is nothing to choose: `track_err` counts errors.

kpi_runtime::kpis!("registry.yaml");

fn main() {
    let _ = KPIS.received.track_result("7".parse::<u8>(), |_| Status::Ok);
}
