//! The rules as other systems than Prometheus read them: the same groups in other files.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops at whatever goes wrong"
)]

#[allow(dead_code, reason = "shared with the tests of rules")]
mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use generators::artifact::FileKind;
use generators::artifacts::ARTIFACTS;
use generators::tree::Tree;
use generators::wire::kubernetes::{ApiVersion, Kind, RuleObject};
use generators::wire::mimir::{Namespace, RuntimeConfig};
use generators::wire::prometheus::{Config, RelabelAction};
use generators::wire::rules::{Rule, RuleFile, RuleGroup};
use generators::wire::thanos::{self, PartialResponseStrategy};
use kpi_registry::entity::{Mimir, PartialResponse, RuleObjects, VictoriaMetrics};
use kpi_registry::load::load_bytes;
use kpi_registry::registry::Registry;
use kpi_registry::source::Spanned;
use kpi_registry::value::Version;
use serde::de::DeserializeOwned;
use serde_json::json;
use support::{is_dns_label, promtool, promtool_passes, registry, write};

/// Registries with rules of every kind.
const REGISTRIES: &[&str] = &["flavours.yaml", "rules.yaml", "slos.yaml", "infrastructure.yaml"];

/// What the Prometheus Operator takes, and what fits the annotation of `kubectl apply`.
const LARGEST_FILE: usize = 512 << 10;
const LARGEST_ANNOTATION: usize = 256 << 10;

fn generated(registry: &Registry) -> Tree {
    generators::generate(registry, ARTIFACTS).unwrap()
}

/// A registry, with every system named that evaluates rules.
fn for_everyone(name: &str) -> Registry {
    let mut registry = registry(name);
    let (at, targets) = (registry.platform.span, &mut registry.targets);
    targets.prometheus_operator.get_or_insert_with(RuleObjects::default);
    targets.mimir.get_or_insert_with(Mimir::default);
    targets.thanos.get_or_insert(PartialResponse::Abort);
    let newest = Version { major: 1, minor: 145, patch: 0 };
    targets.victoriametrics =
        Some(VictoriaMetrics { version: Spanned::new(newest, at), objects: RuleObjects::default() });
    registry
}

/// Every file of a kind, by path.
fn files<T: DeserializeOwned>(tree: &Tree, kind: FileKind) -> Vec<(String, T)> {
    let files = tree.iter().filter(|(_, entry)| entry.kind == kind);
    let read = |(path, entry): (&str, &generators::tree::Entry)| {
        let value = serde_yaml::from_slice(&entry.bytes).unwrap_or_else(|error| panic!("{path}: {error}"));
        (path.to_owned(), value)
    };
    files.map(read).collect()
}

fn groups(tree: &Tree, kind: FileKind) -> Vec<RuleGroup<'static>> {
    let files = files::<RuleFile<'static>>(tree, kind).into_iter();
    files.flat_map(|(_, file)| file.groups).collect()
}

fn objects(tree: &Tree, kind: FileKind) -> Vec<RuleObject<'static>> {
    files(tree, kind).into_iter().map(|(_, object)| object).collect()
}

fn by_name(groups: impl IntoIterator<Item = RuleGroup<'static>>) -> BTreeMap<String, RuleGroup<'static>> {
    let mut names = BTreeMap::new();
    for group in groups {
        let twice = names.insert(group.name.clone(), group);
        assert_eq!(twice, None, "names of groups are unique");
    }
    names
}

#[test]
fn everyone_gets_the_groups_of_prometheus() {
    for name in REGISTRIES {
        let tree = generated(&for_everyone(name));
        let expected = by_name(groups(&tree, FileKind::PrometheusRules));
        assert!(expected.len() >= 3, "{name}");

        let operator = objects(&tree, FileKind::PrometheusRuleObject);
        assert_eq!(by_name(operator.into_iter().flat_map(|object| object.spec.groups)), expected, "{name}");

        let mimir = files::<Namespace<'static>>(&tree, FileKind::MimirRules).remove(0).1;
        assert_eq!(by_name(mimir.groups), expected, "{name}");

        let thanos = files::<thanos::RuleFile<'static>>(&tree, FileKind::ThanosRules).into_iter();
        let thanos = thanos.flat_map(|(_, file)| file.groups).map(|group| RuleGroup {
            name: group.name,
            interval: group.interval,
            rules: group.rules,
        });
        assert_eq!(by_name(thanos), expected, "{name}");
    }
}

#[test]
fn files_are_named_as_those_of_prometheus() {
    let tree = generated(&registry("flavours.yaml"));
    let names = |folder: &str| -> BTreeSet<String> {
        let paths = tree.iter().filter_map(|(path, _)| path.strip_prefix(folder));
        paths.map(str::to_owned).collect()
    };
    assert_eq!(names("thanos/rules/"), names("prometheus/rules/"));
    assert!(names("victoriametrics/rules/").is_subset(&names("prometheus/rules/")));
}

/// Nobody pays for what is not named.
#[test]
fn systems_that_are_not_named_get_nothing() {
    let tree = generated(&registry("rules.yaml"));
    for group in ["prometheus-operator", "mimir", "thanos", "victoriametrics"] {
        assert!(tree.iter().all(|(_, entry)| entry.group != group), "{group}");
    }
}

#[test]
fn what_is_extracted_passes_promtool() {
    for name in REGISTRIES {
        let tree = generated(&for_everyone(name));
        let operator = objects(&tree, FileKind::PrometheusRuleObject);
        let victoria = objects(&tree, FileKind::VmRuleObject);
        let specs = operator.into_iter().chain(victoria).map(|object| object.spec);
        let files = groups(&tree, FileKind::VictoriaMetricsRules);
        let mimir = files_of_mimir(&tree);
        let directory = tempfile::tempdir().unwrap();
        let written: Vec<_> = specs
            .chain([RuleFile { groups: files }, RuleFile { groups: mimir }])
            .enumerate()
            .map(|(number, file)| {
                let path = directory.path().join(format!("{number}.yml"));
                std::fs::write(&path, serde_yaml::to_string(&file).unwrap()).unwrap();
                path
            })
            .collect();
        promtool_passes(&["check", "rules"], &written);
    }
}

fn files_of_mimir(tree: &Tree) -> Vec<RuleGroup<'static>> {
    files::<Namespace<'static>>(tree, FileKind::MimirRules).remove(0).1.groups
}

#[test]
fn objects_are_what_selectors_look_for() {
    let tree = generated(&registry("flavours.yaml"));
    let operator = objects(&tree, FileKind::PrometheusRuleObject);
    let labels = BTreeMap::from([
        ("release".to_owned(), "kube-prometheus-stack".to_owned()),
        ("example.com/team".to_owned(), "platform".to_owned()),
    ]);
    for object in &operator {
        assert_eq!((object.api_version, object.kind), (ApiVersion::Monitoring, Kind::PrometheusRule));
        assert_eq!(object.metadata.labels, labels);
        assert_eq!(object.metadata.namespace.as_deref(), Some("monitoring"));
        assert!(is_dns_label(&object.metadata.name), "{}", object.metadata.name);
    }
    let victoria = objects(&tree, FileKind::VmRuleObject);
    for object in &victoria {
        assert_eq!((object.api_version, object.kind), (ApiVersion::VictoriaMetrics, Kind::VmRule));
        assert_eq!(object.metadata.labels, BTreeMap::from([("project".to_owned(), "demo".to_owned())]));
    }
    let text = std::str::from_utf8(&tree.get("victoriametrics/objects/demo-beta-alerts.yaml").unwrap().bytes);
    assert!(text.unwrap().contains("apiVersion: operator.victoriametrics.com/v1beta1\nkind: VMRule\n"));
    let text = tree.get("prometheus-operator/demo-alpha-one-alerts.yaml").unwrap().bytes.clone();
    let text = String::from_utf8(text).unwrap();
    assert!(text.contains("apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\n"), "{text}");
}

/// A registry whose records and alerts are some megabytes.
fn large() -> Registry {
    let kpis: Vec<_> = (0..1500)
        .map(|number| {
            json!({
                "name": format!("queue_{number}"), "description": "Messages that wait in this queue", "unit": "messages",
                "agents": ["busy"], "aggregations": ["mean", "max", "min"],
                "thresholds": {"warning_high": 10, "critical_high": {"value": 100, "action": "Look at the consumers"}},
            })
        })
        .collect();
    let registry = json!({
        "version": 2, "platform": "demo", "agents": {"busy": {"targets": ["busy:1"]}}, "kpis": kpis,
        "targets": {"prometheus_operator": null, "victoriametrics": null},
    });
    load_bytes(Path::new("kpi_registry.yaml"), registry.to_string().into_bytes()).registry.unwrap()
}

#[test]
fn no_object_is_too_large() {
    let tree = generated(&large());
    for kind in [FileKind::PrometheusRuleObject, FileKind::VmRuleObject] {
        let files: Vec<(String, RuleObject<'static>)> = files(&tree, kind);
        assert!(files.len() > 6, "{} objects", files.len());
        let mut names = BTreeSet::new();
        for (path, object) in &files {
            assert!(tree.get(path).unwrap().bytes.len() < LARGEST_FILE, "{path}");
            let json = serde_json::to_string(&object).unwrap();
            assert!(json.len() < LARGEST_ANNOTATION, "{path}: {}", json.len());
            assert!(names.insert(object.metadata.name.clone()) && is_dns_label(&object.metadata.name));
        }
        by_name(files.iter().flat_map(|(_, object)| object.spec.groups.clone()));
        let rules = |groups: Vec<RuleGroup<'static>>| -> BTreeSet<String> {
            let rules = groups.into_iter().flat_map(|group| group.rules);
            rules.map(|rule| serde_json::to_string(&rule).unwrap()).collect()
        };
        let split = rules(files.into_iter().flat_map(|(_, object)| object.spec.groups).collect());
        assert_eq!(split, rules(groups(&tree, FileKind::PrometheusRules)), "nothing is lost");
    }
}

#[test]
fn victoriametrics_gets_what_its_version_knows() {
    let mut registry = registry("flavours.yaml");
    let keeps = |registry: &Registry| {
        let groups = groups(&generated(registry), FileKind::VictoriaMetricsRules);
        let rules = groups.into_iter().flat_map(|group| group.rules);
        rules.filter(|rule| matches!(rule, Rule::Alert(alert) if alert.keep_firing_for.is_some())).count()
    };
    assert_eq!(keeps(&registry), 0, "1.79.5 refuses it");
    registry.targets.victoriametrics.as_mut().unwrap().version.value =
        Version { major: 1, minor: 92, patch: 0 };
    assert_eq!(keeps(&registry), 2);
}

/// No version has native histograms: a rule on one would fail, and an alert on its absence would fire.
#[test]
fn victoriametrics_gets_no_rules_on_native_histograms() {
    let tree = generated(&registry("flavours.yaml"));
    let all = by_name(groups(&tree, FileKind::PrometheusRules));
    let kept = by_name(groups(&tree, FileKind::VictoriaMetricsRules));
    let lost: Vec<&str> = all.keys().filter(|name| !kept.contains_key(*name)).map(String::as_str).collect();
    assert_eq!(lost, ["demo-beta-records", "demo-slo-fine_latency"]);
    let expressions: Vec<&str> = kept.values().flat_map(|group| &group.rules).map(Rule::expr).collect();
    assert!(expressions.iter().all(|expr| !expr.contains("fine_latency")), "{expressions:#?}");
    assert_eq!(all["demo-slo-requests"], kept["demo-slo-requests"], "others keep all of theirs");
}

#[test]
fn mimir_is_granted_what_the_namespace_needs() {
    let tree = generated(&registry("flavours.yaml"));
    let namespace = files::<Namespace<'static>>(&tree, FileKind::MimirRules).remove(0).1;
    let limits = files::<RuntimeConfig>(&tree, FileKind::MimirRuntime).remove(0).1.overrides["demo"];
    assert_eq!(namespace.namespace, "kpis");
    assert!(limits.ruler_max_rule_groups_per_tenant >= namespace.groups.len());
    let most = namespace.groups.iter().map(|group| group.rules.len()).max();
    assert_eq!(Some(limits.ruler_max_rules_per_rule_group), most);
}

#[test]
fn thanos_knows_what_to_do_without_a_source() {
    let strategies = |registry: &Registry| -> Vec<PartialResponseStrategy> {
        let files = files::<thanos::RuleFile<'static>>(&generated(registry), FileKind::ThanosRules);
        files.into_iter().flat_map(|(_, file)| file.groups).map(|g| g.partial_response_strategy).collect()
    };
    let mut registry = registry("flavours.yaml");
    assert!(strategies(&registry).iter().all(|strategy| *strategy == PartialResponseStrategy::Warn));
    registry.targets.thanos = Some(PartialResponse::default());
    assert!(strategies(&registry).iter().all(|strategy| *strategy == PartialResponseStrategy::Abort));
}

fn configs(tree: &Tree) -> Vec<(String, Config)> {
    files(tree, FileKind::PrometheusConfig)
}

#[test]
fn prometheus_writes_where_it_is_told_with_secrets_in_files() {
    let tree = generated(&registry("flavours.yaml"));
    let (_, config) = configs(&tree).remove(0);
    let [mimir, victoria] = config.remote_write.as_slice() else { panic!("{:?}", config.remote_write) };
    assert_eq!(mimir.headers["X-Scope-OrgID"], "demo");
    assert_eq!(mimir.authorization.as_ref().unwrap().credentials_file, "/etc/prometheus/mimir_token");
    assert_eq!(victoria.basic_auth.as_ref().unwrap().password_file, "/etc/prometheus/victoria_password");
    assert!(mimir.send_exemplars && mimir.send_native_histograms, "the registry has both");
    assert_eq!(config.global.external_labels["__replica__"], "${HOSTNAME}");
    let relabel = &config.alerting.as_ref().unwrap().alert_relabel_configs[0];
    assert_eq!(
        (relabel.action, relabel.regex.as_deref()),
        (Some(RelabelAction::LabelDrop), Some("__replica__"))
    );
    let directory = tempfile::tempdir().unwrap();
    write(&tree, directory.path());
    promtool_passes(&["check", "config"], &[directory.path().join("prometheus/prometheus.yml")]);
}

/// Promtool hashes the targets as Prometheus does.
#[test]
fn every_target_is_scraped_by_one_shard() {
    let mut registry = registry("flavours.yaml");
    registry.targets.shards = Some(Spanned::new(3, registry.platform.span));
    let tree = generated(&registry);
    let directory = tempfile::tempdir().unwrap();
    write(&tree, directory.path());
    let configs = configs(&tree);
    assert_eq!(configs.len(), 3);
    let mut scraped: Vec<String> = Vec::new();
    for (path, config) in &configs {
        assert!(config.rule_files.is_empty() && config.alerting.is_none(), "a shard sees a part");
        assert_eq!(config.remote_write.len(), 2);
        let path = directory.path().join(path);
        promtool_passes(&["check", "config"], std::slice::from_ref(&path));
        let found = promtool(&["check", "service-discovery", "--timeout=2s"], &[path, "alpha_one".into()]);
        assert!(found.status.success(), "{found:?}");
        let found: Vec<serde_json::Value> = serde_json::from_slice(&found.stdout).unwrap();
        assert_eq!(found.len(), 6, "every shard sees every target");
        let kept = found.iter().filter_map(|target| target["labels"]["instance"].as_str());
        scraped.extend(kept.map(str::to_owned));
    }
    scraped.sort();
    let all: Vec<String> = (0..6).map(|number| format!("alpha-{number}:8000")).collect();
    assert_eq!(scraped, all);
}

#[test]
fn every_shard_scrapes_itself() {
    let mut registry = registry("infrastructure.yaml");
    registry.targets.shards = Some(Spanned::new(2, registry.platform.span));
    let names = configs(&generated(&registry)).into_iter().map(|(_, config)| {
        let own = config.scrape_configs.into_iter().find(|job| job.job_name == "prometheus").unwrap();
        own.relabel_configs[0].replacement.clone().unwrap()
    });
    assert_eq!(names.collect::<Vec<_>>(), ["prometheus-shard-0", "prometheus-shard-1"]);
}
