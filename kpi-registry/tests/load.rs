//! Loading, from a path to a registry and its findings.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

use kpi_registry::diagnostic::Severity;
use kpi_registry::entity::{Discovery, Init, Kind, KpiId, Level, PanelType, SloGoal};
use kpi_registry::load::{Loaded, load};
use kpi_registry::registry::Registry;
use kpi_registry::render::human;

/// A directory of its own below cargo's scratch directory.
fn directory(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("load").join(name);
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).unwrap();
    path
}

fn loaded(name: &str, text: &str) -> Loaded {
    let path = directory(name).join("kpi_registry.yaml");
    fs::write(&path, text).unwrap();
    load(&path)
}

fn shown(loaded: &Loaded) -> String {
    human(&loaded.diagnostics, &loaded.sources, false)
}

#[test]
fn labels_and_thresholds_come_through() {
    let loaded = loaded(
        "happy",
        r#"version: 2
platform: auren
labels:
  route: {description: HTTP route, values: [analyze, health]}
  model: {open: true, limit: 20}
agents:
  neuros: {port: 8000, targets: ["neuros:8000"], kpis: {hrv_rmssd: {role: primary, thresholds: {critical: "< 25"}}}}
kpis:
  - name: hrv_rmssd
    description: Heart rate variability.
    unit: milliseconds
    prometheus_metric: auren_hrv_rmssd_ms
    agents: [neuros]
    thresholds: {critical: "< 20", warning: "< 30"}
  - name: requests
    description: Requests answered.
    unit: requests
    type: counter
    labels: [route, model, {name: shard, values: [a, b]}]
    aggregations: [rate, {op: increase, by: [route], window: 1h}]
"#,
    );
    assert_eq!(loaded.diagnostics.errors(), 0, "{}", shown(&loaded));
    let registry = loaded.registry.unwrap();
    assert_eq!(registry.kpis.len(), 2);
    let (hrv, requests) = (&registry.kpis[0], &registry.kpis[1]);
    assert_eq!(hrv.thresholds.critical_low.as_ref().unwrap().value.value.to_string(), "20");
    assert_eq!(requests.metric.value, "auren_requests_total");
    let labels: Vec<&str> = requests.labels.iter().map(|id| registry.label(id.value).name.as_str()).collect();
    assert_eq!(labels, ["route", "model", "shard"]);
    assert_eq!(requests.aggregations[1].by.as_ref().unwrap()[0].value, requests.labels[0].value);
    assert_eq!(
        registry.agents[0].kpis[0].thresholds.critical_low.as_ref().unwrap().value.value.to_string(),
        "25"
    );
}

#[test]
fn every_key_of_version_2_is_read() {
    let loaded = loaded("every-key", include_str!("load/everything.yaml"));
    assert_eq!(loaded.diagnostics.errors(), 0, "{}", shown(&loaded));
    let registry = loaded.registry.unwrap();
    let kpi = |name: &str| registry.kpis.iter().find(|kpi| kpi.name.value == name).unwrap();

    let delay = kpi("delay");
    let slo = delay.slo.as_ref().unwrap();
    assert_eq!(slo.terms.objective.unwrap().value.to_string(), "99.9", "from the profile");
    assert_eq!(slo.terms.window.unwrap().value.to_string(), "1w", "its own");
    assert!(matches!(slo.goal, SloGoal::Latency(_)));
    assert!(delay.trace.exemplars && delay.trace.span.as_deref() == Some("analyze"));
    let Kind::Histogram(buckets) = &delay.kind.value else { panic!("{:?}", delay.kind) };
    assert_eq!(buckets.bounds.len(), 6);
    assert_eq!(delay.init, Init::Zero);
    assert_eq!(delay.no_data.unwrap().to_string(), "20m");
    assert_eq!(delay.dashboard.panel_type.unwrap().value, PanelType::Heatmap);
    assert_eq!(delay.dashboard.position.width, Some(12));

    let answers = kpi("answers");
    assert_eq!(answers.metric.value, "demo_answers_requests_total");
    assert!(
        matches!(&answers.slo.as_ref().unwrap().goal, SloGoal::Bad(bad) if bad[0].1[0].value == "server_error")
    );
    assert_eq!(answers.agents.len(), 1);
    // Without an owner of its own it belongs to its agents' team, or the default.
    assert_eq!(answers.owner, None);
    let (id, _) = registry.kpis().find(|(_, kpi)| kpi.name.value == "answers").unwrap();
    assert_eq!(registry.owner_of(id, &[]), Some("team-b"));
    assert_eq!(answers.runbook.as_deref(), Some("https://runbooks.example/answers"));
    assert_eq!(answers.deprecated.as_ref().unwrap().remove_in.unwrap().value.to_string(), "3.0.0");

    assert_eq!(kpi("sugar").unit.value.suffix(), "mmol_per_liter");
    assert_eq!(kpi("sugar").depends_on.len(), 1);
    assert_eq!(kpi("gate").kind.value, Kind::State);
    assert!(matches!(kpi("share").kind.value, Kind::Derived(_)));
    assert_eq!(kpi("fleet").metric.value, "demo_fleet_info");

    let one = &registry.agents[0];
    assert_eq!(one.environment_targets["prod"][0].value, "one:8000");
    assert_eq!(one.kpis[0].actions, ["rest"]);
    assert_eq!(one.collaboration.on_risk[0].agent.value, "two");
    assert!(one.others.contains_key("autoscaling"));
    assert_eq!(registry.prometheus.external_labels["cluster"].value, "eu1");
    assert_eq!(registry.defaults.series_budget, 5000);
    assert_eq!(registry.catalogs.len(), 2);
    assert_eq!(registry.external_metrics[0].labels, ["topic"]);
    assert_eq!(registry.receivers.len(), 5);
    assert_eq!(registry.alerts[0].labels["service"], "x");
    assert_eq!(registry.slos[0].kpis.len(), 1);
    assert_eq!(registry.funnels[0].stages.len(), 2);
    assert_eq!(registry.dashboards[0].panels.len(), 2);
    assert_eq!(registry.targets.discovery, Discovery::File);
    assert!(registry.targets.others.contains_key("kubernetes"));
}

#[test]
fn a_directory_is_one_registry() {
    let path = directory("directory");
    fs::create_dir_all(path.join("agents/one")).unwrap();
    fs::create_dir_all(path.join("generated")).unwrap();
    let write = |name: &str, text: &str| fs::write(path.join(name), text).unwrap();
    write(
        "main.yaml",
        "version: 2\nplatform: demo\ninclude: ['agents/*/kpi_*.yaml']\nkpis:\n  - {name: a, description: First one., unit: ms, depends_on: [b]}\n",
    );
    write(
        "more.yml",
        "version: 2\nplatform: demo\nkpis:\n  - {name: b, description: Second one., unit: ms}\n",
    );
    write("agents/one/kpi_bindings.yaml", "agent: ONE\nkpis_used:\n  - {key: a, role: main}\n  - {key: c}\n");
    write("compose.yaml", "services: {x: {image: y}}\n");
    write("helm.yaml", "{{ if x }}: [\n");
    write("generated/.kpi-manifest.json", "{}");
    write("generated/rules.yaml", "kpis: [\n");
    #[cfg(unix)]
    std::os::unix::fs::symlink(&path, path.join("agents/loop")).unwrap();
    let loaded = load(&path);
    let found: Vec<String> = loaded
        .diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.code < "KPI0040" || diagnostic.severity == Severity::Error)
        .map(|diagnostic| format!("{} {}", diagnostic.code, loaded.sources.place(diagnostic.at.unwrap())))
        .collect();
    assert_eq!(
        found,
        ["KPI0112 agents/one/kpi_bindings.yaml:4:11", "KPI0019 compose.yaml:1:1", "KPI0019 helm.yaml:1:1"]
    );
    let registry = loaded.registry.unwrap();
    assert_eq!(registry.agents[0].name.value, "one");
    assert_eq!(registry.agents[0].kpis.len(), 1);
    assert_eq!(registry.kpis.len(), 2);
}

#[test]
fn includes_that_go_wrong() {
    let path = directory("includes");
    let write = |name: &str, text: &str| fs::write(path.join(name), text).unwrap();
    write(
        "a.yaml",
        "version: 2\nplatform: demo\ninclude: [b.yaml, none/*.yaml, /etc/*.yaml, '*.yaml']\nkpis:\n  - {name: a, description: First one., unit: ms, depends_on: [elsewhere]}\n",
    );
    write("b.yaml", "version: 2\ninclude: [a.yaml]\nlabels: {x: {values: [z]}}\n");
    write("c.yaml", "version: 2\nkpis: [\n");
    let loaded = load(&path.join("a.yaml"));
    let found: Vec<String> = loaded
        .diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.code < "KPI0340" || diagnostic.severity == Severity::Error)
        .map(|diagnostic| format!("{} {}", diagnostic.code, loaded.sources.place(diagnostic.at.unwrap())))
        .filter(|found| found.starts_with("KPI00") || found.starts_with("KPI011"))
        .collect();
    assert_eq!(
        found,
        ["KPI0022 a.yaml:3:19", "KPI0022 a.yaml:3:32", "KPI0023 b.yaml:2:11", "KPI0005 c.yaml:2:7"],
        "what stands in an unreadable file is not called undefined"
    );
    assert!(loaded.registry.is_some());
}

#[test]
fn everything_wrong_is_said_at_once() {
    let loaded = loaded("wrong", include_str!("load/wrong.yaml"));
    let expected = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/load/wrong.txt");
    if std::env::var_os("BLESS").is_some() {
        fs::write(&expected, shown(&loaded)).unwrap();
    }
    assert_eq!(shown(&loaded), fs::read_to_string(&expected).unwrap());
}

#[test]
fn a_missing_file_is_said() {
    let loaded = load(Path::new("no-such-directory/kpi_registry.yaml"));
    assert_eq!(loaded.diagnostics.iter().map(|diagnostic| diagnostic.code).collect::<Vec<_>>(), ["KPI0001"]);
    assert!(loaded.registry.is_none());
    let loaded = load(&directory("empty"));
    assert_eq!(loaded.diagnostics.iter().map(|diagnostic| diagnostic.code).collect::<Vec<_>>(), ["KPI0018"]);
}

#[test]
fn version_1_and_what_it_leaves_behind() {
    let path = directory("version1");
    let write = |name: &str, text: &str| fs::write(path.join(name), text).unwrap();
    write("kpi_registry.yaml", include_str!("hostile/version1.yaml"));
    write("one.yaml", include_str!("hostile/binding.yaml"));
    write(
        "two.yaml",
        "agent: TWO\nkpis_used:\n  - key: pulse_index\n    alerting: {caution_if: '>= 36', condition: is_awake == true}\n\
         kpis:\n  - {name: calm, description: How calm., unit: milliseconds, prometheus_metric: demo_calm_ms}\n",
    );
    let loaded = load(&path);
    let found: Vec<String> = loaded
        .diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.severity > Severity::Note && diagnostic.code != "KPI0640")
        .map(|diagnostic| format!("{} {}", diagnostic.code, loaded.sources.place(diagnostic.at.unwrap())))
        .collect();
    assert_eq!(
        found,
        [
            "KPI0901 kpi_registry.yaml:1:10",
            "KPI0903 kpi_registry.yaml:23:9",
            "KPI0901 one.yaml:2:10",
            "KPI0905 one.yaml:7:16",
            "KPI0904 one.yaml:8:28",
            "KPI0901 two.yaml:1:1",
            "KPI0112 two.yaml:3:10",
            "KPI0403 two.yaml:4:28",
            "KPI0904 two.yaml:4:48",
        ],
        "{}",
        shown(&loaded)
    );
    let registry = loaded.registry.unwrap();
    assert_eq!(registry.platform.value, "demo");
    let pulse = &registry.kpis[0];
    assert_eq!(pulse.thresholds.critical_low.as_ref().unwrap().action.as_deref(), Some("rest"));
    assert_eq!(pulse.thresholds.warning_high.as_ref().unwrap().value.value.to_string(), "100");
    let (one, two) = (registry.agent_named("ONE").unwrap(), registry.agent_named("two").unwrap());
    assert_eq!(
        registry.threshold(pulse_id(&registry), one, Level::CriticalLow).unwrap().value.value.to_string(),
        "25"
    );
    assert_eq!(registry.kpis[1].agents[0].value, two, "an inline KPI belongs to its agent");
    assert_eq!(registry.agent(one).collaboration.on_risk[0].agent.value, "TWO");
}

fn pulse_id(registry: &Registry) -> KpiId {
    registry.kpis().find(|(_, kpi)| kpi.name.value == "pulse").map(|(id, _)| id).unwrap()
}
