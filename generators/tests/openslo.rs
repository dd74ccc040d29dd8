//! SLOs as objects of OpenSLO.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test stops at whatever goes wrong")]

#[allow(dead_code, reason = "shared with the tests of rules")]
mod support;

use std::collections::BTreeSet;
use std::path::Path;

use generators::artifacts::openslo::OpenSlo;
use generators::tree::Tree;
use generators::wire::openslo::{Object, ServiceSpec, SloSpec};
use kpi_registry::load::load_bytes;
use serde_json::json;
use support::{is_dns_label, promtool_passes, registry};

fn objects(tree: &Tree) -> (Vec<Object<ServiceSpec>>, Vec<Object<SloSpec>>) {
    let (mut services, mut slos) = (Vec::new(), Vec::new());
    for (path, entry) in tree.iter() {
        if path.starts_with("openslo/services/") {
            services.push(serde_yaml::from_slice(&entry.bytes).unwrap());
        } else {
            slos.push(serde_yaml::from_slice(&entry.bytes).unwrap());
        }
    }
    (services, slos)
}

#[test]
fn every_slo_is_an_object_of_a_service() {
    let registry = registry("slos.yaml");
    let (services, slos) = objects(&generators::generate(&registry, &[&OpenSlo]).unwrap());
    let known: BTreeSet<&str> = services.iter().map(|service| &*service.metadata.name).collect();
    assert_eq!((known.len(), slos.len()), (services.len(), 13));
    for slo in &slos {
        assert_eq!((&*slo.api_version, &*slo.kind), ("openslo/v1", "SLO"));
        assert!(is_dns_label(&slo.metadata.name), "{}", slo.metadata.name);
        assert!(known.contains(&*slo.spec.service), "{}", slo.spec.service);
        assert!(slo.spec.objectives[0].target > 0.0 && slo.spec.objectives[0].target < 1.0);
        assert!(slo.spec.time_window[0].is_rolling && slo.spec.alert_policies.is_empty());
    }
    let slo = |name: &str| slos.iter().find(|slo| slo.metadata.name == name).unwrap();
    let requests = slo("requests");
    let ratio = &requests.spec.indicator.spec.ratio_metric;
    assert!(ratio.counter);
    assert_eq!(
        ratio.total.metric_source.spec.query, r#"sum by (route) (demo_requests_total{agent="alpha"})"#,
        "of its one agent, by the labels that are kept apart"
    );
    assert!(
        !slo("fine-latency").spec.indicator.spec.ratio_metric.counter,
        "a native histogram has rates only"
    );
    assert_eq!(slo("everything-sent").spec.service, "demo", "several agents promise it together");
}

/// Every query is an expression, by promtool's judgement.
#[test]
fn queries_are_promql() {
    let (_, slos) = objects(&generators::generate(&registry("slos.yaml"), &[&OpenSlo]).unwrap());
    let queries = slos.iter().flat_map(|slo| {
        let ratio = &slo.spec.indicator.spec.ratio_metric;
        [&ratio.bad, &ratio.total].map(|metric| &metric.metric_source.spec.query)
    });
    let rules: Vec<_> = queries
        .enumerate()
        .map(|(number, query)| json!({"record": format!("q:{number}"), "expr": query}))
        .collect();
    assert_eq!(rules.len(), 26);
    let file = json!({"groups": [{"name": "queries", "rules": rules}]});
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("queries.yml");
    std::fs::write(&path, file.to_string()).unwrap();
    promtool_passes(&["check", "rules"], &[path]);
}

/// `a_b` and the `b` of agent `a` would be called alike.
#[test]
fn names_stay_apart() {
    let kpi = |name: &str, agents: &[&str]| {
        json!({
            "name": name, "description": "Calls answered", "unit": "count", "type": "counter", "labels": ["status"],
            "agents": agents, "slo": {"objective": 99, "window": "7d", "bad": {"status": ["error"]}},
        })
    };
    let registry = json!({
        "version": 2, "platform": "p", "labels": {"status": ["ok", "error"]},
        "agents": {"a": {"targets": ["a:1"]}, "c": {"targets": ["c:1"]}},
        "kpis": [kpi("a_b", &["a"]), kpi("b", &["a", "c"])],
    });
    let loaded = load_bytes(Path::new("kpi_registry.yaml"), registry.to_string().into_bytes());
    let (_, slos) = objects(&generators::generate(&loaded.registry.unwrap(), &[&OpenSlo]).unwrap());
    let names: Vec<&str> = slos.iter().map(|slo| &*slo.metadata.name).collect();
    assert_eq!(names.len(), 3);
    assert!(names.iter().all(|name| is_dns_label(name)), "{names:?}");
}
