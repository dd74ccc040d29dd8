//! Exemplars from the write to the page.
#![forbid(unsafe_code)]
#![deny(warnings)]
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "tests may fail loudly")]

mod kpis {
    kpi_runtime::kpis!("registry.yaml", emitted_in = []);
}

use std::cell::RefCell;
use std::time::Duration;

use kpi_runtime::exposition;
use kpi_runtime::snapshot::{Exemplar as Shown, Family, Snapshot, Value};
use kpi_runtime::unit::{Joules, Seconds};
use kpi_runtime::{Exemplar, NonNegative, exemplars};
use kpis::{KPIS, Kpis, Route};

thread_local! {
    static CURRENT: RefCell<Option<&'static str>> = const { RefCell::new(None) };
}

fn traced(id: &str) -> Exemplar {
    Exemplar::new([("trace_id", id.to_owned())]).unwrap()
}

fn family<'s>(snapshot: &'s Snapshot, name: &str) -> &'s Family {
    snapshot.families.iter().find(|family| family.name == name).unwrap()
}

fn ids(exemplars: &[Shown]) -> Vec<(&str, f64)> {
    exemplars.iter().map(|it| (&*it.labels[0].1, it.value)).collect()
}

#[test]
fn each_series_and_each_bucket_keeps_one() {
    let kpis = Kpis::new();
    kpis.orders.inc_by_with(3_u64, traced("order"));
    kpis.requests.with(Route::Search).inc_with(traced("search"));
    kpis.requests.with(Route::Search).inc_with(traced("too soon"));
    kpis.requests.with(Route::Order).inc();
    kpis.energy.inc_by_with(NonNegative::clamped(Joules(2.5)), traced("energy"));
    kpis.latency.with(Route::Order).observe_with(Seconds(0.05), traced("quick"));
    kpis.latency.with(Route::Order).observe_with(Seconds(0.1), traced("quick too"));
    kpis.latency.with(Route::Order).observe_with(Duration::from_secs(7), traced("slow"));
    kpis.pause.observe_with(Seconds(2.0), traced("pause"));
    kpis.pause.observe_with(Seconds(1e30), traced("for ever"));

    let snapshot = kpi_runtime::testing::snapshot(&kpis);
    let counter = |name: &str, series: usize| {
        let series = &family(&snapshot, name).series[series];
        series.exemplar.as_deref().map(|it| (it.labels[0].1.to_string(), it.value, it.timestamp.is_some()))
    };
    assert_eq!(counter("shop_orders_total", 0), Some(("order".to_owned(), 3.0, true)));
    assert_eq!(counter("shop_requests_total", 0), None, "no exemplar was given, and there is no source");
    assert_eq!(counter("shop_requests_total", 1), Some(("search".to_owned(), 1.0, true)));
    assert_eq!(counter("shop_energy_joules_total", 0), Some(("energy".to_owned(), 2.5, true)));
    let histogram = |name: &str, series: usize| match &family(&snapshot, name).series[series].value {
        Value::Histogram(histogram) => histogram.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(ids(&histogram("shop_latency_seconds", 0).exemplars), [("quick", 0.05), ("slow", 7.0)]);
    assert_eq!(
        histogram("shop_latency_seconds", 0).count,
        3,
        "an observation counts with or without its exemplar"
    );
    assert!(histogram("shop_latency_seconds", 1).exemplars.is_empty());
    let pause = histogram("shop_pause_seconds", 0);
    assert_eq!((pause.exemplars.len(), pause.count), (2, 2));

    let page = exposition::openmetrics(&snapshot);
    let has = |begin: &str| page.lines().any(|line| line.starts_with(begin));
    assert!(has("shop_orders_total 3 # {trace_id=\"order\"} 3 1"), "{page}");
    assert!(
        has("shop_latency_seconds_bucket{route=\"order\",le=\"0.1\"} 2 # {trace_id=\"quick\"} 0.05 1"),
        "{page}"
    );
    assert!(
        has("shop_latency_seconds_bucket{route=\"order\",le=\"+Inf\"} 3 # {trace_id=\"slow\"} 7 1"),
        "{page}"
    );
    assert!(!exposition::text(&snapshot).contains("trace_id"));
}

#[test]
fn a_scrape_shows_them_in_the_formats_that_have_them() {
    KPIS.wait.observe_with(Seconds(0.5), traced("waited"));
    let body = |accept: &str| {
        let page = kpi_runtime::page(Some(accept), None);
        String::from_utf8_lossy(page.body()).into_owned()
    };
    let openmetrics = body("application/openmetrics-text;version=1.0.0");
    assert!(
        openmetrics.contains("shop_wait_seconds_bucket{le=\"1.0\"} 1 # {trace_id=\"waited\"} 0.5 1"),
        "{openmetrics}"
    );
    assert!(
        body("application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited")
            .contains("waited")
    );
    let text = body("text/plain");
    assert!(text.contains("shop_wait_seconds_bucket{le=\"1\"} 1\n") && !text.contains("trace_id"), "{text}");
}

#[test]
fn a_source_is_asked_where_none_is_given() {
    fn current() -> Option<Exemplar> {
        CURRENT.with_borrow(|current| current.map(traced))
    }
    assert!(exemplars::set_source(current));
    assert!(!exemplars::set_source(|| None), "the first one stays");
    let kpis = Kpis::new();
    kpis.orders.inc();
    CURRENT.set(Some("from the context"));
    kpis.orders.inc();
    kpis.latency.with(Route::Order).start_timer().discard();
    drop(kpis.latency.with(Route::Search).start_timer());
    let waited = kpis.wait.start_timer().stop_with(traced("given"));
    assert_eq!(kpis.wait.time(|| 7), 7);
    assert!(waited < Duration::from_secs(1));
    let plain: &kpi_runtime::handle::Counter<_, _, _> = &kpis.plain;
    plain.inc();

    let snapshot = kpi_runtime::testing::snapshot(&kpis);
    let orders = family(&snapshot, "shop_orders_total").series[0].exemplar.clone().unwrap();
    assert_eq!((&*orders.labels[0].1, orders.value), ("from the context", 1.0));
    let of = |name: &str, series: usize| match &family(&snapshot, name).series[series].value {
        Value::Histogram(histogram) => {
            ids(&histogram.exemplars).iter().map(|(id, _)| id.to_string()).collect::<Vec<_>>()
        }
        other => panic!("{other:?}"),
    };
    assert_eq!(of("shop_wait_seconds", 0), ["given"]);
    assert_eq!(of("shop_latency_seconds", 1), ["from the context"]);
    assert!(of("shop_latency_seconds", 0).is_empty(), "nothing was observed");
}

#[test]
fn a_handle_that_keeps_exemplars_is_one_that_does_not() {
    fn count(orders: &kpi_runtime::handle::Counter<Kpis, 0, kpi_runtime::unit::Count>) {
        orders.inc();
    }
    let kpis = Kpis::new();
    count(&kpis.orders);
    assert_eq!(kpis.orders.get(), 1);
    assert_eq!(format!("{:?}", kpis.orders), format!("{:?}", kpis.plain));
}
