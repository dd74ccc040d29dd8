//! Other libraries' families beside the KPIs: which are shown, and what is said of those that are not.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests may fail loudly")]

mod kpis {
    kpi_runtime::kpis!("support/shop.yaml");
}

use kpi_runtime::bridge::prometheus::{KpiCollector, expose};
use kpi_runtime::contract::{Bridge, Origin};
use kpi_runtime::snapshot;
use kpi_runtime::snapshot::Value;
use kpis::KPIS;
use prometheus::core::{Collector, Desc};
use prometheus::{IntCounter, IntGauge, Opts, Registry, proto};

/// One that panics at every scrape.
struct Broken(Desc);

impl Collector for Broken {
    fn desc(&self) -> Vec<&Desc> {
        vec![&self.0]
    }

    fn collect(&self) -> Vec<proto::MetricFamily> {
        panic!("as it was asked to: {:?}", self.0.fq_name)
    }
}

fn registry(names: &[&str]) -> Registry {
    let registry = Registry::new();
    for name in names {
        registry.register(Box::new(IntGauge::new(*name, "Something").unwrap())).unwrap();
    }
    registry
}

/// In one test, because what is exposed belongs to the whole process.
#[test]
fn the_kpi_has_its_name() {
    KPIS.calls.inc();

    // A KPI that comes back to us is no conflict, nor is what two libraries say about the process.
    let first = registry(&["shop_in_flight_requests_sum", "foreign_temperature", "process_open_fds"]);
    first.register(Box::new(KpiCollector::new(&KPIS).unwrap())).unwrap();
    let hits =
        IntCounter::with_opts(Opts::new("foreign_hits_total", "Hits").const_label("path", "/")).unwrap();
    first.register(Box::new(hits)).unwrap();
    expose(&first);
    // A KPI's name without its suffix is its name in OpenMetrics.
    expose(&registry(&["shop_calls", "foreign_temperature", "foreign_pressure"]));
    let broken = Registry::new();
    let desc = Desc::new("foreign_broken".to_owned(), "Broken".to_owned(), Vec::new(), [].into()).unwrap();
    broken.register(Box::new(Broken(desc))).unwrap();
    expose(&broken);

    let seen = snapshot();
    assert_eq!(seen.series("shop_calls_total", &[]).map(|series| &series.value), Some(&Value::Whole(1)));
    let shown =
        ["foreign_temperature", "foreign_hits_total", "foreign_pressure", "shop_in_flight_requests_sum"];
    let missing: Vec<_> = shown.iter().filter(|name| seen.family(name).is_none()).collect();
    assert!(missing.is_empty(), "{missing:?}");
    assert!(seen.family("shop_calls").is_none());
    let conflicts = seen.family("kpi_runtime_conflicts").unwrap();
    let conflicts: Vec<&str> = conflicts.series.iter().map(|series| &*series.labels[0].1).collect();
    assert_eq!(conflicts, ["foreign_temperature", "shop_calls"]);

    let contract = kpi_runtime::contract();
    let origin = |name| contract.family(name).map(|family| family.origin);
    assert!(origin("shop_calls_total").is_some_and(Origin::is_registry));
    for name in shown {
        assert_eq!(origin(name), Some(Origin::Foreign(Bridge::Prometheus)), "{name}");
    }
    assert_eq!(origin("process_open_fds"), Some(Origin::Runtime));
    let labels = &contract.family("foreign_hits_total").unwrap().labels;
    assert_eq!(labels.iter().map(|label| &*label.name).collect::<Vec<_>>(), ["path"]);
    let left_out: Vec<_> = contract.left_out.iter().map(|it| (it.name.as_str(), it.from, it.kept)).collect();
    let expected = [
        ("process_open_fds", "prometheus", "kpi-runtime itself"),
        ("foreign_temperature", "prometheus", "prometheus"),
        ("shop_calls", "prometheus", "shop.yaml:13"),
    ];
    assert_eq!(left_out, expected);
    let json = contract.to_json();
    assert!(json.contains("\"in_registry\": false,\n      \"from\": \"prometheus\"\n"), "{json}");
}
