//! What tests have: assertions that say what is there instead, differences as text, files.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use kpi_runtime::snapshot::Snapshot;
use kpi_runtime::{assert_kpi, snapshot, testing};

use crate::kpis::{
    BreakerState, Bytes, Celsius, Count, Customer, DeploymentRelease, Eur, KPIS, Kpis, Milliseconds,
    NonNegative, Outcome, Reason, Route, Seconds, Usd,
};

/// What an assertion says when it fails.
fn told(assertion: impl FnOnce()) -> String {
    let told = catch_unwind(AssertUnwindSafe(assertion)).expect_err("an assertion fails");
    *told.downcast::<String>().expect("says why as a text")
}

#[test]
fn every_kind_is_compared_with_what_it_holds() {
    let kpis = Kpis::new();
    kpis.requests.with(Route::Cart, Outcome::Ok).inc_by(2_u8);
    kpis.sent.inc_by(Bytes::whole(512));
    kpis.busy.inc_by(Duration::from_millis(1_500));
    kpis.queue_length.set(Count(f64::NAN));
    kpis.temperature.with(Customer("ada")).set(Celsius(-0.0));
    kpis.latency.with(Route::Cart).observe(Milliseconds(7.0));
    kpis.basket.observe(Eur(12.5));
    kpis.breaker.set(BreakerState::HalfOpen);

    assert_kpi!(kpis.requests.with(Route::Cart, Outcome::Ok), 2);
    assert_kpi!(kpis.sent, 512);
    assert_kpi!(kpis.busy, Seconds(1.5));
    assert_kpi!(kpis.queue_length, Count(f64::NAN));
    assert_kpi!(kpis.temperature.with(Customer("ada")), Celsius(0.0));
    assert_kpi!(kpis.latency.with(Route::Cart), 1);
    assert_kpi!(kpis.basket, 1, "of {} baskets", 1);
    assert_kpi!(kpis.breaker, BreakerState::HalfOpen,);

    // What was never written is absent where it is not exposed, and 0 where it is a number.
    assert_kpi!(kpis.connections, absent);
    assert_kpi!(kpis.turned_away.with(Route::Cart, Reason::Late), absent);
    assert_kpi!(kpis.turned_away.with(Route::Cart, Reason::Late), 0);
    assert_kpi!(kpis.orders.with(Customer("nobody")), absent, "{} wrote it", "nobody");
    assert_kpi!(kpis.spent.with(Customer("nobody")), Usd(0.0));
    assert_kpi!(Kpis::new().breaker, absent);
}

#[test]
fn a_failure_names_the_series_and_those_nearest_to_it() {
    let kpis = Kpis::new();
    kpis.requests.with(Route::Checkout, Outcome::Error).inc();
    kpis.requests.with(Route::Cart, Outcome::Error).inc_by(3_u8);
    let told = told(|| assert_kpi!(kpis.requests.with(Route::Cart, Outcome::Ok), 3, "of {} orders", 7));
    assert_eq!(
        told,
        concat!(
            "a KPI is not what was expected: kpis.requests.with(Route::Cart, Outcome::Ok)\n",
            "    series: shop_requests_total{route=\"cart\",outcome=\"ok\"}\n",
            "  expected: 3\n",
            "    actual: 0\n",
            "with values:\n",
            "  shop_requests_total{route=\"cart\",outcome=\"error\"} 3\n",
            "  shop_requests_total{route=\"checkout\",outcome=\"error\"} 1\n",
            "of 7 orders",
        )
    );
}

#[test]
fn a_failure_of_a_kpi_without_values_names_those_of_others() {
    let kpis = Kpis::new();
    let nothing = told(|| assert_kpi!(kpis.latency.with(Route::Cart), 1));
    assert!(
        nothing.ends_with("  expected: 1 observation\n    actual: 0 observations\nno KPI has a value"),
        "{nothing}"
    );
    kpis.busy.inc_by(Duration::from_secs(2));
    kpis.temperature.with(Customer("it's \"ada\"\n")).set(Celsius(4.0));
    kpis.latency.with(Route::Checkout).observe(Milliseconds(1.0));
    kpis.breaker.set(BreakerState::Closed);
    let told = told(|| assert_kpi!(kpis.queue_length, Count(1.0)));
    assert_eq!(
        told,
        concat!(
            "a KPI is not what was expected: kpis.queue_length\n",
            "    series: shop_queue_length\n",
            "  expected: 1\n",
            "    actual: absent\n",
            "only others have values:\n",
            "  shop_breaker{state=\"closed\"} 1\n",
            "  shop_busy_seconds_total 2\n",
            "  shop_latency_ms{route=\"checkout\"} 1 observation, sum 1\n",
            "  shop_temperature_celsius{customer=\"it's \\\"ada\\\"\\n\"} 4",
        )
    );
}

#[test]
fn a_failure_shows_no_more_than_one_can_read() {
    let kpis = Kpis::new();
    for route in Route::ALL {
        for reason in Reason::ALL {
            kpis.turned_away.with(*route, *reason).inc();
        }
    }
    let told = told(|| assert_kpi!(kpis.turned_away.with(Route::Checkout, Reason::Late), absent));
    let lines: Vec<&str> = told.lines().skip(1).collect();
    assert_eq!(
        lines,
        [
            "    series: shop_turned_away_total{route=\"checkout\",reason=\"late\"}",
            "  expected: absent",
            "    actual: 1",
            "with values:",
            "  shop_turned_away_total{route=\"cart\",reason=\"late\"} 1",
            "  shop_turned_away_total{route=\"checkout\",reason=\"closed\"} 1",
            "  shop_turned_away_total{route=\"checkout\",reason=\"it's \\\"off\\\" \\\\\"} 1",
            "  shop_turned_away_total{route=\"cart\",reason=\"closed\"} 1",
            "  shop_turned_away_total{route=\"cart\",reason=\"it's \\\"off\\\" \\\\\"} 1",
            "  and 1 more",
        ]
    );
    let told = self::told(|| assert_kpi!(Kpis::new().breaker, BreakerState::HalfOpen));
    assert!(told.contains("series: shop_breaker\n  expected: half_open\n    actual: absent\n"), "{told}");
}

#[test]
fn a_difference_has_what_changed_and_nothing_else() {
    let kpis = Kpis::new();
    kpis.requests.with(Route::Cart, Outcome::Ok).inc();
    kpis.breaker.set(BreakerState::Closed);
    kpis.queue_length.set(Count(2.0));
    kpis.latency.with(Route::Cart).observe(Milliseconds(3.0));
    let before = testing::snapshot(&kpis);
    assert!(testing::diff(&before, &testing::snapshot(&kpis)).is_empty());

    kpis.requests.with(Route::Cart, Outcome::Ok).inc_by(4_u8);
    kpis.requests.with(Route::Checkout, Outcome::Error).inc();
    kpis.turned_away.with(Route::Cart, Reason::Closed).inc();
    kpis.orders.with(Customer("bob")).inc();
    kpis.orders.with(Customer("ada")).inc();
    kpis.spent.with(Customer("ada")).inc_by(NonNegative::clamped(Usd(0.1)));
    kpis.queue_length.set(Count(f64::INFINITY));
    kpis.connections.set(Count(0.0));
    kpis.breaker.set(BreakerState::Open);
    kpis.deployment.set(DeploymentRelease("1.4.2"));
    kpis.basket.observe(Eur(1.0));
    for milliseconds in [3.0, 7.0, 25.0, 1_000.0] {
        kpis.latency.with(Route::Cart).observe(Milliseconds(milliseconds));
    }
    let diff = testing::diff(&before, &testing::snapshot(&kpis));
    assert_eq!(
        diff.to_string().lines().collect::<Vec<_>>(),
        [
            "shop_basket_eur +1 observation, sum 0 -> 1",
            "shop_breaker{state=\"closed\"} 1 -> 0",
            "shop_breaker{state=\"open\"} 0 -> 1",
            "shop_connections absent -> 0",
            "shop_deployment_info{release=\"1.4.2\"} absent -> 1",
            "shop_latency_ms{route=\"cart\"} +4 observations, sum 3 -> 1038: 1 up to 5, 2 in (5, 25], 1 above 100",
            "shop_orders_total{customer=\"ada\"} +1",
            "shop_orders_total{customer=\"bob\"} +1",
            "shop_queue_length 2 -> +Inf",
            "shop_requests_total{route=\"cart\",outcome=\"ok\"} +4",
            "shop_requests_total{route=\"checkout\",outcome=\"error\"} +1",
            "shop_spent_usd_total{customer=\"ada\"} absent -> 0.1",
            "shop_turned_away_total{route=\"cart\",reason=\"closed\"} +1",
        ]
    );
    assert_eq!(diff.changes().len(), 13);
    let back = testing::diff(&testing::snapshot(&kpis), &before).to_string();
    assert!(back.contains("shop_requests_total{route=\"cart\",outcome=\"ok\"} 5 -> 1\n"), "{back}");
    assert!(
        back.contains("shop_latency_ms{route=\"cart\"} 5 observations -> 1 observation, sum 1038 -> 3\n"),
        "{back}"
    );
    assert!(back.contains("shop_connections 0 -> absent\n"), "{back}");
}

#[test]
fn what_differs_from_run_to_run_is_left_out() {
    let kpis = Kpis::new();
    let look = || {
        testing::snapshot(&kpis).without_values(&["shop_latency_ms", "shop_busy*"]).without(&["shop_spent*"])
    };
    let before = look();
    kpis.latency.with(Route::Cart).time(|| ());
    kpis.busy.inc_by(Duration::from_nanos(1));
    kpis.spent.with(Customer("ada")).inc_by(NonNegative::clamped(Usd(0.1)));
    kpis.errors.inc();
    let changes = "shop_errors_total +1\nshop_latency_ms{route=\"cart\"} +1 observation";
    assert_eq!(testing::diff(&before, &look()).to_string(), changes);
}

/// Instances of different tests, and the process' own.
#[test]
fn the_process_own_values_are_compared_too() {
    let look = || snapshot().without(&["process_*", "kpi_*", "shop_*"]);
    let before = look();
    let own = |snapshot: &Snapshot| snapshot.family("shop_sent_bytes_total").is_some();
    KPIS.sent.inc_by(Bytes::whole(1));
    assert!(own(&snapshot()) && !own(&look()));
    assert_eq!(testing::diff(&before, &look()).to_string(), "");
    assert_kpi!(KPIS.sent, 1);
}

/// `KPI_BLESS=1` writes the file.
#[test]
fn a_file_holds_what_is_expected() {
    let kpis = Kpis::new();
    for customer in ["it's \"ada\"", "bob\n", "back\\slash", "one too many"] {
        kpis.orders.with(Customer(customer)).inc();
    }
    kpis.requests.with(Route::Cart, Outcome::Ok).inc_by(2_u8);
    kpis.turned_away.with(Route::Checkout, Reason::Late).inc();
    kpis.sent.inc_by(Bytes::whole(u64::MAX));
    kpis.busy.inc_by(Duration::from_millis(1_500));
    kpis.queue_length.set(Count(f64::NEG_INFINITY));
    kpis.breaker.set(BreakerState::HalfOpen);
    kpis.deployment.set(DeploymentRelease("1.4.2"));
    kpis.basket.observe(Eur(12.5));
    let _timer = kpis.latency.with(Route::Cart).start_timer();
    kpis.latency.with(Route::Cart).time(|| ());
    let steady = testing::snapshot(&kpis).without_values(&["shop_latency_ms"]).without(&["shop_runs_total"]);
    testing::assert_prom_file("tests/api/expected.prom", &steady);
}
