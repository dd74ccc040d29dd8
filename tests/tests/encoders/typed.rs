//! The same for pages of typed KPIs, which text formats write on a shorter way than through a snapshot.

use super::{arbitrary, expected, judged};
use kpi_runtime::{NonNegative, testing};
use kpi_tests::client_model;
use kpi_tests::judge::Judge;
use proptest::collection::vec;
use proptest::prelude::*;
use std::cell::RefCell;

kpi_runtime::kpis!("registry.yaml");

/// What is written to every KPI once.
#[derive(Clone, Debug)]
struct Written {
    text: String,
    route: Route,
    whole: u64,
    real: f64,
    total: f64,
}

fn written() -> impl Strategy<Value = Written> {
    let routes = proptest::sample::select(Route::ALL.to_vec());
    let totals = prop_oneof![4 => arbitrary::totals(), 1 => Just(f64::NAN)];
    (arbitrary::texts(), routes, arbitrary::wholes(), arbitrary::reals(), totals)
        .prop_map(|(text, route, whole, real, total)| Written { text, route, whole, real, total })
}

fn write(kpis: &Kpis, written: &Written) {
    let Written { text, route, whole, real, total } = written;
    let model = || Model(text);
    kpis.requests.with(*route, model()).inc_by(*whole);
    kpis.spent.with(model()).inc_by(NonNegative::clamped(Usd(*total)));
    kpis.temperature.with(model()).set(Celsius(*real));
    kpis.wait.with(model(), *route).observe(Seconds(*total));
    kpis.answer.with(model()).observe(Seconds(*total));
    kpis.breaker.with(model()).set(if real.is_sign_positive() {
        BreakerState::Open
    } else {
        BreakerState::Closed
    });
    kpis.deployment.set(*route, model());
}

#[test]
fn typed_kpis_say_what_their_snapshot_says() {
    let judge = RefCell::new(Judge::start());
    judged(100, &vec(written(), 0..8), |all| {
        let kpis = Kpis::new();
        for written in &all {
            write(&kpis, written);
        }
        let snapshot = testing::snapshot(&kpis);

        let page = testing::text(&kpis);
        let read = judge
            .borrow_mut()
            .text(&page)
            .map_err(|error| TestCaseError::fail(format!("{error}\n{page}")))?;
        prop_assert_eq!(expected::normalized(read), expected::text(&snapshot), "{}", page);

        let page = testing::openmetrics(&kpis);
        let read = judge.borrow_mut().openmetrics(&page);
        let read = read.map_err(|error| TestCaseError::fail(format!("{error}\n{page}")))?;
        expected::bounds_are_floats(&read)?;
        prop_assert_eq!(expected::normalized(read), expected::openmetrics(&snapshot, false), "{}", page);

        let read = client_model::families(&testing::protobuf(&kpis)).map_err(TestCaseError::fail)?;
        let (read, native) = expected::without_native_buckets(read);
        let (expected, buckets) = expected::protobuf(&snapshot);
        prop_assert_eq!(native, buckets);
        prop_assert_eq!(format!("{read:#?}"), format!("{expected:#?}"));
        Ok(())
    });
}
