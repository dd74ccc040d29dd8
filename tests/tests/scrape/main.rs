//! Scrapes of a program whose threads write, in every format, by this test and by a real Prometheus: no histogram is torn,
//! no counter falls, and at the end the totals are exact.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::float_cmp,
    reason = "what is unexpected fails the test, and exact is what is promised"
)]

mod plain;
mod reading;

use kpi_tests::exposition::Series;
use kpi_tests::http::scrape;
use kpi_tests::process::installed;
use kpi_tests::prometheus::Prometheus;
use kpi_tests::target;
use kpi_tests::wait::eventually;
use reading::{Reading, read};
use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;
use std::thread;
use std::time::Duration;

kpi_runtime::kpis!("registry.yaml");

const WRITERS: u32 = 4;
const SCRAPES: usize = 1_000;

/// What Prometheus would ask for, one format at a time.
const FORMATS: [(&str, &str); 3] = [
    ("text", "text/plain;version=0.0.4"),
    ("openmetrics", "application/openmetrics-text;version=1.0.0"),
    (
        "protobuf",
        "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited",
    ),
];

#[test]
fn totals_are_exact_and_no_scrape_is_torn() {
    KPIS.init().expect("there is one registry");
    let endpoint = kpi_runtime::serve("127.0.0.1:0").expect("there is a free port").address().to_string();
    let folder = tempfile::tempdir().unwrap();
    let prometheus = start_prometheus(&endpoint, folder.path());

    let done = AtomicBool::new(false);
    let written: u32 = thread::scope(|scope| {
        let writers: Vec<_> = (0..WRITERS).map(|_| scope.spawn(|| write(&done))).collect();
        let stop = Stop(&done);
        let mut last: BTreeMap<&str, Reading> = BTreeMap::new();
        for _ in 0..SCRAPES {
            for (format, accept) in FORMATS {
                let reading = read(&scrape(&endpoint, accept).expect("the endpoint answers"));
                histograms_are_whole(&reading);
                counters_never_fall(last.get(format), &reading);
                last.insert(format, reading);
            }
        }
        prometheus.wait_for("count(load_requests_total) == 6");
        drop(stop);
        writers.into_iter().map(|writer| writer.join().expect("a writer writes")).sum()
    });

    totals_are_exact(&prometheus, written);
    promtool_has_no_complaint(&endpoint);
}

/// Tells the writers to stop, also when the test has failed.
struct Stop<'a>(&'a AtomicBool);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Relaxed);
    }
}

/// Writes until it is told to stop, and returns how often it has written to each KPI. Everything is worth 1 in some whole
/// number of ways, so that every total is known to the last one.
fn write(done: &AtomicBool) -> u32 {
    let mut rounds = 0;
    while !done.load(Relaxed) {
        KPIS.requests.with(Route::Left).inc();
        KPIS.requests.with(Route::Right).inc_by(2_u32);
        KPIS.busy.inc_by(Duration::from_secs(1));
        KPIS.depth.set(Requests(f64::from(rounds)));
        KPIS.wait.with(Route::Left).observe(Seconds(1.0));
        KPIS.wait.with(Route::Right).observe(Duration::from_secs(1));
        KPIS.answer.observe(Seconds(1.0));
        rounds += 1;
        // The longest test would otherwise be that of a processor.
        if rounds % 64 == 0 {
            thread::sleep(Duration::from_micros(100));
        }
    }
    rounds
}

/// Buckets do not fall with their bounds, the last one is the count, and the sum is that of the observations in it, all of
/// which were 1.
fn histograms_are_whole(reading: &Reading) {
    let counts = reading.iter().filter(|(series, _)| series.name.ends_with("_count"));
    let mut seen = 0;
    for (series, count) in counts {
        let name = series.name.strip_suffix("_count").expect("was looked at");
        let part = |suffix: &str| Series { name: format!("{name}{suffix}"), labels: series.labels.clone() };
        let of = |other: &Series| {
            let without = other.labels.iter().filter(|(label, _)| *label != "le");
            other.name == part("_bucket").name && without.eq(&series.labels)
        };
        let mut buckets: Vec<(f64, f64)> = reading
            .iter()
            .filter(|(other, _)| of(other))
            .map(|(other, value)| (other.labels["le"].parse().expect("is a number"), *value))
            .collect();
        buckets.sort_by(|a, b| a.0.total_cmp(&b.0));
        assert!(buckets.is_sorted_by(|a, b| a.1 <= b.1), "{series:?}: {buckets:?}");
        assert_eq!(buckets.last().map(|(_, last)| last), Some(count), "{series:?}: {buckets:?}");
        assert_eq!(reading[&part("_sum")], *count, "the sum of {series:?}");
        seen += 1;
    }
    assert_eq!(seen, 3, "{reading:#?}");
}

fn counters_never_fall(last: Option<&Reading>, reading: &Reading) {
    let totals = |series: &Series| {
        ["_total", "_bucket", "_count", "_sum"].iter().any(|suffix| series.name.ends_with(suffix))
    };
    for (series, before) in last.into_iter().flatten().filter(|(series, _)| totals(series)) {
        let now = reading.get(series).copied().unwrap_or_else(|| panic!("{series:?} has gone"));
        assert!(now >= *before, "{series:?} fell from {before} to {now}");
    }
}

/// Scrapes the endpoint itself, which negotiates protobuf, and through a target that asks for the other formats.
fn start_prometheus(endpoint: &str, folder: &std::path::Path) -> Prometheus {
    let jobs = FORMATS.map(|(format, accept)| {
        let endpoint = endpoint.to_owned();
        let target = match format {
            "protobuf" => endpoint,
            _ => target::start(move |_| scrape(&endpoint, accept)),
        };
        serde_json::json!({"job_name": format, "static_configs": [{"targets": [target]}]})
    });
    let config = serde_json::json!({
        "global": {"scrape_interval": "1s"},
        "scrape_configs": jobs,
    });
    let file = folder.join("prometheus.yml");
    fs::write(&file, config.to_string()).expect("the configuration can be written");
    Prometheus::start_with(&["exemplar-storage", "native-histograms"], &file, folder)
}

fn totals_are_exact(prometheus: &Prometheus, written: u32) {
    let written = f64::from(written);
    assert!(written > 0.0);
    let left = "route=\"left\"";
    for (format, _) in FORMATS {
        let job = format!("job=\"{format}\"");
        let mut totals = vec![
            (format!("load_requests_total{{{job},{left}}}"), written),
            (format!("load_requests_total{{{job},route=\"right\"}}"), 2.0 * written),
            (format!("load_busy_seconds_total{{{job}}}"), written),
            (format!("load_wait_seconds_bucket{{{job},{left},le=\"0.1\"}}"), 0.0),
            (format!("load_wait_seconds_bucket{{{job},{left},le=~\"1|1.0\"}}"), written),
            (format!("load_wait_seconds_bucket{{{job},{left},le=\"+Inf\"}}"), written),
            (format!("load_wait_seconds_sum{{{job},{left}}}"), written),
            (format!("load_wait_seconds_count{{{job},route=\"right\"}}"), written),
        ];
        let answer = if format == "protobuf" {
            [
                (format!("histogram_count(load_answer_seconds{{{job}}})"), written),
                (format!("histogram_sum(load_answer_seconds{{{job}}})"), written),
                // All were 1, which is the end of a bucket.
                (format!("histogram_quantile(1, load_answer_seconds{{{job}}})"), 1.0),
                (format!("histogram_fraction(0, 1, load_answer_seconds{{{job}}})"), 1.0),
            ]
            .to_vec()
        } else {
            [
                (format!("load_answer_seconds_count{{{job}}}"), written),
                (format!("load_answer_seconds_sum{{{job}}}"), written),
            ]
            .to_vec()
        };
        totals.extend(answer);
        for (expression, total) in totals {
            eventually(&format!("{expression} is {total}"), || match &prometheus.query(&expression)?[..] {
                [sample] if sample.value == total => Ok(()),
                other => Err(format!("{other:?}")),
            });
        }
    }
    let failed = prometheus.query("up == 0").expect("the expression is sound");
    assert!(failed.is_empty(), "{failed:?}");
}

/// Of our names and texts Prometheus' own linter has nothing to say.
fn promtool_has_no_complaint(endpoint: &str) {
    let page = scrape(endpoint, FORMATS[0].1).expect("the endpoint answers");
    let mut promtool = Command::new(installed("promtool", "prometheus"))
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("promtool starts");
    promtool.stdin.take().expect("is piped").write_all(&page.body).expect("promtool reads");
    let output = promtool.wait_with_output().expect("promtool ends");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
