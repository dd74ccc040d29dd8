//! What is written is read back by a parser of its own, for values and texts of every sort.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may fail loudly")]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use kpi_runtime::unit::{Celsius, Joules, Milliseconds, Seconds, Usd};
use kpi_runtime::{Isolated, NonNegative, exposition, testing};
use proptest::prelude::*;
use support::{Breaker, Kpis, Model, Route};

/// Sample name and labels, to the text of the value.
type Samples = BTreeMap<(String, BTreeMap<String, String>), String>;

/// A page, read strictly: each family has its HELP, TYPE and UNIT first and stands together.
#[derive(Debug, Default)]
struct Page {
    types: BTreeMap<String, String>,
    helps: BTreeMap<String, String>,
    units: BTreeMap<String, String>,
    samples: Samples,
}

fn parse(text: &str, openmetrics: bool) -> Page {
    let body = if openmetrics { text.strip_suffix("# EOF\n").expect("ends in EOF") } else { text };
    assert!(body.is_empty() || body.ends_with('\n'));
    let (mut page, mut current, mut ended) = (Page::default(), String::new(), BTreeSet::new());
    for line in body.split_terminator('\n') {
        if let Some(comment) = line.strip_prefix("# ") {
            let mut words = comment.splitn(3, ' ');
            let (kind, name, rest) =
                (words.next().unwrap(), words.next().unwrap(), words.next().unwrap_or_default());
            if name != current {
                assert!(ended.insert(name.to_owned()), "{name} stands in two places");
                name.clone_into(&mut current);
            }
            let (list, rest) = match kind {
                "HELP" => (&mut page.helps, unescape(rest, openmetrics)),
                "TYPE" => (&mut page.types, rest.to_owned()),
                "UNIT" if openmetrics => (&mut page.units, rest.to_owned()),
                _ => panic!("{line:?}"),
            };
            assert!(list.insert(name.to_owned(), rest).is_none(), "{line:?} is there twice");
        } else {
            let (name, labels, value) = sample(line);
            let kind = &page.types[&current];
            let suffixes: &[&str] = match (kind.as_str(), openmetrics) {
                ("counter", true) => &["_total"],
                ("info", true) => &["_info"],
                ("histogram", _) => &["_bucket", "_sum", "_count"],
                _ => &[""],
            };
            let suffix = name.strip_prefix(&current).unwrap_or_else(|| panic!("{name} within {current}"));
            assert!(suffixes.contains(&suffix), "{line:?} within {current}, a {kind}");
            assert!(page.samples.insert((name, labels), value).is_none(), "{line:?} is there twice");
        }
    }
    page
}

fn sample(line: &str) -> (String, BTreeMap<String, String>, String) {
    let end = line.find(['{', ' ']).expect("has a value");
    let (name, mut rest) = line.split_at(end);
    assert!(name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'), "{name}");
    let mut labels = BTreeMap::new();
    if let Some(inside) = rest.strip_prefix('{') {
        rest = inside;
        loop {
            let (name, quoted) = rest.split_once("=\"").expect("has a value");
            let end = end_of_quoted(quoted);
            assert!(
                labels.insert(name.to_owned(), unescape(&quoted[..end], true)).is_none(),
                "{name} is there twice"
            );
            rest = &quoted[end + 1..];
            match rest.split_at(1) {
                (",", more) => rest = more,
                ("}", more) => {
                    rest = more;
                    break;
                }
                _ => panic!("{line:?}"),
            }
        }
    }
    let value = rest.strip_prefix(' ').expect("a space goes before the value");
    assert!(!value.contains(' '), "{line:?}");
    (name.to_owned(), labels, value.to_owned())
}

/// The place of the first quote that is not escaped.
fn end_of_quoted(text: &str) -> usize {
    let mut escaped = false;
    let end = text.bytes().position(|byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    });
    end.expect("ends")
}

fn unescape(text: &str, quotes: bool) -> String {
    let (mut out, mut chars) = (String::new(), text.chars());
    while let Some(c) = chars.next() {
        out.push(match c {
            '\\' => match chars.next() {
                Some('n') => '\n',
                Some('\\') => '\\',
                Some('"') if quotes => '"',
                other => panic!("\\{other:?} in {text:?}"),
            },
            '"' if quotes => panic!("a bare quote in {text:?}"),
            c => c,
        });
    }
    out
}

fn labels(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// Both formats, which must say the same.
fn pages(kpis: &Isolated<Kpis>) -> (Page, Page) {
    (parse(&testing::text(kpis), false), parse(&testing::openmetrics(kpis), true))
}

#[track_caller]
fn number(page: &Page, name: &str, pairs: &[(&str, &str)]) -> f64 {
    let key = (name.to_owned(), labels(pairs));
    page.samples.get(&key).unwrap_or_else(|| panic!("{key:?} in {page:#?}")).parse().expect("is a number")
}

fn same(a: f64, b: f64) -> bool {
    a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan())
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![any::<String>(), "[\"\\\\\n,}{= a]{1,12}", "\\PC{1,40}"]
}

proptest! {
    #[test]
    fn every_value_and_text_comes_back(
        model in text(),
        celsius in prop_oneof![any::<f64>(), proptest::num::f64::ANY],
        joules in 0.0..f64::MAX,
        tokens in 1..=u64::MAX,
        seconds in proptest::collection::vec(prop_oneof![any::<f64>(), -1.0..5.0], 0..20),
    ) {
        let kpis = Kpis::new();
        kpis.temperature.with(Model(&model)).set(Celsius(celsius));
        kpis.tokens.with(Model(&model), Route::Health).inc_by(tokens);
        kpis.energy.inc_by(NonNegative::new(Joules(joules)).expect("is in range"));
        for value in &seconds {
            kpis.latency.with(Route::Analyze).observe(Seconds(*value));
        }
        kpis.breaker.with(Route::Health).set(Breaker::HalfOpen);
        kpis.serving.set(Model(&model), Route::Analyze);

        let mut end = model.len().min(128);
        while !model.is_char_boundary(end) {
            end -= 1;
        }
        let shown = if model.is_empty() { "_other" } else { &model[..end] };
        // What is written from the cells at once is what a snapshot of them is written as.
        let snapshot = testing::snapshot(&kpis);
        prop_assert_eq!(testing::text(&kpis), exposition::text(&snapshot));
        prop_assert_eq!(testing::openmetrics(&kpis), exposition::openmetrics(&snapshot));
        let read = testing::read_prom(&testing::text(&kpis)).map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert_eq!(testing::diff(&read, &snapshot).to_string(), "");

        let (text, openmetrics) = pages(&kpis);
        for page in [&text, &openmetrics] {
            prop_assert!(same(number(page, "test_temperature_celsius", &[("model", shown)]), celsius));
            prop_assert!(same(number(page, "test_energy_joules_total", &[]), joules));
            let key = ("test_tokens_total".to_owned(), labels(&[("model", shown), ("route", "health")]));
            prop_assert_eq!(&page.samples[&key], &tokens.to_string());
            prop_assert!(same(number(page, "test_serving_info", &[("model", shown), ("route", "analyze")]), 1.0));
            for (state, on) in [("open", 0.0), ("half \"open\"\\\n", 1.0), ("closed", 0.0)] {
                prop_assert!(same(number(page, "test_breaker", &[("route", "health"), ("state", state)]), on));
            }
            histogram(page, page.units.is_empty(), &seconds);
        }
        prop_assert_eq!(&text.samples.len(), &openmetrics.samples.len());
    }
}

fn float(count: usize) -> f64 {
    u32::try_from(count).expect("is small").into()
}

fn histogram(page: &Page, text: bool, seconds: &[f64]) {
    let bounds = if text { ["0.5", "1", "2.5", "1e+06"] } else { ["0.5", "1.0", "2.5", "1e+06"] };
    for bound in bounds {
        let below = seconds.iter().filter(|value| **value <= bound.parse().expect("is a number")).count();
        let count = number(page, "test_latency_seconds_bucket", &[("route", "analyze"), ("le", bound)]);
        assert!(same(count, float(below)), "{bound}: {count} of {seconds:?}");
    }
    let infinite = number(page, "test_latency_seconds_bucket", &[("route", "analyze"), ("le", "+Inf")]);
    let count = number(page, "test_latency_seconds_count", &[("route", "analyze")]);
    assert!(same(infinite, count) && same(count, float(seconds.len())));
    let add = |sum: f64, value: &f64| Some(sum + value).filter(|sum| sum.is_finite()).unwrap_or(sum);
    assert!(same(
        number(page, "test_latency_seconds_sum", &[("route", "analyze")]),
        seconds.iter().fold(0.0, add)
    ));
}

#[test]
fn a_fresh_instance_shows_its_zeros_and_nothing_else() {
    let (text, openmetrics) = pages(&Kpis::new());
    let names: BTreeSet<&str> = text.samples.keys().map(|(name, _)| name.as_str()).collect();
    let expected = [
        "test_bytes_total",
        "test_energy_joules_total",
        "test_latency_seconds_bucket",
        "test_latency_seconds_count",
        "test_latency_seconds_sum",
        "test_pause_ms_bucket",
        "test_pause_ms_count",
        "test_pause_ms_sum",
        "test_requests_total",
    ];
    assert_eq!(names.into_iter().collect::<Vec<_>>(), expected);
    assert!(text.samples.values().all(|value| value == "0"), "{:?}", text.samples);
    assert_eq!(text.samples.len(), openmetrics.samples.len());
}

/// A counter of a continuous unit is as lazy as one of wholes.
#[test]
fn a_series_that_nobody_wrote_to_is_not_there() {
    let kpis = Kpis::new();
    kpis.tokens.with(Model("a"), Route::Analyze).inc();
    let shown = |kpis| {
        testing::snapshot(kpis)
            .families
            .into_iter()
            .flat_map(|family| {
                let name = family.name;
                family.series.into_iter().map(move |series| (name.to_string(), series.labels.len()))
            })
            .filter(|(name, _)| name.contains("cost") || name.contains("downtime"))
            .collect::<Vec<_>>()
    };
    assert_eq!(shown(&kpis), []);

    kpis.cost.with(Model("b")).inc_by(NonNegative::clamped(Usd(0.5)));
    kpis.downtime.inc_by(Duration::from_secs(2));
    assert_eq!(
        shown(&kpis),
        [("test_cost_usd_total".to_owned(), 1), ("test_downtime_seconds_total".to_owned(), 0)]
    );
    assert_eq!(testing::value(&kpis, "test_cost_usd_total", &[("model", "b")]), Some(0.5));
}

#[test]
fn openmetrics_names_families_and_units_by_its_rules() {
    let kpis = Kpis::new();
    kpis.tokens.with(Model("a"), Route::Analyze).inc();
    kpis.serving.set(Model("a"), Route::Analyze);
    kpis.breaker.with(Route::Analyze).set(Breaker::Open);
    kpis.pause.observe(Milliseconds(1.0));
    let (text, openmetrics) = pages(&kpis);
    let kind = |page: &Page, name: &str| page.types.get(name).cloned();
    assert_eq!(kind(&text, "test_tokens_total").as_deref(), Some("counter"));
    assert_eq!(kind(&openmetrics, "test_tokens").as_deref(), Some("counter"));
    assert_eq!(kind(&text, "test_serving_info").as_deref(), Some("gauge"));
    assert_eq!(kind(&openmetrics, "test_serving").as_deref(), Some("info"));
    assert_eq!(kind(&openmetrics, "test_breaker").as_deref(), Some("gauge"));
    assert_eq!(openmetrics.helps["test_tokens"], "Tokens with a \"quote\", a \\ and\na line");
    assert_eq!(text.helps["test_tokens_total"], openmetrics.helps["test_tokens"]);
    let units: Vec<_> = openmetrics.units.iter().map(|(name, unit)| (name.as_str(), unit.as_str())).collect();
    let expected = [
        ("test_bytes", "bytes"),
        ("test_energy_joules", "joules"),
        ("test_latency_seconds", "seconds"),
        ("test_pause_ms", "ms"),
        ("test_requests", "requests"),
        ("test_tokens", "tokens"),
    ];
    assert_eq!(units, expected);
    // The order is that of the names, whatever the order of writes.
    let families: Vec<&str> = text.types.keys().map(String::as_str).collect();
    let page = testing::text(&kpis);
    let shown: Vec<&str> =
        page.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next()).collect();
    assert_eq!(shown, families);
}
