//! Beyond one Prometheus, on real servers: two shards scrape and write to VictoriaMetrics, vmalert evaluates the rules there,
//! and an alert arrives at Alertmanager.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "what is unexpected fails the test"
)]

use generators::artifacts::ARTIFACTS;
use generators::tree::Tree;
use kpi_registry::entity::{RuleObjects, VictoriaMetrics as Target};
use kpi_registry::load::{load, load_bytes};
use kpi_registry::registry::Registry;
use kpi_registry::source::Spanned;
use kpi_tests::generated::rules;
use kpi_tests::http::{Page, free_address};
use kpi_tests::prometheus::{Alertmanager, Prometheus};
use kpi_tests::victoria::{VictoriaMetrics, Vmalert, check_rules};
use kpi_tests::wait::eventually;
use kpi_tests::{repository, target};
use serde_json::json;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// How many processes the agent has.
const INSTANCES: usize = 6;

#[test]
fn two_shards_write_what_vmalert_evaluates() {
    let folder = tempfile::tempdir().unwrap();
    let is_busy = Arc::new(AtomicBool::new(false));
    let instances: BTreeSet<String> = (0..INSTANCES).map(|_| instance(&is_busy)).collect();
    let alertmanager = start_alertmanager(folder.path());
    let victoria = VictoriaMetrics::start(folder.path());
    write(&generated(&platform(&instances, victoria.address())), folder.path());

    let shards = [0, 1].map(|number| {
        let config = folder.path().join(format!("prometheus/prometheus-shard-{number}.yml"));
        let data = folder.path().join(format!("shard-{number}"));
        fs::create_dir(&data).unwrap();
        Prometheus::start(&config, &data)
    });
    let pattern = folder.path().join("victoriametrics/rules/*.yml");
    let pattern = pattern.to_str().expect("a temporary path is text");
    let vmalert = Vmalert::start(pattern, &victoria, alertmanager.address(), folder.path());

    victoria.wait_for(&format!("count(up{{job=\"till\"}} == 1) == {INSTANCES}"));
    every_target_is_in_one_shard(&shards, &instances);
    let mean = victoria.wait_for("agent:shop_load_ratio:avg == 0.5");
    assert_eq!(mean.len(), 1, "the mean of all instances, whichever shard scraped them: {mean:?}");
    assert_eq!(mean[0].labels["agent"], "till");
    victoria.wait_for("slo:total:rate5m{slo_id=\"shop-sales\"}");
    victoria.wait_for("slo:bad:ratio5m{slo_id=\"shop-sales\"} == 0.5");

    is_busy.store(true, Ordering::Relaxed);
    let labels = vmalert.wait_for_firing("LoadCriticallyHigh");
    assert_eq!((&*labels["severity"], &*labels["agent"], &*labels["kpi"]), ("critical", "till", "load"));
    assert!(instances.contains(&labels["instance"]), "{labels:?}");
    let stored = victoria.wait_for("ALERTS{alertname=\"LoadCriticallyHigh\", alertstate=\"firing\"}");
    assert!(stored.iter().all(|sample| sample.labels["agent"] == "till"));
    eventually("the alert at Alertmanager", || {
        let alerts = alertmanager.alerts()?;
        let arrived = alerts.keys().any(|labels| labels["alertname"] == "LoadCriticallyHigh");
        if arrived { Ok(()) } else { Err(format!("{alerts:?}")) }
    });

    is_busy.store(false, Ordering::Relaxed);
    vmalert.wait_for_end("LoadCriticallyHigh");
    assert_eq!(vmalert.faults().unwrap(), Vec::<String>::new());
}

/// The platform: one agent of several processes, whose rules vmalert evaluates.
fn platform(instances: &BTreeSet<String>, storage: &str) -> Registry {
    let registry = json!({
        "version": 2, "platform": "shop", "defaults": {"scrape_interval": "1s"},
        "prometheus": {"external_labels": {"cluster": "test"}},
        "targets": {
            "prometheus": {
                "shards": 2, "replica": "a",
                "remote_write": [{"url": format!("http://{storage}/api/v1/write"), "name": "victoria"}],
            },
            "victoriametrics": null,
        },
        "labels": {"status": ["ok", "failed"]},
        "agents": {"till": {"targets": instances}},
        "kpis": [
            {
                "name": "load", "description": "Share of the capacity in use", "unit": "ratio", "agents": ["till"],
                "aggregations": ["mean"],
                "thresholds": {"critical_high": {"value": 0.9, "for": "1s", "keep_firing_for": "10m"}},
            },
            {
                "name": "sales", "description": "Sales at the till", "unit": "count", "type": "counter",
                "labels": ["status"], "agents": ["till"],
                "slo": {"objective": 99, "window": "7d", "bad": {"status": ["failed"]}},
            },
        ],
    });
    let loaded = load_bytes(Path::new("kpi_registry.yaml"), registry.to_string().into_bytes());
    assert!(!loaded.diagnostics.has_errors(), "{:?}", loaded.diagnostics);
    loaded.registry.unwrap()
}

/// A process of the agent; of its sales every other one fails.
fn instance(is_busy: &Arc<AtomicBool>) -> String {
    let is_busy = Arc::clone(is_busy);
    let started = std::time::Instant::now();
    target::start(move |_| {
        let load = if is_busy.load(Ordering::Relaxed) { "0.95" } else { "0.5" };
        let sales = started.elapsed().as_millis();
        let body = format!(
            "# TYPE shop_load_ratio gauge\nshop_load_ratio {load}\n# TYPE shop_sales_total counter\n\
             shop_sales_total{{status=\"ok\"}} {sales}\nshop_sales_total{{status=\"failed\"}} {sales}\n"
        );
        Ok(Page { content_type: "text/plain; version=0.0.4".to_owned(), body: body.into_bytes() })
    })
}

fn start_alertmanager(folder: &Path) -> Alertmanager {
    let config = folder.join("alertmanager.yml");
    fs::write(&config, "{route: {receiver: none}, receivers: [{name: none}]}").unwrap();
    Alertmanager::start(&config, &free_address(), folder)
}

fn every_target_is_in_one_shard(shards: &[Prometheus], instances: &BTreeSet<String>) {
    let mut scraped: Vec<String> = Vec::new();
    for shard in shards {
        let targets = shard.api("targets?state=active").unwrap();
        let targets = targets["activeTargets"].as_array().unwrap().iter();
        scraped.extend(targets.map(|target| target["labels"]["instance"].as_str().unwrap().to_owned()));
        let groups = shard.api("rules").unwrap();
        assert_eq!(groups["groups"], json!([]), "a shard evaluates nothing");
    }
    scraped.sort();
    assert!(scraped.iter().eq(instances), "{scraped:?}");
}

/// Registries with rules of every kind.
fn registries() -> Vec<(PathBuf, Registry)> {
    let folder = repository().join("generators/tests/registries");
    let others = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut paths: Vec<PathBuf> = others.collect();
    paths.push(repository().join("examples/auren/kpi_registry.yaml"));
    paths.sort();
    let named = |path: PathBuf| {
        let mut registry = load(&path).registry.unwrap();
        let version = Spanned::new(Target::DEFAULT, registry.platform.span);
        registry.targets.victoriametrics = Some(Target { version, objects: RuleObjects::default() });
        (path, registry)
    };
    paths.into_iter().map(named).collect()
}

/// `vmalert -dryRun` reads files, and only a query tells whether an expression can be evaluated.
#[test]
fn vmalert_and_victoriametrics_accept_every_rule() {
    let folder = tempfile::tempdir().unwrap();
    let victoria = VictoriaMetrics::start(folder.path());
    let mut count = 0;
    for (number, (path, registry)) in registries().into_iter().enumerate() {
        let folder = folder.path().join(number.to_string());
        write(&generated(&registry), &folder);
        let files = folder.join("victoriametrics/rules");
        for file in fs::read_dir(&files).unwrap() {
            check_rules(&file.unwrap().path()).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        }
        for rule in rules(&files) {
            victoria.accepts(rule.expression()).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            count += 1;
        }
    }
    assert!(count > 400, "{count} rules");
}

#[test]
fn vmalert_refuses_what_it_does_not_know() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rules.yml");
    let group = |more: &str| format!("groups: [{{name: g, rules: [{{record: a, expr: b{more}}}]}}]\n");
    fs::write(&file, group("")).unwrap();
    check_rules(&file).unwrap();
    fs::write(&file, group(", keep: 5m")).unwrap();
    assert!(check_rules(&file).unwrap_err().contains("unknown fields"));
    fs::write(&file, group(" +")).unwrap();
    check_rules(&file).unwrap_err();
}

fn generated(registry: &Registry) -> Tree {
    generators::generate(registry, ARTIFACTS).unwrap()
}

fn write(tree: &Tree, folder: &Path) {
    for (path, entry) in tree.iter() {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, &entry.bytes).unwrap();
    }
}
