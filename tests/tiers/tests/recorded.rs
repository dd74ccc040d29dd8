//! Which builds record what. The test is built in all of them, and knows by the compiler's own flags which one it is in.

use std::time::Duration;

use kpi_runtime::unit::Ratio;
use kpi_runtime::{DEBUG_TIER, assert_kpi, testing};
use kpi_tier_tests::{KPIS, Kpis, PhaseState, Route, write_counter, write_debug, write_debug_of};

/// Whether this build records KPIs of the standard tier.
const STANDARD: bool = cfg!(not(kpi_off));
/// Whether it records those of the debug tier.
const DEBUG: bool = cfg!(all(not(kpi_off), any(debug_assertions, kpi_debug)));

/// The names of the platform's families on the page of the process.
fn page() -> Vec<String> {
    let snapshot = kpi_runtime::snapshot();
    let own = snapshot.families.iter().filter(|family| family.name.starts_with("auren_"));
    own.map(|family| family.name.to_string()).collect()
}

#[test]
fn the_runtime_knows_the_build() {
    assert_eq!(DEBUG_TIER, DEBUG);
}

#[test]
fn pages_show_what_is_recorded() {
    KPIS.init().expect("no other registry");
    write_counter();
    write_debug(Route::Analyze, 0.5);
    let standard = ["auren_jobs_total", "auren_requests_total"];
    let debug = [
        "auren_lock_wait_seconds_total",
        "auren_model_probes_total",
        "auren_pause_seconds",
        "auren_phase",
        "auren_plan_info",
        "auren_probes_total",
        "auren_shown_step_seconds",
        "auren_skew_ratio",
        "auren_spins",
        "auren_step_seconds",
    ];
    let mut expected: Vec<&str> = Vec::new();
    expected.extend(standard.iter().filter(|_| STANDARD));
    expected.extend(debug.iter().filter(|_| DEBUG));
    expected.sort_unstable();
    assert_eq!(page(), expected);
    let body = kpi_runtime::page(None, None);
    let text = String::from_utf8_lossy(body.body());
    assert_eq!(text.contains("auren_probes_total{route=\"health\"} 7\n"), DEBUG, "{text}");
    assert_eq!(text.contains("# TYPE auren_jobs_total counter\nauren_jobs_total "), STANDARD, "{text}");
    let contract = kpi_runtime::contract();
    let known = contract.families.iter().filter(|family| family.name.starts_with("auren_"));
    // The gauge that nobody has set is in the contract too.
    let gauges = usize::from(STANDARD);
    assert_eq!(known.count(), expected.len() + gauges);
}

#[test]
fn an_instance_reads_zero_where_nothing_is_recorded() {
    let kpis = Kpis::new();
    write_debug_of(&kpis, Route::Stream, 0.5);
    let recorded = u64::from(DEBUG);
    assert_kpi!(kpis.probes.with(Route::Stream), recorded);
    assert_kpi!(kpis.step, recorded);
    assert_kpi!(kpis.pause, recorded);
    assert_eq!(kpis.shown_step.count(), recorded);
    assert_eq!(kpis.lock_wait.get().0.to_bits(), if DEBUG { 2f64 } else { 0.0 }.to_bits());
    assert_eq!(kpis.skew.get(), DEBUG.then_some(Ratio(0.5)));
    assert_eq!(kpis.phase.is(PhaseState::Busy), DEBUG);
    assert_eq!(testing::value(&kpis, "auren_plan_info", &[("model", "small")]), DEBUG.then_some(1.0));
    assert_eq!(testing::rejected(&kpis), 0);
}

#[test]
fn a_timer_looks_at_the_clock_only_where_it_is_recorded() {
    let kpis = Kpis::new();
    let timer = kpis.step.start_timer();
    std::thread::sleep(Duration::from_millis(2));
    assert_eq!(timer.stop() >= Duration::from_millis(2), DEBUG);
    assert_eq!(kpis.step.time(|| 7), 7);
    assert_kpi!(kpis.step, 2 * u64::from(DEBUG));
}

#[test]
fn a_function_is_asked_only_where_its_value_is_recorded() {
    let kpis = Kpis::new();
    let skew = kpis.skew.read_with(|| Ratio(0.25));
    let probes = kpis.probes.with(Route::Health).read_with(|| 9_u64);
    assert_eq!(kpis.skew.get(), DEBUG.then_some(Ratio(0.25)));
    assert_kpi!(kpis.probes.with(Route::Health), 9 * u64::from(DEBUG));
    drop((skew, probes));
    assert_eq!(kpis.skew.get(), None);
}
