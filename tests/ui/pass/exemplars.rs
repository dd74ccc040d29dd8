//! Exemplars, through handles that keep them, as much as others do.
#![forbid(unsafe_code)]
#![deny(warnings)]

use kpi_runtime::Exemplar;
use kpi_runtime::handle::{Histogram, WithExemplars};
use kpi_runtime::{LabelSet, Registry};

kpi_runtime::kpis!("../fail/traced.yaml");

fn any<R: Registry, const K: usize, U: kpi_runtime::unit::Unit, B: kpi_runtime::handle::Buckets, L: LabelSet>(
    _: &Histogram<R, K, U, B, L>,
) {
}

fn main() {
    let exemplar = Exemplar::new([("trace_id", "4bf92f3577b34da6a3ce929d0e0e4736")]).unwrap();
    KPIS.latency.with(Route::Analyze).observe_with(Milliseconds(5.0), exemplar);
    let series: WithExemplars<_> = KPIS.latency.with(Route::Health);
    series.observe(std::time::Duration::from_millis(7));
    series.start_timer().discard();
    any(&KPIS.latency);
    assert_eq!(series.count(), 1);
}
