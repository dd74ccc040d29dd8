//! Whether counting for a long time stays exact: as many increments as a busy program makes in a day, in a few seconds.
//!
//! `cargo bench -p kpi-runtime --bench soak`; `-- --millions 100` for fewer than 10,000 million. Threads count and observe
//! while another scrapes without a pause: no total may ever fall, no histogram may be torn, and at the end nothing may be
//! missing. It panics if something is.
#![allow(
    missing_docs,
    unreachable_pub,
    dead_code,
    reason = "nobody reads the documentation of a benchmark's parts"
)]
#![allow(
    clippy::print_stdout,
    clippy::expect_used,
    clippy::panic,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "it prints, may fail loudly, and its numbers are small"
)]

#[path = "../common/mod.rs"]
mod common;

/// The KPIs that are counted.
mod kpis {
    kpi_runtime::kpis!("../hot_path/registry.yaml");
}

use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;
use std::thread;
use std::time::Instant;

use kpi_runtime::snapshot::{Snapshot, Value};
use kpi_runtime::unit::Seconds;
use kpis::{KPIS, Route, Status};

const THREADS: u64 = 4;
/// Increments of the plain counter to one of a labelled one, and to one observation.
const RARER: u64 = 16;

fn main() {
    let each = common::option("--millions", 10_000) as u64 * 1_000_000 / THREADS / RARER * RARER;
    let begin = Instant::now();
    let done = AtomicBool::new(false);
    let scrapes = thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS).map(|number| scope.spawn(move || count(number, each))).collect();
        let scraping = scope.spawn(|| {
            let (mut before, mut scrapes) = (Totals::default(), 0u64);
            while !done.load(Relaxed) {
                let now = Totals::read();
                assert!(
                    now.events >= before.events
                        && now.requests >= before.requests
                        && now.observed >= before.observed,
                    "a total fell: {before:?}, then {now:?}"
                );
                (before, scrapes) = (now, scrapes + 1);
            }
            scrapes
        });
        for thread in threads {
            thread.join().expect("counts");
        }
        done.store(true, Relaxed);
        scraping.join().expect("scrapes")
    });

    let total = THREADS * each;
    let expected = Totals { events: total, requests: total / RARER, observed: total / RARER };
    let found = Totals::read();
    assert_eq!(found, expected, "after {scrapes} scrapes");
    println!("{total} increments, {} of them with labels, and as many observations", total / RARER);
    println!(
        "by {THREADS} threads in {:.1} s, beside {scrapes} scrapes: exact.",
        begin.elapsed().as_secs_f64()
    );
}

fn count(thread: u64, each: u64) {
    let (route, status) = (Route::ALL[thread as usize % Route::ALL.len()], Status::Ok);
    for round in 0..each / RARER {
        for _ in 0..RARER {
            KPIS.events.inc();
        }
        KPIS.requests.with(route, status).inc();
        KPIS.latency.observe(Seconds((round % 8) as f64));
    }
}

#[derive(Debug, Default, PartialEq)]
struct Totals {
    events: u64,
    requests: u64,
    observed: u64,
}

impl Totals {
    fn read() -> Self {
        let snapshot = kpi_runtime::snapshot();
        Self {
            events: whole(&snapshot, "bench_events_total"),
            requests: whole(&snapshot, "bench_requests_total"),
            observed: observations(&snapshot),
        }
    }
}

fn values<'s>(snapshot: &'s Snapshot, name: &str) -> impl Iterator<Item = &'s Value> {
    let family = snapshot.families.iter().find(|family| family.name == name).expect("is exposed");
    family.series.iter().map(|series| &series.value)
}

fn whole(snapshot: &Snapshot, name: &str) -> u64 {
    values(snapshot, name)
        .map(|value| if let Value::Whole(value) = value { *value } else { panic!("{value:?}") })
        .sum()
}

/// The observations of the histogram. All of them are whole numbers of seconds below 8, evenly spread.
fn observations(snapshot: &Snapshot) -> u64 {
    let Some(Value::Histogram(histogram)) = values(snapshot, "bench_latency_seconds").next() else {
        panic!("no histogram");
    };
    let (_, last) = histogram.cumulative.last().expect("has buckets");
    assert_eq!(*last, histogram.count, "a torn histogram");
    histogram.count
}
