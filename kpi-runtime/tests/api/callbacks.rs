//! Functions that are called for a value when somebody asks.

use std::collections::VecDeque;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use kpi_runtime::handle::Callback;
use kpi_runtime::snapshot::Snapshot;
use kpi_runtime::{exposition, snapshot, testing};

use crate::kpis::{
    BreakerState, Bytes, Celsius, Count, Customer, KPIS, Kpis, NonNegative, Outcome, Reason, Route, Seconds,
    Usd,
};

/// The lines of a page that begin like this.
fn lines<'p>(page: &'p str, start: &str) -> Vec<&'p str> {
    page.lines().filter(|line| line.starts_with(start)).collect()
}

#[test]
fn a_function_is_called_for_every_look_until_its_guard_is_dropped() {
    let kpis = Kpis::new();
    let queue = Arc::new(Mutex::new(VecDeque::from([1, 2, 3])));
    let callback = kpis.queue_length.read_with({
        let queue = Arc::clone(&queue);
        move || Count(queue.lock().expect("nobody panics with it").len() as f64)
    });
    assert_eq!(kpis.queue_length.get(), Some(Count(3.0)));
    queue.lock().expect("nobody panics with it").pop_front();
    assert_eq!(testing::value(&kpis, "shop_queue_length", &[]), Some(2.0));
    assert_eq!(lines(&testing::text(&kpis), "shop_queue"), ["shop_queue_length 2"]);
    assert_eq!(lines(&testing::openmetrics(&kpis), "shop_queue"), ["shop_queue_length 2"]);
    drop(callback);
    assert_eq!(kpis.queue_length.get(), None);
    assert_eq!(testing::value(&kpis, "shop_queue_length", &[]), None);
    assert_eq!(Arc::strong_count(&queue), 1, "what the function held is gone with it");
}

/// Every kind of handle, with what its values are written with.
#[test]
fn every_kind_of_one_number_can_be_read() {
    let kpis = Kpis::new();
    kpis.temperature.with(Customer("ada")).set(Celsius(4.0));
    kpis.temperature.with(Customer("bob")).read_with(|| Celsius(5.5)).forever();
    kpis.errors.read_with(|| 7_u32).forever();
    kpis.runs.with(Outcome::Error).read_with(|| 3_usize).forever();
    kpis.sent.read_with(|| Bytes::whole(u64::MAX)).forever();
    kpis.busy.read_with(|| Duration::from_millis(1_500)).forever();
    kpis.spent.with(Customer("ada")).read_with(|| NonNegative::clamped(Usd(0.25))).forever();
    kpis.breaker.read_with(|| BreakerState::HalfOpen).forever();
    let page = testing::text(&kpis);
    let shown: Vec<&str> =
        ["shop_temp", "shop_err", "shop_runs", "shop_sent", "shop_busy", "shop_spent", "shop_breaker"]
            .iter()
            .flat_map(|start| lines(&page, start))
            .collect();
    assert_eq!(
        shown,
        [
            "shop_temperature_celsius{customer=\"ada\"} 4",
            "shop_temperature_celsius{customer=\"bob\"} 5.5",
            "shop_errors_total 7",
            "shop_runs_total{outcome=\"ok\"} 0",
            "shop_runs_total{outcome=\"error\"} 3",
            "shop_sent_bytes_total 18446744073709551615",
            "shop_busy_seconds_total 1.5",
            "shop_spent_usd_total{customer=\"ada\"} 0.25",
            "shop_breaker{state=\"open\"} 0",
            "shop_breaker{state=\"half_open\"} 1",
            "shop_breaker{state=\"closed\"} 0",
        ]
    );
    assert_eq!((kpis.errors.get(), kpis.sent.get(), kpis.busy.get()), (7, u64::MAX, Seconds(1.5)));
    assert!(kpis.breaker.is(BreakerState::HalfOpen));
    assert_eq!(page, exposition::text(&testing::snapshot(&kpis)), "one text, whichever way it is made");
}

/// A counter that waits for its first write waits no longer: the function says 0.
#[test]
fn a_zero_that_was_read_is_shown() {
    let kpis = Kpis::new();
    let series = kpis.turned_away.with(Route::Cart, Reason::Late);
    assert!(lines(&testing::text(&kpis), "shop_turned_away").is_empty());
    let callback = series.read_with(|| 0_u8);
    let line = "shop_turned_away_total{route=\"cart\",reason=\"late\"} 0";
    assert_eq!(lines(&testing::text(&kpis), "shop_turned_away"), [line]);
    drop(callback);
}

#[test]
fn what_is_written_meanwhile_shows_afterwards() {
    let kpis = Kpis::new();
    kpis.queue_length.set(Count(1.0));
    let callback = kpis.queue_length.read_with(|| Count(50.0));
    kpis.queue_length.set(Count(2.0));
    let _in_line = kpis.queue_length.track();
    assert_eq!(kpis.queue_length.get(), Some(Count(50.0)));
    drop(callback);
    assert_eq!(kpis.queue_length.get(), Some(Count(3.0)));
}

#[test]
fn the_newest_of_several_is_called() {
    let kpis = Kpis::new();
    let says = |number: f64| kpis.queue_length.read_with(move || Count(number));
    let (first, second, third) = (says(1.0), says(2.0), says(3.0));
    let shown = || testing::value(&kpis, "shop_queue_length", &[]);
    assert_eq!(shown(), Some(3.0));
    drop(second);
    assert_eq!(shown(), Some(3.0));
    drop(third);
    assert_eq!(shown(), Some(1.0));
    drop(first);
    assert_eq!(shown(), None);
}

#[test]
fn values_that_are_no_numbers_are_shown_as_they_are() {
    let kpis = Kpis::new();
    for (value, shown) in
        [(f64::NAN, "NaN"), (f64::INFINITY, "+Inf"), (f64::NEG_INFINITY, "-Inf"), (5e-324, "5e-324")]
    {
        let _callback = kpis.queue_length.read_with(move || Count(value));
        assert_eq!(lines(&testing::text(&kpis), "shop_queue"), [format!("shop_queue_length {shown}")]);
    }
}

/// A source that falls is shown as it is: who scrapes takes it for a restart.
#[test]
fn a_source_that_falls_is_shown_as_it_is() {
    let kpis = Kpis::new();
    let source = Arc::new(AtomicU64::new(9));
    let _callback = kpis.errors.read_with({
        let source = Arc::clone(&source);
        move || source.load(Relaxed)
    });
    let shown = || testing::value(&kpis, "shop_errors_total", &[]);
    assert_eq!(shown(), Some(9.0));
    source.store(2, Relaxed);
    assert_eq!(shown(), Some(2.0));
}

#[test]
fn a_panic_leaves_the_series_out_and_is_counted() {
    let kpis = Kpis::new();
    let broken = Arc::new(AtomicU64::new(1));
    let is_broken = |number| {
        let broken = Arc::clone(&broken);
        move || {
            assert_eq!(broken.load(Relaxed), 0, "the source is broken");
            number
        }
    };
    kpis.requests.with(Route::Cart, Outcome::Ok).read_with(is_broken(5_u64)).forever();
    kpis.breaker
        .read_with({
            let is_broken = is_broken(0);
            move || {
                is_broken();
                BreakerState::Open
            }
        })
        .forever();
    kpis.queue_length.set(Count(1.0));
    kpis.queue_length.read_with(|| -> Count { panic!("always") }).forever();
    kpis.connections.set(Count(4.0));

    let shown = |snapshot: &Snapshot| {
        let requests = snapshot.family("shop_requests_total").map_or(0, |family| family.series.len());
        let has = |name| snapshot.family(name).is_some();
        (requests, has("shop_breaker"), has("shop_queue_length"), has("shop_connections"))
    };
    assert_eq!(
        shown(&testing::snapshot(&kpis)),
        (3, false, false, true),
        "of four series of requests one is left out"
    );
    assert_eq!(testing::callback_panics(&kpis), 3);
    assert!(testing::text(&kpis).contains("shop_connections 4\n"));
    assert!(testing::openmetrics(&kpis).ends_with("# EOF\n") && !testing::protobuf(&kpis).is_empty());
    assert_eq!(testing::callback_panics(&kpis), 4 * 3);
    assert_eq!(kpis.queue_length.get(), Some(Count(1.0)), "a single look has the cell to fall back on");

    broken.store(0, Relaxed);
    assert_eq!(shown(&testing::snapshot(&kpis)), (4, true, false, true));
}

/// Everything that a function may do with KPIs, in one.
#[test]
fn a_function_may_write_read_register_drop_and_look_around() {
    let kpis = Arc::new(Kpis::new());
    let kept: Arc<Mutex<Vec<Callback>>> = Arc::default();
    let own = kpis.queue_length.read_with({
        let (kpis, kept) = (Arc::downgrade(&kpis), Arc::clone(&kept));
        move || {
            let Some(kpis) = kpis.upgrade() else { return Count(f64::NAN) };
            kpis.errors.inc();
            kpis.latency.with(Route::Cart).observe(Duration::from_millis(1));
            kpis.orders.with(Customer("new")).inc();
            // Within the function, the value that it is called for is what was written.
            let written = kpis.queue_length.get();
            assert_eq!(testing::value(&kpis, "shop_queue_length", &[]), written.map(|Count(number)| number));
            assert!(testing::text(&kpis).contains("shop_errors_total"));
            kept.lock().expect("is free").push(kpis.connections.read_with(|| Count(8.0)));
            written.map_or(Count(-1.0), |Count(number)| Count(number + 0.5))
        }
    });
    kpis.queue_length.set(Count(1.0));
    assert_eq!(kpis.queue_length.get(), Some(Count(1.5)));
    let snapshot = testing::snapshot(&kpis);
    let value =
        |name, labels: &[(&str, &str)]| snapshot.series(name, labels).map(|series| series.value.as_f64());
    assert_eq!(value("shop_queue_length", &[]), Some(1.5));
    assert_eq!(
        value("shop_errors_total", &[]),
        Some(2.0),
        "what functions write counts in the same snapshot"
    );
    assert_eq!(value("shop_orders_total", &[("customer", "new")]), Some(2.0));
    assert_eq!(kpis.connections.get(), Some(Count(8.0)));
    assert_eq!(kept.lock().expect("is free").len(), 2);

    // A function that ends another, and itself.
    let both = Arc::new(Mutex::new(vec![own]));
    let last = kpis.errors.read_with({
        let both = Arc::clone(&both);
        move || {
            both.lock().expect("is free").clear();
            1_u8
        }
    });
    both.lock().expect("is free").push(last);
    assert_eq!(kpis.errors.get(), 1);
    assert_eq!((kpis.errors.get(), kpis.queue_length.get()), (2, Some(Count(1.0))));
}

/// What a function holds may be the guard of another: it is dropped with no lock held.
#[test]
fn functions_hold_guards_of_others() {
    let kpis = Kpis::new();
    let inner = kpis.errors.read_with(|| 5_u8);
    let outer = kpis.queue_length.read_with(move || {
        let _kept = &inner;
        Count(1.0)
    });
    assert_eq!((kpis.errors.get(), kpis.queue_length.get()), (5, Some(Count(1.0))));
    drop(outer);
    assert_eq!((kpis.errors.get(), kpis.queue_length.get()), (0, None));
    let inner = kpis.errors.read_with(|| 5_u8);
    kpis.queue_length
        .read_with(move || {
            let _kept = &inner;
            Count(1.0)
        })
        .forever();
    drop(kpis);
}

/// The storage of an instance goes to the next one, its functions do not; a guard that outlives them ends nothing.
#[test]
fn functions_end_with_their_instance() {
    let held = Arc::new(());
    let guards: Vec<Callback> = (0..3)
        .map(|_| {
            let kpis = Kpis::new();
            let held = Arc::clone(&held);
            let guard = kpis.queue_length.read_with(move || Count(Arc::strong_count(&held) as f64));
            assert_eq!(kpis.queue_length.get(), Some(Count(2.0)));
            guard
        })
        .collect();
    assert_eq!(Arc::strong_count(&held), 1);
    let kpis = Kpis::new();
    assert_eq!(kpis.queue_length.get(), None);
    let own = kpis.queue_length.read_with(|| Count(1.0));
    drop(guards);
    assert_eq!(kpis.queue_length.get(), Some(Count(1.0)));
    drop(own);
}

/// The program's own instance, as its scrapes see it: the first function puts the registry into them.
#[test]
fn the_process_own_instance_is_read_by_scrapes() {
    KPIS.turned_away.with(Route::Checkout, Reason::Closed).read_with(|| 6_u8).forever();
    let _broken = KPIS.basket_size.read_with(|| -> Count { panic!("the source is broken") });
    let snapshot = snapshot();
    let labels = [("route", "checkout"), ("reason", "closed")];
    let series = snapshot.series("shop_turned_away_total", &labels).expect("is exposed");
    assert_eq!(series.value.as_f64().to_bits(), 6_f64.to_bits());
    assert!(snapshot.family("shop_basket_size").is_none());
    let panics = snapshot.series("kpi_runtime_callback_panics_total", &[("family", "shop_basket_size")]);
    assert!(
        panics.is_some_and(|panics| panics.value.as_f64() >= 1.0),
        "it counts in the scrape that it happened in"
    );
}

#[test]
fn functions_come_and_go_while_scrapes_are_made() {
    let kpis = Kpis::new();
    thread::scope(|scope| {
        for thread in 0..4 {
            let kpis = &kpis;
            scope.spawn(move || {
                for _ in 0..200 {
                    let _one =
                        kpis.temperature.with(Customer("ada")).read_with(move || Celsius(f64::from(thread)));
                    kpis.temperature.with(Customer("bob")).set(Celsius(f64::from(thread)));
                    assert!(kpis.temperature.with(Customer("ada")).get().is_some());
                }
            });
        }
        for _ in 0..200 {
            let snapshot = testing::snapshot(&kpis);
            for series in snapshot.families.iter().flat_map(|family| &family.series) {
                assert!(series.value.as_f64() < 4.0, "{series:?}");
            }
        }
    });
    assert_eq!(kpis.temperature.with(Customer("ada")).get(), None);
}
