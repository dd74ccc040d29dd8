//! Whatever a generated file names exists: a metric, label or value in a rule, an alert, a panel or a relabelling is one
//! that the running agents expose, one that a rule records, or one that the registry declares as somebody else's.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "what is unexpected fails the test"
)]

use kpi_registry::catalog;
use kpi_registry::load::load;
use kpi_registry::registry::Registry;
use kpi_tests::exposition::{Series, series};
use kpi_tests::expression::Names;
use kpi_tests::generated::{Rule, queries, rules, yaml};
use kpi_tests::platform::Platform;
use kpi_tests::prometheus::Prometheus;
use kpi_tests::webhook::Webhook;
use kpi_tests::{http, wait::eventually};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Series that Prometheus makes of every scrape.
const OF_A_SCRAPE: &[&str] = &[
    "up",
    "scrape_duration_seconds",
    "scrape_samples_post_metric_relabeling",
    "scrape_samples_scraped",
    "scrape_series_added",
];

/// Series that Prometheus makes of alerts, with the alerts' own labels.
const OF_ALERTS: &[&str] = &["ALERTS", "ALERTS_FOR_STATE"];

/// What relabelling keeps for others: Prometheus' own labels, targets of several environments, summaries of other
/// libraries, and what the runtime says about open labels and conflicts, of which the example has none.
const KEPT_FOR_OTHERS: &[&str] = &["__.*", "exported_.*", "environment", "quantile", "label", "family"];

#[test]
fn every_name_in_a_generated_file_exists() {
    let webhook = Webhook::start();
    let platform = Platform::copied(&webhook);
    platform.generate();
    let _neuros = platform.start_neuros();
    let mut nutros = platform.start_nutros();
    exercise(&platform, &mut nutros);
    let prometheus = Prometheus::start(&platform.generated("prometheus/prometheus.yml"), platform.folder());
    prometheus.wait_for("auren_hrv_rmssd_ms");
    prometheus.wait_for("auren_glucose_cv_percent");

    let world = World::seen(&platform, &prometheus);
    let mut checked = Checked::default();
    for rule in &world.rules {
        let place = rule.record().or(rule.alert()).unwrap_or_default();
        let texts = rule.annotations();
        world.check(place, rule.expression(), &texts, &mut checked);
    }
    for query in queries(&platform.generated("grafana")) {
        let place = format!("{}: {}", query.file.display(), query.title);
        world.check(&place, &query.expression, &[&query.legend], &mut checked);
    }
    relabelling_keeps_what_is_exposed(&platform, &prometheus, &mut checked);
    let Checked { metrics, labels, selectors, missing } = checked;
    assert!(missing.is_empty(), "named, but nowhere to be found:\n{}", missing.join("\n"));
    println!("checked {} metrics, {} labels, {} selectors", metrics.len(), labels.len(), selectors.len());
    assert!(metrics.len() > 11 && labels.len() > 5 && selectors.len() > 20, "too little was looked at");
}

/// What was checked, and what was not there.
#[derive(Default)]
struct Checked {
    metrics: BTreeSet<String>,
    labels: BTreeSet<String>,
    selectors: BTreeSet<String>,
    missing: Vec<String>,
}

/// Everything that may be named.
struct World<'a> {
    prometheus: &'a Prometheus,
    exposed: BTreeSet<String>,
    rules: Vec<Rule>,
    records: BTreeSet<String>,
    /// Metrics of others, with their labels.
    declared: BTreeMap<String, BTreeSet<String>>,
}

impl<'a> World<'a> {
    fn seen(platform: &Platform, prometheus: &'a Prometheus) -> Self {
        let exposed = [&platform.neuros, &platform.nutros].into_iter().flat_map(|agent| exposed_by(agent));
        let rules = rules(&platform.generated("prometheus/rules"));
        let records = rules.iter().filter_map(Rule::record).map(str::to_owned).collect();
        let declared = declared(&registry(platform));
        let exposed = exposed.map(|series| series.name).collect();
        Self { prometheus, exposed, rules, records, declared }
    }

    /// Checks an expression, and the labels that texts beside it show in braces.
    fn check(&self, place: &str, expression: &str, texts: &[&str], checked: &mut Checked) {
        let names = Names::of(expression);
        let mut possible: BTreeSet<String> = BTreeSet::new();
        for selector in &names.selectors {
            let metric = selector.split('{').next().unwrap_or_default();
            match self.labels_of(metric, selector) {
                Ok(labels) => possible.extend(labels),
                Err(reason) => checked.missing.push(format!("{place}: {selector}: {reason}")),
            }
            checked.metrics.insert(metric.to_owned());
            checked.selectors.insert(selector.clone());
        }
        let shown = texts.iter().flat_map(|text| braced(text));
        for label in names.labels.iter().cloned().chain(shown) {
            if !possible.contains(&label) {
                checked.missing.push(format!("{place}: label {label}"));
            }
            checked.labels.insert(label);
        }
    }

    /// The labels of the series that a selector matches.
    fn labels_of(&self, metric: &str, selector: &str) -> Result<BTreeSet<String>, String> {
        if let Some(labels) = self.declared.get(metric) {
            let of_every_target = ["job", "instance"].map(str::to_owned);
            return Ok(labels.iter().cloned().chain(of_every_target).collect());
        }
        if self.records.contains(metric) {
            return self.labels_of_record(metric);
        }
        if OF_ALERTS.contains(&metric) {
            return Ok(["alertname", "alertstate", "agent", "kpi", "severity", "team"]
                .map(str::to_owned)
                .into());
        }
        if !self.exposed.contains(metric) && !OF_A_SCRAPE.contains(&metric) {
            return Err("nobody exposes, records or declares it".to_owned());
        }
        let matched = self.prometheus.series(selector)?;
        let labels: BTreeSet<String> = matched.into_iter().flat_map(BTreeMap::into_keys).collect();
        if labels.is_empty() { Err("no series has these labels and values".to_owned()) } else { Ok(labels) }
    }

    /// The labels of what a record is made from; it may have no series yet.
    fn labels_of_record(&self, record: &str) -> Result<BTreeSet<String>, String> {
        let mut labels = BTreeSet::new();
        for rule in self.rules.iter().filter(|rule| rule.record() == Some(record)) {
            for selector in Names::of(rule.expression()).selectors {
                let metric = selector.split('{').next().unwrap_or_default();
                labels.extend(self.labels_of(metric, &selector)?);
            }
        }
        Ok(labels)
    }
}

/// Label names in `{{ $labels.name }}` of an annotation and `{{name}}` of a legend.
fn braced(text: &str) -> Vec<String> {
    let inside = text.split("{{").skip(1).filter_map(|rest| Some(rest.split_once("}}")?.0.trim()));
    let words = inside.flat_map(|inside| {
        let of_labels = inside
            .split("$labels.")
            .skip(1)
            .map(|rest| rest.split(|c: char| !c.is_alphanumeric() && c != '_').next());
        let is_name = inside.chars().all(|c| c.is_alphanumeric() || c == '_');
        of_labels.chain(std::iter::once(is_name.then_some(inside))).flatten()
    });
    words.map(str::to_owned).collect()
}

/// After the scrape's relabelling every exposed series still has every label it was exposed with.
fn relabelling_keeps_what_is_exposed(platform: &Platform, prometheus: &Prometheus, checked: &mut Checked) {
    let mut kept: BTreeSet<String> = BTreeSet::new();
    for (agent, address) in [("neuros", &platform.neuros), ("nutros", &platform.nutros)] {
        for series in exposed_by(address) {
            kept.extend(series.labels.keys().cloned());
            let wanted = |candidate: &BTreeMap<String, String>| {
                series.labels.iter().all(|(label, value)| {
                    candidate.get(label).is_some_and(|stored| same(label, value, stored))
                })
            };
            let selector = format!("{}{{job=\"{agent}\",agent=\"{agent}\"}}", series.name);
            let stored = eventually(&selector, || prometheus.series(&selector));
            if !stored.iter().any(wanted) {
                checked.missing.push(format!("scrape of {agent}: {series:?} is not stored as exposed"));
            }
        }
    }
    let config = yaml(&platform.generated("prometheus/prometheus.yml"));
    let jobs = config["scrape_configs"].as_array().expect("there are jobs");
    for job in jobs {
        let own = job["static_configs"].as_array().into_iter().flatten();
        kept.extend(
            own.filter_map(|group| group["labels"].as_object()).flatten().map(|(label, _)| label.clone()),
        );
    }
    kept.extend(["__name__", "job", "instance"].map(str::to_owned));
    for step in jobs.iter().filter_map(|job| job["metric_relabel_configs"].as_array()).flatten() {
        if step["action"] == "labelkeep" {
            for label in alternatives(&step["regex"]) {
                if !kept.contains(&label) && !KEPT_FOR_OTHERS.contains(&label.as_str()) {
                    checked.missing.push(format!("relabelling keeps `{label}`, which nobody has"));
                }
                checked.labels.insert(label);
            }
        }
    }
}

/// Whether a label was stored as exposed. A bound may be `1` in one format and `1.0` in another.
fn same(label: &str, exposed: &str, stored: &str) -> bool {
    let bounds = || exposed.parse::<f64>().ok().zip(stored.parse::<f64>().ok());
    exposed == stored
        || label == "le" && bounds().is_some_and(|(exposed, stored)| exposed.total_cmp(&stored).is_eq())
}

fn alternatives(regex: &Value) -> Vec<String> {
    let text = regex.as_str().unwrap_or_default();
    text.trim_start_matches('(').trim_end_matches(')').split('|').map(str::to_owned).collect()
}

fn exposed_by(address: &str) -> Vec<Series> {
    series(&http::get(address, "/metrics").expect("the agent answers").body)
}

fn registry(platform: &Platform) -> Registry {
    load(&platform.registry()).registry.expect("the registry has no errors")
}

fn declared(registry: &Registry) -> BTreeMap<String, BTreeSet<String>> {
    let catalogued =
        registry.catalogs.iter().flat_map(|catalog| catalog::metrics(catalog.value)).map(|metric| {
            (metric.name.to_owned(), metric.labels.iter().map(|label| label.name.to_owned()).collect())
        });
    let metrics = registry.external_metrics.iter();
    let own = metrics.map(|metric| (metric.name.value.clone(), metric.labels.iter().cloned().collect()));
    catalogued.chain(own).collect()
}

const BEATS: [f64; 2] = [800.0, 840.0];

/// Makes every KPI of both agents have a value.
fn exercise(platform: &Platform, nutros: &mut kpi_tests::process::Process) {
    let night = json!({
        "rr_intervals_ms": BEATS.repeat(20),
        "baseline_rmssd_ms": 50.0,
        "sleep_hours": [7.5, 7.5, 7.5, 7.5, 7.5, 7.5, 7.5],
        "source": "wearable",
    });
    let answer = http::post(&platform.neuros, "/api/agents/neuros/analyze", &night.to_string())
        .expect("NEUROS answers");
    assert_eq!(answer.status, 200, "{}", answer.body);
    nutros.say(r#"{"kind": "glucose", "mmol_per_l": [4, 5, 6]}"#);
    nutros.say(r#"{"kind": "protein", "meals_g": [50, 60], "weight_kg": 80, "plan": "hypertrophy"}"#);
    eventually("NUTROS has read both", || {
        let read = exposed_by(&platform.nutros)
            .into_iter()
            .filter(|series| series.name.starts_with("auren_protein"));
        if read.count() > 0 { Ok(()) } else { Err("no protein yet".to_owned()) }
    });
}
