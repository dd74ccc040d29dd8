//! Guards count what is under way.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Barrier};
use std::thread;

use kpi_runtime::Isolated;

use crate::kpis::{Count, KPIS, Kpis, Requests, Route};

#[test]
fn a_guard_counts_from_its_making_to_its_drop() {
    let kpis = Kpis::new();
    assert_eq!(kpis.connections.get(), None);
    let first = kpis.connections.track();
    let second = kpis.connections.track();
    assert_eq!(kpis.connections.get(), Some(Count(2.0)));
    drop(first);
    assert_eq!(kpis.connections.get(), Some(Count(1.0)));
    drop(second);
    assert_eq!(kpis.connections.get(), Some(Count(0.0)));
}

#[test]
fn each_series_has_its_own() {
    let kpis = Kpis::new();
    let _cart = kpis.in_flight.with(Route::Cart).track();
    assert_eq!(kpis.in_flight.with(Route::Cart).get(), Some(Requests(1.0)));
    assert_eq!(kpis.in_flight.with(Route::Checkout).get(), None);
}

#[test]
fn a_panic_takes_it_away() {
    let kpis = Kpis::new();
    let result = catch_unwind(AssertUnwindSafe(|| {
        let _in_flight = kpis.in_flight.with(Route::Cart).track();
        panic!("within a request");
    }));
    assert!(result.is_err());
    assert_eq!(kpis.in_flight.with(Route::Cart).get(), Some(Requests(0.0)));
}

/// `set` is a plain store: what guards have counted is replaced, what they take away is not.
#[test]
fn set_beside_guards_replaces_what_they_counted() {
    let kpis = Kpis::new();
    let guard = kpis.connections.track();
    kpis.connections.set(Count(10.0));
    drop(guard);
    assert_eq!(kpis.connections.get(), Some(Count(9.0)));

    let guard = kpis.connections.track();
    kpis.connections.set(Count(0.0));
    drop(guard);
    assert_eq!(kpis.connections.get(), Some(Count(-1.0)));
}

/// Whichever comes last of several `set`s, every guard still takes one from it.
#[test]
fn guards_and_sets_of_many_threads_end_where_they_must() {
    let kpis = Kpis::new();
    let (guards, together) = (8, Barrier::new(9));
    thread::scope(|scope| {
        for _ in 0..guards {
            scope.spawn(|| {
                let guard = kpis.connections.track();
                together.wait();
                together.wait();
                drop(guard);
            });
        }
        together.wait();
        assert_eq!(kpis.connections.get(), Some(Count(f64::from(guards))));
        kpis.connections.set(Count(100.0));
        together.wait();
    });
    assert_eq!(kpis.connections.get(), Some(Count(100.0 - f64::from(guards))));
}

/// A guard of the process' own instance is `'static` and `Send`: it can be kept in a task and end elsewhere.
#[test]
fn a_guard_goes_where_its_task_goes() {
    fn is_sent<T: Send + Sync + 'static>(value: T) -> T {
        value
    }
    let guard = is_sent(KPIS.in_flight.with(Route::Checkout).track());
    assert_eq!(KPIS.in_flight.with(Route::Checkout).get(), Some(Requests(1.0)));
    thread::spawn(move || drop(guard)).join().expect("ends well");
    assert_eq!(KPIS.in_flight.with(Route::Checkout).get(), Some(Requests(0.0)));
}

/// Also where tasks move between threads while they wait, and where some of them are dropped before they are done.
#[test]
fn tasks_that_end_or_are_dropped_count_down() {
    async fn request(kpis: Arc<Isolated<Kpis>>, opened: Arc<AtomicBool>) {
        let _in_flight = kpis.in_flight.with(Route::Cart).track();
        while !opened.load(Relaxed) {
            tokio::task::yield_now().await;
        }
    }
    let kpis = Arc::new(Kpis::new());
    let count = || kpis.in_flight.with(Route::Cart).get();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().expect("starts");
    runtime.block_on(async {
        let opened = Arc::new(AtomicBool::new(false));
        let task = || tokio::spawn(request(Arc::clone(&kpis), Arc::clone(&opened)));
        let (ends, dropped) = (task(), task());
        while count() != Some(Requests(2.0)) {
            tokio::task::yield_now().await;
        }
        dropped.abort();
        assert!(dropped.await.is_err_and(|error| error.is_cancelled()));
        assert_eq!(count(), Some(Requests(1.0)));
        opened.store(true, Relaxed);
        ends.await.expect("ends well");
    });
    assert_eq!(count(), Some(Requests(0.0)));
}
