//! What the encoders write is read by parsers that others wrote, and says what the snapshot says: values of every sort,
//! texts of every sort, nothing, one series and many.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "what is unexpected fails the test"
)]

mod arbitrary;
mod expected;
mod typed;

use arbitrary::{exemplar, snapshots};
use kpi_runtime::exposition::{OpenMetrics, protobuf, text};
use kpi_runtime::snapshot::{Exemplar, Family, Histogram, Kind, Series, Snapshot, Value};
use kpi_tests::client_model;
use kpi_tests::judge::Judge;
use kpi_tests::process::installed;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use std::io::Write;
use std::process::{Command, Stdio};

/// Runs a property, and fails with a small value that does not have it.
fn judged<S: Strategy>(cases: u32, values: &S, property: impl Fn(S::Value) -> Result<(), TestCaseError>) {
    // Values are made of values: without a limit it takes minutes to make them smaller.
    let config = Config {
        cases,
        failure_persistence: None,
        max_shrink_iters: 500,
        max_flat_map_regens: 50,
        max_shrink_time: 30_000,
        ..Config::default()
    };
    TestRunner::new(config).run(values, property).unwrap_or_else(|error| panic!("{error}"));
}

fn for_all(cases: u32, property: impl Fn(&Snapshot) -> Result<(), TestCaseError>) {
    judged(cases, &snapshots(), |snapshot| property(&snapshot));
}

#[test]
fn the_text_format_says_what_the_snapshot_says() {
    let judge = std::cell::RefCell::new(Judge::start());
    for_all(300, |snapshot| {
        let page = text(snapshot);
        let read = judge
            .borrow_mut()
            .text(&page)
            .map_err(|error| TestCaseError::fail(format!("{error}\n{page}")))?;
        prop_assert_eq!(expected::normalized(read), expected::text(snapshot), "{}", page);
        Ok(())
    });
}

/// The parser takes an escaped quote in an exemplar's label for the end of the label. Prometheus does not: `scrape.rs` shows
/// one arriving.
fn without_quotes_in_exemplars(mut snapshot: Snapshot) -> Snapshot {
    let unquote = |exemplar: &mut Exemplar| {
        for (_, value) in &mut exemplar.labels {
            *value = value.replace('"', "'").into();
        }
    };
    for series in snapshot.families.iter_mut().flat_map(|family| &mut family.series) {
        series.exemplar.as_deref_mut().into_iter().for_each(unquote);
        if let Value::Histogram(histogram) = &mut series.value {
            histogram.exemplars.iter_mut().for_each(unquote);
        }
    }
    snapshot
}

#[test]
fn openmetrics_says_what_the_snapshot_says() {
    let judge = std::cell::RefCell::new(Judge::start());
    for created in [false, true] {
        for_all(300, |snapshot| {
            let snapshot = &without_quotes_in_exemplars(snapshot.clone());
            let page = OpenMetrics::new().created(created).page(snapshot);
            let read = judge.borrow_mut().openmetrics(&page);
            let read = read.map_err(|error| TestCaseError::fail(format!("{error}\n{page}")))?;
            expected::bounds_are_floats(&read)?;
            prop_assert_eq!(expected::normalized(read), expected::openmetrics(snapshot, created), "{}", page);
            Ok(())
        });
    }
}

#[test]
fn protobuf_says_what_the_snapshot_says() {
    for_all(1_000, |snapshot| {
        let read = client_model::families(&protobuf(snapshot)).map_err(TestCaseError::fail)?;
        let (read, native) = expected::without_native_buckets(read);
        let (expected, buckets) = expected::protobuf(snapshot);
        prop_assert_eq!(native, buckets);
        // As text, in which NaN is NaN.
        prop_assert_eq!(format!("{read:#?}"), format!("{expected:#?}"));
        Ok(())
    });
}

/// Prometheus' own parser, as far as its tool takes pages: the text format. Lint that a random name deserves is fine (3),
/// a page that cannot be read is not (1).
#[test]
fn promtool_reads_the_text_format() {
    let promtool = installed("promtool", "prometheus");
    for_all(40, |snapshot| {
        let page = text(snapshot);
        let mut child = Command::new(&promtool)
            .args(["check", "metrics"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("promtool starts");
        child.stdin.take().expect("is piped").write_all(page.as_bytes()).expect("promtool reads");
        let output = child.wait_with_output().expect("promtool ends");
        let said = String::from_utf8_lossy(&output.stderr);
        prop_assert!(matches!(output.status.code(), Some(0 | 3)), "{}\n{}", said, page);
        Ok(())
    });
}

fn histogram(bound: f64, exemplars: &[f64]) -> Snapshot {
    let exemplars = exemplars.iter().map(|value| exemplar("trace_id", "4bf9", *value)).collect();
    let histogram = Histogram::new(vec![(bound, 1)], 2, 1.0).with_exemplars(exemplars);
    Snapshot {
        families: vec![Family::new(
            "h",
            Kind::Histogram,
            vec![Series::new(Vec::new(), Value::Histogram(histogram))],
        )],
    }
}

/// The one thing in which OpenMetrics is not followed: with negative bounds there should be no sum, because it might fall.
/// Means are made from it, and Prometheus reads it.
#[test]
fn a_histogram_with_negative_bounds_has_a_sum_all_the_same() {
    let page = OpenMetrics::new().page(&histogram(-1.0, &[]));
    let error = Judge::start().openmetrics(&page).expect_err("the parser is strict");
    assert!(error.contains("Cannot have _sum with negative buckets"), "{error}");
}

/// What the text formats have no place for is left out, and nothing else with it.
#[test]
fn an_exemplar_that_is_too_long_does_not_cost_the_scrape() {
    let mut judge = Judge::start();
    for (length, shown) in [(120, true), (121, false)] {
        let mut snapshot = histogram(1.0, &[]);
        let Value::Histogram(histogram) = &mut snapshot.families[0].series[0].value else { unreachable!() };
        // Characters, not bytes; `trace_id` has eight.
        histogram.exemplars = vec![exemplar("trace_id", &"é".repeat(length), 0.5)];
        let page = OpenMetrics::new().page(&snapshot);
        let families = judge.openmetrics(&page).expect("is OpenMetrics");
        assert_eq!(families[0].samples[0].exemplar.is_some(), shown, "{page}");
        assert_eq!(families[0].samples.len(), 4);
    }
}
