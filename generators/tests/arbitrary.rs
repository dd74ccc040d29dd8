//! Any registry without errors becomes files that Prometheus, Alertmanager and promtool take.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test stops at whatever goes wrong")]

#[allow(dead_code, reason = "shared with the tests of rules")]
mod support;

use std::path::Path;
use std::process::Command;

use generators::artifacts::ARTIFACTS;
use kpi_registry::load::load_bytes;
use kpi_registry::registry::Registry;
use kpi_registry::render::human;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Map, Value, json};
use support::{files, promtool_passes, write};

/// What people write, and what would be code in some format that it ends up in.
fn text() -> impl Strategy<Value = String> {
    const ODD: &[&str] = &[
        "Requests that were answered",
        "Ends {{ $value }} and {{ .Labels.a }}",
        "\"quoted\" and 'quoted' \\ \\n",
        "x) or vector(1) #",
        "- {name: y}: [1, 2]",
        "<b>bold</b> & `code`",
        "Größe in 度 ☃",
        "$__rate_interval ${DS_PROMETHEUS} %s %d",
        "~ null yes 1e3",
    ];
    prop_oneof![select(ODD).prop_map(str::to_owned), "[A-Z][a-z]{1,12}( [a-z]{1,9}){0,4}"]
}

/// Ascending numbers.
fn ascending(count: usize) -> impl Strategy<Value = Vec<f64>> {
    prop::collection::btree_set(1_u32..100_000, count)
        .prop_map(|numbers| numbers.into_iter().map(|number| f64::from(number) / 8.0).collect())
}

fn thresholds() -> impl Strategy<Value = Value> {
    const LEVELS: &[&str] = &["critical_low", "warning_low", "warning_high", "critical_high"];
    let wait = prop::option::of(select(&["30s", "5m", "1h30m"]));
    (ascending(4), subsequence(LEVELS, 1..=4), wait, text()).prop_map(|(values, kept, wait, action)| {
        let mut thresholds = Map::new();
        for (level, value) in LEVELS.iter().zip(values).filter(|(level, _)| kept.contains(level)) {
            let mut threshold = json!({"value": value, "action": action});
            if let Some(wait) = wait {
                threshold["for"] = json!(wait);
                threshold["keep_firing_for"] = json!("10m");
            }
            thresholds.insert((*level).to_owned(), threshold);
        }
        Value::Object(thresholds)
    })
}

fn slo(kind: &str, bounds: &[f64]) -> Value {
    match kind {
        "counter" => json!({"objective": 99.5, "window": "28d", "bad": {"status": ["error"]}}),
        _ => json!({"objective": 95, "window": "7d", "latency": format!("{:.0}ms", bounds[1] * 1000.0)}),
    }
}

/// A KPI of a number, which makes its name one of its own.
fn kpi() -> impl Strategy<Value = Map<String, Value>> {
    let kind = select(&["gauge", "counter", "histogram", "native_histogram", "state", "info"]);
    let labels = subsequence(&["route", "model", "tenant"], 0..=2);
    let chance = || prop::bool::ANY;
    let details = (text(), thresholds(), ascending(5), chance(), chance(), chance());
    (kind, labels, details).prop_map(
        |(kind, mut labels, (description, thresholds, bounds, has, asks, aims))| {
            let mut kpi = Map::new();
            kpi.insert("type".into(), json!(kind));
            kpi.insert("description".into(), json!(description));
            let aggregations: &[&str] = match kind {
                "gauge" => &["mean", "min", "max", "last"],
                "counter" => &["rate", "increase"],
                "histogram" | "native_histogram" => &["p50", "p99", "mean", "rate"],
                _ => &[],
            };
            if asks && !aggregations.is_empty() {
                kpi.insert("aggregations".into(), json!(aggregations));
            }
            if kind == "gauge" && has {
                kpi.insert("thresholds".into(), thresholds);
            }
            let unit = match kind {
                "gauge" => "celsius",
                "counter" => "requests",
                "histogram" | "native_histogram" => "seconds",
                _ => "count",
            };
            kpi.insert("unit".into(), json!(unit));
            if kind == "histogram" {
                kpi.insert("buckets".into(), json!(bounds));
            }
            if kind == "counter" && aims {
                labels.push("status");
            }
            if aims && matches!(kind, "counter" | "histogram") {
                kpi.insert("slo".into(), slo(kind, &bounds));
            }
            let mut labels: Vec<Value> = labels.iter().map(|label| json!(label)).collect();
            if kind == "state" {
                labels = vec![json!({"name": "state", "values": ["open", "half-open", "+Inf"]})];
            } else if kind == "info" && labels.is_empty() {
                labels.push(json!("route"));
            }
            kpi.insert("labels".into(), Value::Array(labels));
            kpi
        },
    )
}

/// A registry as JSON, which YAML is too.
fn registry() -> impl Strategy<Value = Value> {
    let interval = select(&["5s", "15s", "1m"]);
    let agents = subsequence(&["neuros", "nutros", "a_b_c"], 1..=3);
    (interval, agents, prop::collection::vec((kpi(), prop::bool::ANY), 1..10), text()).prop_map(
        |(interval, agents, kpis, about)| {
            let mut all = Vec::new();
            for (number, (mut kpi, of_all)) in kpis.into_iter().enumerate() {
                kpi.insert("name".into(), json!(format!("value_{number}")));
                kpi.insert("agents".into(), if of_all { json!(agents) } else { json!([agents[0]]) });
                all.push(Value::Object(kpi));
            }
            let agents: Map<String, Value> = agents
                .iter()
                .enumerate()
                .map(|(number, agent)| {
                    let target = format!("{}:{}", agent.replace('_', "-"), 8000 + number);
                    ((*agent).to_owned(), json!({"description": about, "targets": [target], "container": agent}))
                })
                .collect();
            json!({
                "version": 2,
                "platform": "any",
                "defaults": {"owner": "team", "scrape_interval": interval},
                "prometheus": {"retention": "90d"},
                "labels": {
                    "route": {"description": about, "values": ["analyze", "a-b", "a_b", "\"quoted\\\"", "2xx", ".*"]},
                    "status": {"description": about, "values": ["ok", "error"]},
                    "tenant": {"description": about, "values": ["one"]},
                    "model": {"description": about, "open": true, "limit": 5},
                },
                "agents": agents,
                "external_metrics": {"use": ["cadvisor", "prometheus"]},
                "receivers": {"oncall": {"webhook": {"url": "http://127.0.0.1:9/"}}},
                "kpis": all,
            })
        },
    )
}

fn loaded(registry: &Value) -> Registry {
    let text = serde_json::to_vec_pretty(registry).unwrap();
    let loaded = load_bytes(Path::new("kpi_registry.yaml"), text);
    assert!(!loaded.diagnostics.has_errors(), "{}", human(&loaded.diagnostics, &loaded.sources, false));
    loaded.registry.expect("a registry without errors")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20, max_shrink_iters: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_generated_is_taken(registry in registry()) {
        let tree = generators::generate(&loaded(&registry), ARTIFACTS).expect("artifacts don't collide");
        let directory = tempfile::tempdir().unwrap();
        write(&tree, directory.path());
        let prometheus = directory.path().join("prometheus");
        promtool_passes(&["check", "config", "--syntax-only"], &[prometheus.join("prometheus.yml")]);
        promtool_passes(&["check", "rules", "--lint-fatal"], &files(&prometheus.join("rules")));
        promtool_passes(&["test", "rules"], &files(&prometheus.join("tests")));
        let config = directory.path().join("alertmanager/alertmanager.yml");
        let amtool = Command::new("amtool").arg("check-config").arg(config).output();
        let amtool = amtool.expect("amtool is missing; install it with `apt-get install prometheus-alertmanager`");
        prop_assert!(amtool.status.success(), "{}", String::from_utf8_lossy(&amtool.stderr));
    }
}
