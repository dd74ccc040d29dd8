//! OpenSLO as SLOs of a registry: what was exported comes back, and what others write becomes the same.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test stops at whatever goes wrong")]

#[allow(dead_code, reason = "shared with the tests of rules")]
mod support;

use std::fs;
use std::path::{Path, PathBuf};

use generators::artifacts::ARTIFACTS;
use generators::import::openslo::{Imported, import};
use generators::tree::Tree;
use kpi_registry::load::{Loaded, load_bytes};
use kpi_registry::registry::Registry;
use kpi_registry::render::human;
use kpi_registry::source::SourceMap;
use serde_yaml::{Mapping, Value};

/// A registry with these SLOs.
fn loaded(registry: &Value) -> Loaded {
    let text = serde_yaml::to_string(registry).unwrap();
    let loaded = load_bytes(Path::new("kpi_registry.yaml"), text.into_bytes());
    assert!(!loaded.diagnostics.has_errors(), "{}", human(&loaded.diagnostics, &loaded.sources, false));
    loaded
}

fn generated(registry: &Registry, groups: &[&str]) -> Tree {
    let artifacts: Vec<_> =
        ARTIFACTS.iter().copied().filter(|artifact| groups.contains(&artifact.group())).collect();
    generators::generate(registry, &artifacts).unwrap()
}

/// Every file by its path, without the line that names the registry's hash or file.
fn files(tree: &Tree) -> Vec<(String, String)> {
    tree.iter()
        .map(|(path, entry)| (path.to_owned(), String::from_utf8(entry.bytes.clone()).unwrap()))
        .collect()
}

/// What `kpi import openslo` makes of files.
fn imported(loaded: Loaded, paths: &[PathBuf]) -> (Imported, SourceMap) {
    let (registry, mut sources) = (loaded.registry.unwrap(), loaded.sources);
    let imported = import(&registry, &mut sources, paths);
    (imported, sources)
}

fn entries<'v>(value: &'v mut Value, key: &str) -> &'v mut Vec<Value> {
    let top = value.as_mapping_mut().unwrap();
    top.entry(key.into()).or_insert_with(|| Value::Sequence(Vec::new())).as_sequence_mut().unwrap()
}

/// The mapping under `slo` of every KPI, and every entry of `slos`.
fn slos(registry: &mut Value) -> Vec<&mut Mapping> {
    let top = registry.as_mapping_mut().unwrap();
    let mut all = Vec::new();
    for (key, list) in top {
        let Some(list) = list.as_sequence_mut() else { continue };
        for entry in list {
            match key.as_str() {
                Some("kpis") => all.extend(entry.get_mut("slo").and_then(Value::as_mapping_mut)),
                Some("slos") => all.extend(entry.as_mapping_mut()),
                _ => {}
            }
        }
    }
    all
}

/// Takes out of SLOs what OpenSLO has no key for.
fn forget(registry: &mut Value) {
    for slo in slos(registry) {
        for key in ["tiers", "low_traffic", "no_data", "runbook", "action"] {
            slo.remove(key);
        }
    }
    if let Some(profiles) = registry.get_mut("slo_profiles").and_then(Value::as_mapping_mut) {
        for (_, profile) in profiles {
            profile.as_mapping_mut().unwrap().remove("tiers");
        }
    }
}

/// Takes every SLO out of a registry.
fn without_slos(registry: &Value) -> Value {
    let mut without = registry.clone();
    without.as_mapping_mut().unwrap().remove("slos");
    for kpi in entries(&mut without, "kpis") {
        kpi.as_mapping_mut().unwrap().remove("slo");
    }
    without
}

/// Puts what was imported where its comment says.
fn with_slos(mut registry: Value, text: &str) -> Value {
    let mut imported: Value = serde_yaml::from_str(text).unwrap();
    let own = std::mem::take(entries(&mut imported, "slos"));
    if !own.is_empty() {
        *entries(&mut registry, "slos") = own;
    }
    for imported in entries(&mut imported, "kpis") {
        let kpis = entries(&mut registry, "kpis");
        let kpi = kpis.iter_mut().find(|kpi| kpi["name"] == imported["name"]).unwrap();
        kpi.as_mapping_mut().unwrap().insert("slo".into(), imported["slo"].clone());
    }
    registry
}

/// Exported, imported into the same registry without SLOs, and exported again.
fn there_and_back(registry: &Value) {
    let groups = ["openslo", "prometheus", "alertmanager"];
    // Those under `slos:` come back in the order of the files.
    let mut registry = registry.clone();
    entries(&mut registry, "slos").sort_by_key(|slo| slo["name"].as_str().unwrap().replace('_', "-"));
    let registry = &registry;
    let before = loaded(registry).registry.unwrap();
    let directory = tempfile::tempdir().unwrap();
    let exported = generated(&before, &["openslo"]);
    support::write(&exported, directory.path());
    let paths: Vec<PathBuf> = exported.iter().map(|(path, _)| directory.path().join(path)).collect();
    assert!(paths.len() > 1);
    let bare = without_slos(registry);
    let (imported, sources) = imported(loaded(&bare), &paths);
    let said = human(&imported.diagnostics, &sources, false);
    assert!(imported.diagnostics.is_empty(), "{said}");
    let after = loaded(&with_slos(bare, &imported.text.unwrap())).registry.unwrap();
    let (before, after) = (files(&generated(&before, &groups)), files(&generated(&after, &groups)));
    assert_eq!(before.len(), after.len());
    for (before, after) in before.iter().zip(&after) {
        assert_eq!(before, after);
    }
}

fn text(path: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    serde_yaml::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn the_example_comes_back() {
    there_and_back(&text("../examples/auren/kpi_registry.yaml"));
}

/// Every kind of SLO, without the terms that OpenSLO has no key for.
#[test]
fn every_slo_comes_back() {
    for name in ["slos", "flavours", "receivers"] {
        let mut registry = text(&format!("tests/registries/{name}.yaml"));
        forget(&mut registry);
        there_and_back(&registry);
    }
}

/// What others write becomes SLOs that a registry takes, and that come back when they are exported.
#[test]
fn other_shapes_are_slos_too() {
    let registry = text("../tests/imports/kpi_registry.yaml");
    let bare = without_slos(&registry);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/imports/every_shape.yaml");
    let (imported, sources) = imported(loaded(&bare), &[path]);
    assert!(imported.diagnostics.is_empty(), "{}", human(&imported.diagnostics, &sources, false));
    assert_eq!(imported.slos, 13);
    there_and_back(&with_slos(bare, &imported.text.unwrap()));
}

/// The findings of one file.
fn codes(content: &[u8]) -> (Vec<&'static str>, bool) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("slo.yaml");
    fs::write(&path, content).unwrap();
    let (imported, _) = imported(loaded(&text("../tests/imports/kpi_registry.yaml")), &[path]);
    (imported.diagnostics.iter().map(|finding| finding.code).collect(), imported.text.is_some())
}

const SLO: &str = r#"
apiVersion: openslo/v1
kind: SLO
metadata: {name: errors}
spec:
  service: web
  indicator:
    spec:
      ratioMetric:
        good: {metricSource: {type: Prometheus, spec: {query: 'sum(rate(shop_requests_total{status!~"5.."}[5m]))'}}}
        total: {metricSource: {type: Prometheus, spec: {query: 'sum(rate(shop_requests_total[5m]))'}}}
  timeWindow: [{duration: 30d, isRolling: true}]
  budgetingMethod: Occurrences
  objectives: [{target: 0.999}]
"#;

#[test]
fn whatever_stands_in_a_file_is_a_finding() {
    assert_eq!(codes(SLO.as_bytes()), (vec![], true));
    for (content, code) in [
        (Vec::new(), "KPI1121"),
        (b"---\n---\n# nothing\n".to_vec(), "KPI1121"),
        (vec![0xff, 0xfe, b'a'], "KPI0002"),
        (b"a\0b".to_vec(), "KPI0003"),
        ("[".repeat(100_000).into_bytes(), "KPI0007"),
        ("a: ".repeat(100_000).into_bytes(), "KPI0005"),
        (b"&a [*a]".to_vec(), "KPI0011"),
        (b"a: *b".to_vec(), "KPI0010"),
        (b"apiVersion: openslo/v1\nkind: [SLO]\nmetadata: 5\nspec: ~\n".to_vec(), "KPI0103"),
        (SLO.replace("sum(rate(shop", &"sum(".repeat(1000)).into_bytes(), "KPI1112"),
        (SLO.replace("5..", &"(a*".repeat(1000)).into_bytes(), "KPI1115"),
        (SLO.replace("0.999", &"9".repeat(100_000)).into_bytes(), "KPI0103"),
        (SLO.replace("30d", "99999999999999999999999d").into_bytes(), "KPI1107"),
        (SLO.replace("name: errors", "name: \"\\e\\0\"").into_bytes(), "KPI1105"),
        (vec![b'x'; 17 << 20], "KPI0004"),
    ] {
        let (found, has_text) = codes(&content);
        let shown = String::from_utf8_lossy(&content[..content.len().min(80)]).into_owned();
        assert!(found.contains(&code) && !has_text, "{shown}: {found:?}");
    }
    let (missing, _) =
        imported(loaded(&text("../tests/imports/kpi_registry.yaml")), &["missing.yaml".into()]);
    assert_eq!(missing.diagnostics.iter().map(|finding| finding.code).collect::<Vec<_>>(), ["KPI0001"]);
}

/// Ten thousand SLOs in one file take no longer than reading them.
#[test]
fn many_slos_are_read() {
    let many = (0..10_000).map(|at| ["---", &SLO.replace("errors", &format!("s{at}"))].concat());
    let many = many.collect::<String>();
    assert_eq!(codes(many.as_bytes()), (vec![], true));
}

/// Comments carry texts of others, and must not become anything else.
#[test]
fn comments_stay_comments() {
    let slo = SLO.replace(
        "name: errors",
        "name: errors, displayName: \"a\\nslos: []\\u2028b: c\", labels: {\"x\\ny\": \"z\\n\\tw\"}",
    );
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("slo.yaml");
    fs::write(&path, slo).unwrap();
    let (imported, _) = imported(loaded(&text("../tests/imports/kpi_registry.yaml")), &[path]);
    let mut text: Value = serde_yaml::from_str(&imported.text.unwrap()).unwrap();
    assert_eq!(entries(&mut text, "slos").len(), 1);
    assert_eq!(text.as_mapping().unwrap().len(), 2);
}
