//! Threads come, write to the program's own instance, and go: nothing is lost, nothing is counted twice, memory is
//! bounded. One test, because all of it is about the values of one process.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may fail loudly")]

mod support;

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Barrier};
use std::thread;

use kpi_runtime::snapshot::{Snapshot, Value};
use kpi_runtime::unit::{Bytes, Joules, Seconds};
use kpi_runtime::{NonNegative, snapshot};
use support::{KPIS, Route};

/// An allocator that counts what it allocates with a KPI, as soon as it is told to.
struct Counting;

static COUNTS: AtomicBool = AtomicBool::new(false);

#[expect(unsafe_code, reason = "an allocator has no other form")]
// SAFETY: Every call is handed on as it is.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if COUNTS.load(Relaxed) {
            KPIS.bytes.inc_by(Bytes::whole(layout.size() as u64));
        }
        // SAFETY: As above.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        if COUNTS.load(Relaxed) {
            KPIS.restarts.inc();
        }
        // SAFETY: As above.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Counts when its thread's locals are destroyed.
struct Last;

impl Drop for Last {
    fn drop(&mut self) {
        KPIS.requests.with(Route::Health).inc();
    }
}

thread_local! {
    /// Registered before the thread borrows a block, so that it is destroyed after the block went back.
    static LAST: Cell<Option<Last>> = const { Cell::new(None) };
}

fn work() {
    LAST.set(Some(Last));
    KPIS.requests.with(Route::Health).inc();
    KPIS.energy.inc_by(NonNegative::clamped(Joules(0.5)));
    KPIS.latency.with(Route::Health).observe(Seconds(1.0));
}

/// Requests, energy, and count and sum of the latency.
fn totals(snapshot: &Snapshot) -> [f64; 4] {
    let health = [("route", "health")];
    let value =
        |name, labels: &[(&str, &str)]| snapshot.series(name, labels).expect("is exposed").value.clone();
    let Value::Histogram(latency) = value("test_latency_seconds", &health) else { panic!("is a histogram") };
    [
        value("test_requests_total", &health).as_f64(),
        value("test_energy_joules_total", &[]).as_f64(),
        Value::Whole(latency.count).as_f64(),
        latency.sum,
    ]
}

fn resident() -> u64 {
    snapshot().family("process_resident_memory_bytes").map_or(0, |family| match family.series[0].value {
        Value::Whole(bytes) => bytes,
        ref other => panic!("{other:?}"),
    })
}

#[test]
fn nothing_is_lost_when_threads_come_and_go() {
    // Short-lived threads use the same few blocks.
    work();
    thread::scope(|scope| scope.spawn(|| ()).join().expect("ends"));
    let before = resident();
    for _ in 0..10_000 / 4 {
        let threads: Vec<_> = (0..4).map(|_| thread::spawn(work)).collect();
        for thread in threads {
            thread.join().expect("ends well");
        }
    }
    let grown = resident().saturating_sub(before);
    assert!(grown < 4 << 20, "10,000 threads left {grown} bytes behind");

    // Many at once, while scrapes go on that never see a value fall.
    let threads = 2_000;
    let (together, done) = (Arc::new(Barrier::new(threads)), Arc::new(AtomicBool::new(false)));
    let scraper = thread::spawn({
        let done = Arc::clone(&done);
        move || {
            let mut last = [0.0; 4];
            let mut scrapes = 0;
            while !done.load(Relaxed) {
                let now = totals(&snapshot());
                assert!(now.iter().zip(&last).all(|(now, last)| now >= last), "{now:?} after {last:?}");
                assert_eq!(now[2].to_bits(), now[3].to_bits(), "count and sum of observations of 1");
                (last, scrapes) = (now, scrapes + 1);
            }
            scrapes
        }
    });
    let all: Vec<_> = (0..threads)
        .map(|_| {
            let together = Arc::clone(&together);
            thread::Builder::new().stack_size(64 << 10).spawn(move || {
                work();
                together.wait();
                KPIS.latency.with(Route::Health).observe(Seconds(1.0));
            })
        })
        .collect();
    for thread in all {
        thread.expect("starts").join().expect("ends well");
    }
    done.store(true, Relaxed);
    assert!(scraper.join().expect("sees no value fall") > 0);

    // The main thread has worked too, and its local is not destroyed yet.
    let spawned = 10_000.0 + 2_000.0;
    let observed = 1.0 + 10_000.0 + 2.0 * 2_000.0;
    let expected = [1.0 + 2.0 * spawned, 0.5 * (1.0 + spawned), observed, observed];
    assert_eq!(totals(&snapshot()).map(f64::to_bits), expected.map(f64::to_bits));

    // An allocator may count: in a write, in a thread's first write, at a thread's end, and while a scrape is made.
    COUNTS.store(true, Relaxed);
    let threads: Vec<_> =
        (0..8).map(|_| thread::spawn(|| (0..100).map(|i| vec![i; 100][i]).sum::<usize>())).collect();
    for _ in 0..100 {
        assert!(snapshot().family("test_bytes_total").is_some());
    }
    for thread in threads {
        assert_eq!(thread.join().expect("ends well"), 4_950);
    }
    COUNTS.store(false, Relaxed);
    // Eight times a hundred lists of a hundred numbers.
    assert!(KPIS.bytes.get() > 8 * 100 * 400, "{}", KPIS.bytes.get());
}
