//! Writers and scrapes at the same time.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may fail loudly")]

mod support;

use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;
use std::thread;

use kpi_runtime::snapshot::{Histogram, Snapshot, Value};
use kpi_runtime::testing;
use kpi_runtime::unit::{Bytes, Celsius, Seconds};
use support::{Kpis, LIMIT, Model, Route};

const WRITERS: usize = 4;
const WRITES: usize = 50_000;

#[test]
fn a_histogram_is_whole_in_every_scrape() {
    let (kpis, done) = (Kpis::new(), AtomicBool::new(false));
    let histogram = |snapshot: &Snapshot| -> Histogram {
        let series =
            snapshot.series("test_latency_seconds", &[("route", "analyze")]).expect("starts at zero");
        match &series.value {
            Value::Histogram(histogram) => histogram.clone(),
            value => panic!("{value:?} is no histogram"),
        }
    };
    thread::scope(|scope| {
        let writers: Vec<_> = (0..WRITERS)
            .map(|_| {
                scope.spawn(|| {
                    for i in 0..WRITES {
                        // One observation in five is beyond the last bound; all are whole, so sums are exact.
                        let value = [0.0, 1.0, 2.0, 1_000.0, 2_000_000.0][i % 5];
                        kpis.latency.with(Route::Analyze).observe(Seconds(value));
                    }
                })
            })
            .collect();
        let scraper = scope.spawn(|| {
            let mut last = 0;
            let mut scrapes = 0;
            while !done.load(Relaxed) || scrapes == 0 {
                let seen = histogram(&testing::snapshot(&kpis));
                let counts: Vec<u64> =
                    seen.cumulative.iter().map(|(_, count)| *count).chain([seen.count]).collect();
                assert!(counts.is_sorted(), "{counts:?}");
                assert!(seen.count >= last, "{} after {last}", seen.count);
                last = seen.count;
                scrapes += 1;
            }
            scrapes
        });
        for writer in writers {
            writer.join().expect("writes");
        }
        done.store(true, Relaxed);
        assert!(scraper.join().expect("scrapes") > 0);
    });
    let total = (WRITERS * WRITES) as u64;
    let end = histogram(&testing::snapshot(&kpis));
    assert_eq!(end.count, total);
    let cumulative: Vec<u64> = end.cumulative.iter().map(|(_, count)| *count).collect();
    assert_eq!(cumulative, [1, 2, 3, 4].map(|fifths| total / 5 * fifths));
    assert_eq!(end.sum.to_bits(), (40_000.0 * 2_001_003.0f64).to_bits());
}

#[test]
fn counts_are_exact_over_threads_that_come_and_go() {
    let kpis = Kpis::new();
    thread::scope(|scope| {
        for _ in 0..200 {
            scope.spawn(|| (0..1_000).for_each(|_| kpis.requests.with(Route::Health).inc()));
        }
    });
    assert_eq!(kpis.requests.with(Route::Health).get(), 200_000);
}

#[test]
fn an_open_label_keeps_its_limit_and_loses_nothing() {
    let kpis = Kpis::new();
    thread::scope(|scope| {
        for writer in 0..WRITERS {
            let kpis = &kpis;
            scope.spawn(move || {
                for i in 0..1_000 {
                    let model = format!("model-{}", (i * 7 + writer) % 40);
                    kpis.tokens.with(Model(&model), Route::Analyze).inc_by(1u64);
                }
            });
        }
    });
    let snapshot = testing::snapshot(&kpis);
    let family = snapshot.family("test_tokens_total").expect("was used");
    let total: f64 = family.series.iter().map(|series| series.value.as_f64()).sum();
    assert_eq!((family.series.len(), total.to_bits()), (LIMIT as usize + 1, 4_000f64.to_bits()));
    assert!(
        testing::value(&kpis, "test_tokens_total", &[("model", "_other"), ("route", "analyze")]) > Some(0.0)
    );
}

#[test]
fn gauges_add_up_under_contention() {
    let kpis = Kpis::new();
    thread::scope(|scope| {
        for _ in 0..WRITERS {
            scope.spawn(|| {
                for _ in 0..10_000 {
                    kpis.temperature.with(Model("a")).add(Celsius(2.0));
                    kpis.temperature.with(Model("a")).sub(Celsius(1.0));
                }
            });
        }
    });
    assert_eq!(kpis.temperature.with(Model("a")).get(), Some(Celsius(40_000.0)));
}

#[test]
fn a_counter_wraps_and_a_sum_stays_finite() {
    let kpis = Kpis::new();
    kpis.bytes.inc_by(Bytes::whole(u64::MAX));
    assert!(testing::text(&kpis).contains("test_bytes_total 18446744073709551615\n"));
    kpis.bytes.inc_by(Bytes::whole(2));
    assert_eq!(kpis.bytes.get(), 1);

    for value in [1.5, f64::NAN, f64::INFINITY, f64::MAX, f64::MAX] {
        kpis.latency.with(Route::Health).observe(Seconds(value));
    }
    assert_eq!(kpis.latency.with(Route::Health).count(), 5);
    assert_eq!(kpis.latency.with(Route::Health).sum(), Seconds(f64::MAX));
    assert_eq!(testing::rejected(&kpis), 3);
}

#[test]
fn a_panic_in_a_timed_function_is_observed() {
    let kpis = Kpis::new();
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        kpis.latency.with(Route::Health).time(|| panic!("of the test"));
    }));
    assert!(panicked.is_err());
    kpis.latency.with(Route::Health).start_timer().discard();
    let elapsed = kpis.latency.with(Route::Health).start_timer().stop();
    drop(kpis.latency.with(Route::Health).start_timer());
    assert_eq!(kpis.latency.with(Route::Health).count(), 3);
    assert!(kpis.latency.with(Route::Health).sum().0 >= elapsed.as_secs_f64());
}

/// The text that an info names is known to the scrape that shows it.
#[test]
fn an_info_is_never_shown_with_another_text() {
    for _ in 0..200 {
        let kpis = Kpis::new();
        thread::scope(|scope| {
            let writer = scope.spawn(|| {
                for i in 0..LIMIT {
                    kpis.serving.set(Model(&format!("model-{i}")), Route::Analyze);
                }
            });
            while !writer.is_finished() {
                let snapshot = testing::snapshot(&kpis);
                for series in
                    snapshot.family("test_serving_info").into_iter().flat_map(|family| &family.series)
                {
                    assert!(series.labels[0].1.starts_with("model-"), "{series:?}");
                }
            }
        });
    }
}
