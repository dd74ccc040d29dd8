//! Threads that write while others read and end: small enough for Miri, which looks for data races and undefined behaviour
//! in every dependency too. The tests of the runtime do the same with large numbers.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use kpi_runtime::unit::Seconds;
use kpi_tier_tests::{KPIS, Model, Route};

const THREADS: u32 = 4;
const WRITES: u32 = if cfg!(miri) { 25 } else { 25_000 };

#[test]
fn nothing_is_lost_and_no_histogram_is_torn() {
    let ended = AtomicBool::new(false);
    thread::scope(|scope| {
        let reader = scope.spawn(|| {
            while !ended.load(Ordering::Acquire) {
                assert!(KPIS.step.count() <= u64::from(THREADS * WRITES));
                // Every observation is a quarter of a second.
                let page = kpi_runtime::snapshot();
                let step = page.family("auren_step_seconds").into_iter().flat_map(|family| &family.series);
                for series in step {
                    if let kpi_runtime::snapshot::Value::Histogram(histogram) = &series.value {
                        let sum = f64::from(u32::try_from(histogram.count).expect("is small")) / 4.0;
                        assert_eq!(histogram.sum.to_bits(), sum.to_bits());
                    }
                }
                thread::yield_now();
            }
        });
        let writers: Vec<_> = (0..THREADS)
            .map(|_| {
                scope.spawn(|| {
                    for _ in 0..WRITES {
                        KPIS.jobs.inc();
                        KPIS.requests.with(Route::Health).inc();
                        KPIS.model_probes.with(Model("small")).inc();
                        KPIS.lock_wait.inc_by(Duration::from_millis(250));
                        KPIS.spins.inc();
                        KPIS.step.observe(Seconds(0.25));
                        KPIS.pause.observe(Seconds(0.25));
                    }
                })
            })
            .collect();
        for writer in writers {
            writer.join().expect("writes");
        }
        ended.store(true, Ordering::Release);
        reader.join().expect("reads");
    });
    let (standard, debug) = (u32::from(cfg!(not(kpi_off))), u32::from(kpi_runtime::DEBUG_TIER));
    let all = |recorded| u64::from(recorded * THREADS * WRITES);
    assert_eq!([KPIS.jobs.get(), KPIS.requests.with(Route::Health).get()], [all(standard); 2]);
    assert_eq!(KPIS.model_probes.with(Model("small")).get(), all(debug));
    assert_eq!([KPIS.step.count(), KPIS.pause.count()], [all(debug); 2]);
    let sum = f64::from(debug * THREADS * WRITES) / 4.0;
    assert_eq!(KPIS.lock_wait.get(), Seconds(sum));
    assert_eq!(
        KPIS.spins.get().map(|spins| spins.0.to_bits()),
        (debug == 1).then_some((sum * 4.0).to_bits())
    );
}
