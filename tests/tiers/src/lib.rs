//! Writes, each a function of its own, so that a test can read what they compile to.

use std::time::Duration;

use kpi_runtime::unit::{Count, Ratio, Seconds};
pub use kpis::*;

mod kpis {
    kpi_runtime::kpis!("../kpi_registry.yaml");
}

/// A counter without labels.
#[inline(never)]
pub fn write_counter() {
    KPIS.jobs.inc();
}

/// A counter with a label that is known when the program runs.
#[inline(never)]
pub fn write_labelled(route: Route) {
    KPIS.requests.with(route).inc();
}

/// A gauge.
#[inline(never)]
pub fn write_gauge(depth: f64) {
    KPIS.depth.set(Count(depth));
}

/// Everything that KPIs of the debug tier can do.
#[inline(never)]
pub fn write_debug(route: Route, value: f64) {
    KPIS.probes.with(route).inc();
    KPIS.probes.with(Route::Health).inc_by(7_u64);
    KPIS.model_probes.with(Model("small")).inc();
    KPIS.skew.set(Ratio(value));
    KPIS.spins.inc();
    KPIS.step.observe(Seconds(value));
    KPIS.step.observe(Duration::from_millis(2));
    KPIS.pause.observe(Seconds(value));
    KPIS.pause.start_timer().discard();
    KPIS.shown_step.observe(Seconds(value));
    KPIS.phase.set(PhaseState::Busy);
    KPIS.plan.set(Model("small"));
    let _in_flight = KPIS.spins.track();
    let _timer = KPIS.step.start_timer();
    KPIS.shown_step.time(|| ());
}

/// The same, of an instance that is handed over.
pub fn write_debug_of(kpis: &Kpis, route: Route, value: f64) {
    kpis.probes.with(route).inc();
    kpis.model_probes.with(Model("small")).inc();
    kpis.lock_wait.inc_by(Duration::from_secs(2));
    kpis.skew.set(Ratio(value));
    kpis.spins.inc();
    kpis.step.observe(Seconds(value));
    kpis.pause.observe(Seconds(value));
    kpis.shown_step.observe(Seconds(value));
    kpis.phase.set(PhaseState::Busy);
    kpis.plan.set(Model("small"));
}
