//! Every key that the loader knows stands in the reference, and no other does.
//!
//! The loader itself says which keys it knows: here every entity has one that it does not.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use kpi_registry::load::load;

use crate::page;

/// A registry in which every mapping has the key `zzzzzzzz`.
const WRONG: &str = "
version: 2
zzzzzzzz: 1
platform: wrong
defaults: {zzzzzzzz: 1}
prometheus: {zzzzzzzz: 1}
targets:
  prometheus: {zzzzzzzz: 1, remote_write: [{zzzzzzzz: 1}]}
  prometheus_operator: {zzzzzzzz: 1}
  mimir: {zzzzzzzz: 1}
  thanos: {zzzzzzzz: 1}
  victoriametrics: {zzzzzzzz: 1}
  grafana: {zzzzzzzz: 1}
labels: {route: {zzzzzzzz: 1}}
slo_profiles: {standard: {zzzzzzzz: 1, tiers: [{zzzzzzzz: 1}]}}
agents:
  neuros:
    zzzzzzzz: 1
    kpis: {a: {zzzzzzzz: 1}}
    collaboration: {zzzzzzzz: 1, on_risk: [{zzzzzzzz: 1}]}
external_metrics: {other: {zzzzzzzz: 1}}
alerts: [{zzzzzzzz: 1}]
slos: [{zzzzzzzz: 1}]
receivers:
  none: {zzzzzzzz: 1}
  a: {pagerduty: {zzzzzzzz: 1}}
  b: {slack: {zzzzzzzz: 1}}
  c: {opsgenie: {zzzzzzzz: 1}}
  d: {webhook: {zzzzzzzz: 1}}
  e: {email: {zzzzzzzz: 1}}
funnels: [{zzzzzzzz: 1}]
dashboards: [{zzzzzzzz: 1, panels: [{zzzzzzzz: 1}]}]
kpis:
  - name: a
    zzzzzzzz: 1
    unit: {zzzzzzzz: 1}
    labels: [{zzzzzzzz: 1, name: shard}]
    thresholds: {zzzzzzzz: 1, warning_low: {zzzzzzzz: 1}}
    normal_range: {zzzzzzzz: 1}
    aggregations: [{zzzzzzzz: 1}]
    slo: {zzzzzzzz: 1, in_range: {zzzzzzzz: 1}}
    dashboard: {zzzzzzzz: 1, position: {zzzzzzzz: 1}}
    trace: {zzzzzzzz: 1}
    deprecated: {zzzzzzzz: 1}
  - {name: b, type: histogram, buckets: {zzzzzzzz: 1, exponential: {zzzzzzzz: 1}}}
  - {name: c, type: histogram, buckets: {linear: {zzzzzzzz: 1}}}
";

#[test]
fn every_key_is_in_the_reference() {
    let known = known_keys();
    let written = written_keys();
    for (what, keys) in &known {
        let table = written.get(what).unwrap_or_else(|| {
            panic!("docs/registry.md has no table after `<!-- keys: {what} -->` with {keys:?}")
        });
        assert_eq!(table, keys, "the keys of {what} in docs/registry.md");
    }
    let unknown: Vec<_> = written.keys().filter(|what| !known.contains_key(*what)).collect();
    assert!(unknown.is_empty(), "docs/registry.md has tables of nothing: {unknown:?}");
}

/// What the loader says about each kind of mapping.
fn known_keys() -> BTreeMap<String, BTreeSet<String>> {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let file = directory.path().join("kpi_registry.yaml");
    fs::write(&file, WRONG).expect("the registry can be written");
    let mut known: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for finding in &load(&file).diagnostics {
        let Some(what) = finding.message.strip_suffix(" has no key `zzzzzzzz`") else { continue };
        let keys = finding.help.iter().filter_map(|help| help.strip_prefix("known keys: "));
        let keys = keys.flat_map(|keys| keys.split(", ")).map(str::to_owned);
        known.entry(what.to_owned()).or_default().extend(keys);
    }
    assert_eq!(known.len(), WRONG.matches("zzzzzzzz").count() - 2, "each kind once, but two that come twice");
    known
}

/// The first column of each table that is marked `<!-- keys: … -->`.
fn written_keys() -> BTreeMap<String, BTreeSet<String>> {
    let mut written: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut table: Option<String> = None;
    for line in page::text("docs/registry.md").lines() {
        if let Some(what) = line.strip_prefix("<!-- keys: ").and_then(|rest| rest.strip_suffix(" -->")) {
            table = Some(what.to_owned());
        } else if let (Some(what), Some(row)) = (&table, line.strip_prefix("| `")) {
            let (key, _) = row.split_once('`').expect("a key in a table is closed");
            written.entry(what.clone()).or_default().insert(key.to_owned());
        } else if !line.starts_with('|') && !line.is_empty() {
            table = None;
        }
    }
    written
}
