//! A labelled histogram wants its labels first, with an exemplar too.

use kpi_runtime::Exemplar;

kpi_runtime::kpis!("traced.yaml");

fn main() {
    let exemplar = Exemplar::new([("trace_id", "4bf92f3577b34da6a3ce929d0e0e4736")]).unwrap();
    KPIS.latency.observe_with(Milliseconds(5.0), exemplar);
}
