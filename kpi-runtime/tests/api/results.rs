//! Results are counted as they pass.

use std::io;
use std::num::ParseIntError;

use crate::kpis::{Customer, KPIS, Kpis, Outcome, Route};

fn parse(text: &str) -> Result<u8, ParseIntError> {
    text.parse()
}

#[test]
fn a_result_is_counted_under_the_labels_that_fit_it_and_handed_on() {
    let kpis = Kpis::new();
    let ok = kpis.requests.track_result(parse("7"), |result| (Route::Cart, Outcome::of(result)));
    assert_eq!(ok, Ok(7));
    let error = kpis.requests.track_result(parse("x"), |result| (Route::Cart, result.into()));
    assert!(error.is_err());
    let counted = |outcome| kpis.requests.with(Route::Cart, outcome).get();
    assert_eq!([counted(Outcome::Ok), counted(Outcome::Error)], [1, 1]);
    assert_eq!(kpis.requests.with(Route::Checkout, Outcome::Ok).get(), 0);
}

#[test]
fn one_label_needs_no_tuple() {
    let kpis = Kpis::new();
    for text in ["1", "x", "y"] {
        let _ = kpis.runs.track_result(parse(text), Outcome::of);
    }
    assert_eq!([Outcome::Ok, Outcome::Error].map(|outcome| kpis.runs.with(outcome).get()), [1, 2]);
}

#[test]
fn an_open_label_comes_from_outside() {
    let kpis = Kpis::new();
    for name in ["ada", "bob", "ada"].map(str::to_owned) {
        assert_eq!(kpis.orders.track_result(parse("7"), |_| Customer(&name)), Ok(7));
    }
    assert_eq!(["ada", "bob"].map(|name| kpis.orders.with(Customer(name)).get()), [2, 1]);
}

#[test]
fn errors_alone_are_counted_and_handed_on() -> Result<(), ParseIntError> {
    let kpis = Kpis::new();
    assert_eq!(kpis.errors.track_err(parse("7"))?, 7);
    assert_eq!(kpis.errors.get(), 0);
    assert_eq!(kpis.errors.track_err(parse("x")), parse("x"));
    assert!(kpis.errors.track_err(Err::<(), _>(io::Error::other("away"))).is_err());
    assert_eq!(kpis.errors.get(), 2);
    let series = kpis.runs.with(Outcome::Error);
    assert!(series.track_err(parse("x")).is_err() && series.track_err(parse("7")).is_ok());
    assert_eq!(series.get(), 1);
    Ok(())
}

#[test]
fn what_was_awaited_is_a_result_too() {
    async fn fetch(text: &str) -> Result<u8, ParseIntError> {
        tokio::task::yield_now().await;
        parse(text)
    }
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("starts");
    let sum = runtime.block_on(async {
        let route = Route::Checkout;
        let first = KPIS.requests.track_result(fetch("3").await, |result| (route, Outcome::of(result)))?;
        let second = KPIS.errors.track_err(fetch("4").await)?;
        Ok::<_, ParseIntError>(first + second)
    });
    assert_eq!(sum, Ok(7));
    assert_eq!(KPIS.requests.with(Route::Checkout, Outcome::Ok).get(), 1);
    assert_eq!(KPIS.errors.get(), 0);
}
