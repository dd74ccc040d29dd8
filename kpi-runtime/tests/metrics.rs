//! What libraries record through the `metrics` facade, beside the KPIs.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests may fail loudly")]

mod kpis {
    kpi_runtime::kpis!("support/shop.yaml");
}

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use kpi_runtime::bridge::metrics::{Builder, install};
use kpi_runtime::contract::{Bridge, Origin};
use kpi_runtime::snapshot::Value;
use kpi_runtime::{exposition, snapshot};
use kpis::{KPIS, Requests, Route};
use metrics::{
    Key, Label, Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram,
};

/// The lines of a page that belong to a name.
fn lines(page: &str, name: &str) -> Vec<String> {
    let belongs = |line: &&str| {
        line.split([' ', '{']).any(|word| word == name || word.starts_with(&format!("{name}_")))
    };
    page.lines().filter(belongs).map(str::to_owned).collect()
}

/// The recorder of the program, and what both text formats make of it.
#[test]
fn what_macros_say_is_exposed() {
    install().unwrap();
    assert!(install().is_err_and(|error| error.to_string().contains("already")));
    describe_counter!("cache.hits", Unit::Count, "Hits of a \"cache\"\nand more");
    describe_gauge!("queue_bytes", Unit::Bytes, "Bytes that wait");
    describe_histogram!("io_seconds", Unit::Seconds, "Time of a read");
    counter!("cache.hits", "cache" => "a\"b\\c\nd", "9th label" => "é").increment(2);
    counter!("cache.hits", "9th label" => "é", "cache" => "a\"b\\c\nd").increment(1);
    counter!("absolute_total").absolute(u64::MAX);
    gauge!("queue_bytes").set(-0.5);
    gauge!("queue_bytes").increment(2.0);
    histogram!("io_seconds", "le" => "mine").record(0.3);
    histogram!("io_seconds", "le" => "mine").record(std::time::Duration::from_secs(3));
    gauge!("two.names").set(1.0);
    gauge!("two_names").set(10.0);

    let seen = snapshot();
    let page = exposition::text(&seen);
    let hits = [
        r#"# HELP cache_hits_total Hits of a "cache"\nand more"#,
        "# TYPE cache_hits_total counter",
        r#"cache_hits_total{_9th_label="é",cache="a\"b\\c\nd"} 3"#,
    ];
    assert_eq!(lines(&page, "cache_hits"), hits);
    assert_eq!(lines(&page, "absolute")[1..], ["absolute_total 18446744073709551615"]);
    assert_eq!(lines(&page, "queue_bytes")[1..], ["# TYPE queue_bytes gauge", "queue_bytes 1.5"]);
    let io = lines(&page, "io_seconds");
    assert_eq!(io.len(), 2 + 12 + 2, "{io:?}");
    for line in [
        r#"io_seconds_bucket{exported_le="mine",le="0.25"} 0"#,
        r#"io_seconds_bucket{exported_le="mine",le="0.5"} 1"#,
        r#"io_seconds_bucket{exported_le="mine",le="+Inf"} 2"#,
        r#"io_seconds_sum{exported_le="mine"} 3.3"#,
        r#"io_seconds_count{exported_le="mine"} 2"#,
    ] {
        assert!(io.iter().any(|found| found == line), "{line} in {io:?}");
    }
    // Neither of two names that would become one is lost.
    assert_eq!(lines(&page, "two_names")[1..], ["two_names 10"]);
    assert_eq!(lines(&page, "U__two_2e_names")[1..], ["U__two_2e_names 1"]);

    let openmetrics = exposition::openmetrics(&seen);
    assert!(openmetrics.contains("# TYPE cache_hits counter\ncache_hits_total{"), "{openmetrics}");
    for line in ["# UNIT queue_bytes bytes", "# UNIT io_seconds seconds"] {
        assert!(openmetrics.lines().any(|found| found == line), "{line}");
    }
    assert!(!openmetrics.contains("# UNIT cache_hits"));
    let origin = kpi_runtime::contract().family("cache_hits_total").map(|family| family.origin);
    assert_eq!(origin, Some(Origin::Foreign(Bridge::Metrics)));
}

/// A name of the registry is the registry's.
#[test]
fn a_kpi_keeps_its_name() {
    KPIS.in_flight.with(Route::Order).inc();
    let recorder = Builder::new().recorder();
    metrics::with_local_recorder(&recorder, || {
        counter!("shop.requests").increment(1);
        gauge!("shop_in_flight_requests").set(7.0);
        gauge!("shop.duration_seconds_sum").set(7.0);
        gauge!("process_open_fds").set(7.0);
    });
    let seen = snapshot();
    let in_flight = seen.series("shop_in_flight_requests", &[("route", "order")]);
    assert_eq!(in_flight.map(|series| &series.value), Some(&Value::Real(1.0)));
    assert_eq!(KPIS.in_flight.with(Route::Order).get(), Some(Requests(1.0)));
    assert!(seen.family("shop_duration_seconds_sum").is_none());
    assert!(seen.series("shop_requests_total", &[]).is_none(), "it has labels");

    let conflicts = seen.family("kpi_runtime_conflicts").unwrap();
    let left_out = ["shop_duration_seconds_sum", "shop_in_flight_requests", "shop_requests_total"];
    let told = conflicts.series.iter().map(|series| &*series.labels[0].1);
    let told: Vec<&str> = told.filter(|name| name.starts_with("shop_")).collect();
    assert!(left_out.iter().all(|name| told.contains(name)), "{told:?}");
    let contract = kpi_runtime::contract();
    for name in left_out {
        let said = contract.left_out.iter().find(|it| it.name == name).unwrap();
        assert!(said.from == "metrics" && said.kept.starts_with("shop.yaml:"), "{said:?}");
    }
}

/// The sum of a family's counters, and the number of its series.
fn total(seen: &snapshot::Snapshot, name: &str) -> (u64, usize) {
    let family = seen.family(name).unwrap();
    let value = |series: &snapshot::Series| match series.value {
        Value::Whole(number) => number,
        ref other => panic!("{other:?}"),
    };
    (family.series.iter().map(value).sum(), family.series.len())
}

/// However many names and label values there are, memory is bounded, and what is gathered is counted.
#[test]
fn beyond_the_limits_is_other() {
    let overflowed = || total(&snapshot(), "kpi_runtime_metrics_overflowed_total").0;
    let recorder = Builder::new().max_names(3).max_series_of_a_name(2).max_series(3).recorder();
    metrics::with_local_recorder(&recorder, || {
        for user in 0..1_000 {
            counter!("limited.a", "user" => user.to_string()).increment(1);
            counter!("limited.b", "user" => user.to_string(), "x" => "y").increment(1);
        }
        assert_eq!(overflowed(), 1_997);
        // What is known goes on, and what has no labels is one series.
        counter!("limited.a", "user" => "1").increment(1);
        counter!("limited.a").increment(1);
        assert_eq!(overflowed(), 1_997);
        // Texts that say `_other` themselves are in the same series.
        counter!("limited.a", "user" => "_other").increment(1);
        gauge!("limited.c").set(1.0);
        for name in 0..100 {
            counter!(format!("limited.name{name}")).increment(1);
        }
    });
    assert_eq!(overflowed(), 1_997 + 100);
    let seen = snapshot();
    assert_eq!(total(&seen, "limited_a_total"), (1_003, 4));
    assert_eq!(total(&seen, "limited_b_total"), (1_000, 2));
    let other = |name, labels: &[_]| seen.series(name, labels).map(|series| series.value.clone());
    assert_eq!(other("limited_a_total", &[("user", "_other")]), Some(Value::Whole(999)));
    assert_eq!(other("limited_b_total", &[("user", "_other"), ("x", "_other")]), Some(Value::Whole(999)));
    assert!(seen.family("limited_c").is_some());
    assert!(!seen.families.iter().any(|family| family.name.starts_with("limited_name")));
}

#[test]
fn each_histogram_may_have_its_buckets() {
    let recorder =
        Builder::new().buckets([10.0, 1.0, f64::INFINITY]).buckets_of("bucketed.size", [100.0]).recorder();
    metrics::with_local_recorder(&recorder, || {
        histogram!("bucketed.size").record(50.0);
        histogram!("bucketed.time").record_many(5.0, 3);
        histogram!("bucketed.time").record(f64::NAN);
    });
    let seen = snapshot();
    let histogram = |name| match &seen.series(name, &[]).unwrap().value {
        Value::Histogram(histogram) => histogram.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(histogram("bucketed_size"), snapshot::Histogram::new(vec![(100.0, 1)], 1, 50.0));
    let time = snapshot::Histogram::new(vec![(1.0, 0), (10.0, 3)], 4, 15.0);
    assert_eq!(histogram("bucketed_time"), time);
}

/// Nothing is lost while others read, and each page is of one moment: count and sum of a histogram always agree.
#[test]
fn nothing_is_lost_while_it_is_read() {
    const THREADS: u32 = 4;
    const EACH: u32 = 50_000;
    let recorder = Builder::new().recorder();
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !is_over.load(Ordering::Relaxed) {
                let seen = snapshot();
                for series in seen.family("busy_ones").into_iter().flat_map(|family| &family.series) {
                    let Value::Histogram(ones) = &series.value else { panic!("{series:?}") };
                    assert_eq!(ones.sum.to_bits(), series.value.as_f64().to_bits());
                }
            }
        });
        let writers: Vec<_> = (0..THREADS)
            .map(|thread| {
                let recorder = &recorder;
                scope.spawn(move || {
                    metrics::with_local_recorder(recorder, || {
                        for number in 0..EACH {
                            // Threads make the same series at the same time.
                            let shard = (number % 64).to_string();
                            counter!("busy.total", "shard" => shard.clone()).increment(1);
                            gauge!("busy.level", "thread" => (thread % 2).to_string()).increment(1.0);
                            gauge!("busy.level", "thread" => (thread % 2).to_string()).decrement(0.5);
                            histogram!("busy.ones", "shard" => shard).record(1.0);
                        }
                    });
                })
            })
            .collect();
        for writer in writers {
            writer.join().unwrap();
        }
        is_over.store(true, Ordering::Relaxed);
    });
    let seen = snapshot();
    assert_eq!(total(&seen, "busy_total"), (u64::from(THREADS * EACH), 64));
    let level: f64 =
        seen.family("busy_level").unwrap().series.iter().map(|series| series.value.as_f64()).sum();
    assert_eq!(level.to_bits(), (f64::from(THREADS * EACH) / 2.0).to_bits());
    let ones: f64 = seen.family("busy_ones").unwrap().series.iter().map(|series| series.value.as_f64()).sum();
    assert_eq!(ones.to_bits(), f64::from(THREADS * EACH).to_bits());
}

/// A name that is only described stands in nobody's way.
#[test]
fn what_is_only_described_is_not_there() {
    let recorder = Builder::new().recorder();
    metrics::with_local_recorder(&recorder, || {
        describe_counter!("described.level", "It is a gauge after all");
        describe_gauge!("described_level", "It is spelt otherwise after all");
        gauge!("described.level").set(1.0);
    });
    let seen = snapshot();
    assert_eq!(seen.series("described_level", &[]).map(|series| &series.value), Some(&Value::Real(1.0)));
    assert!(seen.family("described_level_total").is_none());
}

/// A handle that was kept writes to the same series as the macro.
#[test]
fn handles_may_be_kept() {
    let recorder = Builder::new().recorder();
    let key = Key::from_parts("kept.hits", vec![Label::new("a", "b")]);
    let metadata = metrics::Metadata::new(module_path!(), metrics::Level::INFO, None);
    let kept = metrics::Recorder::register_counter(&recorder, &key, &metadata);
    kept.increment(1);
    metrics::with_local_recorder(&recorder, || counter!("kept.hits", "a" => "b").increment(1));
    kept.increment(1);
    assert_eq!(total(&snapshot(), "kept_hits_total"), (3, 1));
}
