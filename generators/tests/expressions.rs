//! What is generated is judged by the rules about what users write.
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

use generators::wire::rules::{Record, Rule};
use kpi_registry::entity::SloRecords;
use kpi_registry::load::load;
use kpi_registry::meaning::{Label, Schema, Slos};
use kpi_registry::promql::{Dialect, Expr, Function, Grouping, MatchValue, Matcher, Range, Selector};
use kpi_registry::registry::Registry;
use kpi_registry::render::human;
use kpi_registry::series::slo;
use kpi_registry::value::PromDuration;

/// Registries with rules of every kind, and the example; each once more with the records of SLOs in the style of Sloth.
fn registries() -> impl Iterator<Item = Registry> {
    let names = ["rules.yaml", "slos.yaml", "infrastructure.yaml", "receivers.yaml", "flavours.yaml"];
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/auren/kpi_registry.yaml");
    let all = move || names.into_iter().map(support::registry).chain(load(&example).registry);
    all().chain(all().map(|mut registry| {
        registry.targets.slo_records = SloRecords::Sloth;
        registry
    }))
}

#[test]
fn what_is_generated_is_right() {
    let mut count = 0;
    for registry in registries() {
        for rule in support::generated_rules(&registry) {
            let (found, sources) = support::judged(&registry, rule.expr());
            // A record computes what it records.
            let is_right = found.iter().all(|finding| finding.code == "KPI1057");
            assert!(is_right, "{}", human(&found, &sources, false));
            count += 1;
        }
    }
    assert!(count > 300, "only {count} rules were judged");
}

/// A mistake that can be made at a part of an expression, and the code of the finding.
type Mistake = (&'static str, &'static str, fn(&mut Expr) -> bool);

const MISTAKES: &[Mistake] = &[
    ("a metric is misspelt", "KPI1041", |part| {
        let Some(name) = selector(part).and_then(|selector| selector.metric.as_mut()) else { return false };
        name.push_str("_x");
        true
    }),
    ("a label is misspelt", "KPI1042", |part| {
        let is_known = |selector: &&mut Selector| selector.metric.as_ref().is_some_and(|name| name != "up");
        let Some(selector) = selector(part).filter(is_known) else { return false };
        let Some(matcher) = selector.matchers.iter_mut().find(|matcher| matcher.label != "__name__") else {
            return false;
        };
        let is_open = selector.metric.as_deref() == Some("ALERTS");
        matcher.label.push_str("_x");
        !is_open
    }),
    ("an SLO is misspelt", "KPI1043", |part| {
        let matchers = selector(part).map(|selector| selector.matchers.iter_mut());
        let id = matchers.into_iter().flatten().find(|matcher| matcher.label == "slo_id");
        let Some(id) = id else { return false };
        *id = Matcher::eq("slo_id", "demo-nothing");
        true
    }),
    ("a bucket is none", "KPI1043", |part| {
        let matchers = selector(part).map(|selector| selector.matchers.iter_mut());
        let bucket = matchers.into_iter().flatten().find(|matcher| matcher.label == "le");
        let Some(bucket) = bucket else { return false };
        *bucket = Matcher::eq("le", "0.123");
        true
    }),
    ("a total is taken for a gauge", "KPI1044", |part| match part {
        Expr::Call(function @ (Function::Rate | Function::Increase), _) => {
            *function = Function::Deriv;
            true
        }
        _ => false,
    }),
    ("a gauge is taken for a total", "KPI1044", |part| match part {
        Expr::Call(function @ (Function::Deriv | Function::Delta), _) => {
            *function = Function::Rate;
            true
        }
        _ => false,
    }),
    ("the buckets lose their bounds", "KPI1045", |part| match part {
        Expr::Call(Function::HistogramQuantile, arguments) => match &mut arguments[1] {
            Expr::Aggregate(aggregate) => match &mut aggregate.grouping {
                Grouping::By(labels) => {
                    let before = labels.len();
                    labels.retain(|label| label != "le");
                    labels.len() < before
                }
                _ => false,
            },
            _ => false,
        },
        _ => false,
    }),
    ("a window is too short", "KPI1055", |part| match part {
        Expr::Call(Function::Rate | Function::Increase, arguments) => match &mut arguments[0] {
            Expr::Range(Range::Samples { window, .. }) => {
                *window = PromDuration::from_secs(16).into();
                true
            }
            _ => false,
        },
        _ => false,
    }),
];

fn selector(part: &mut Expr) -> Option<&mut Selector> {
    match part {
        Expr::Selector(selector) | Expr::Range(Range::Samples { selector, .. }) => Some(selector),
        _ => None,
    }
}

/// Makes a mistake at the first part that allows it.
fn make(expr: &mut Expr, mistake: fn(&mut Expr) -> bool) -> bool {
    let mut changed = expr.clone();
    if mistake(&mut changed) {
        *expr = changed;
        return true;
    }
    match expr {
        Expr::Range(Range::Subquery(subquery)) => make(&mut subquery.expr, mistake),
        Expr::Call(_, arguments) => arguments.iter_mut().any(|argument| make(argument, mistake)),
        Expr::Aggregate(aggregate) => make(&mut aggregate.expr, mistake),
        Expr::Binary(binary) => make(&mut binary.left, mistake) || make(&mut binary.right, mistake),
        Expr::Negative(inner) => make(inner, mistake),
        _ => false,
    }
}

/// Every mistake in every generated rule is found. The table says how many of each there are.
#[test]
fn mistakes_are_found() {
    let mut counts = vec![0_usize; MISTAKES.len()];
    for name in ["rules.yaml", "slos.yaml", "infrastructure.yaml"] {
        let registry = support::registry(name);
        let dialect = Dialect::rules(registry.prometheus.version.value);
        for rule in support::generated_rules(&registry) {
            let right = Expr::parse(rule.expr(), dialect).unwrap();
            for ((what, code, mistake), count) in MISTAKES.iter().zip(&mut counts) {
                let mut wrong = right.clone();
                if !make(&mut wrong, *mistake) {
                    continue;
                }
                let (found, _) = support::judged(&registry, &wrong.to_string());
                assert!(found.iter().any(|finding| finding.code == *code), "{what}: {wrong}");
                *count += 1;
            }
        }
    }
    for ((what, code, _), count) in MISTAKES.iter().zip(&counts) {
        println!("{count:5}  {code}  {what}");
        assert!(*count > 0, "{what}");
    }
}

/// The labels of what a rule of an SLO computes, by what it says alone. What it reads of the same SLO was recorded
/// before, and everything else is aggregated.
fn left(expr: &Expr, before: &BTreeMap<(String, String), BTreeSet<String>>) -> Option<BTreeSet<String>> {
    match expr {
        Expr::Number(_) | Expr::Text(_) => None,
        Expr::Call(Function::Vector, _) => Some(BTreeSet::new()),
        Expr::Aggregate(aggregate) => match &aggregate.grouping {
            Grouping::All => Some(BTreeSet::new()),
            Grouping::By(names) => Some(names.iter().cloned().collect()),
            Grouping::Without(_) => panic!("{expr}"),
        },
        Expr::Selector(selector) | Expr::Range(Range::Samples { selector, .. }) => {
            let [Matcher { label, value: MatchValue::Text(id), .. }] = selector.matchers.as_slice() else {
                panic!("{expr}")
            };
            assert_eq!(label, "slo_id");
            let name = selector.metric.clone().unwrap();
            Some(
                before
                    .get(&(name, id.clone()))
                    .unwrap_or_else(|| panic!("{expr} is not recorded before"))
                    .clone(),
            )
        }
        _ => expr.operands().into_iter().find_map(|operand| left(operand, before)),
    }
}

/// The records of SLOs in the rule files are those that expressions are judged by, no more and no less, and so are
/// their labels.
#[test]
fn records_of_slos_are_what_the_schema_says() {
    let (mut count, mut sets) = (0, BTreeSet::new());
    for registry in registries() {
        let dialect = Dialect::rules(registry.prometheus.version.value);
        let slos = Slos::of(&registry);
        let schema = Schema::of(&registry, &slos);
        let mut records: BTreeMap<String, Vec<(Record<'static>, BTreeSet<String>)>> = BTreeMap::new();
        let mut before = BTreeMap::new();
        for rule in support::generated_rules(&registry) {
            let Rule::Record(record) = rule else { continue };
            let Some(id) = record.labels.get("slo_id") else { continue };
            let kept = left(&Expr::parse(&record.expr, dialect).unwrap(), &before).unwrap();
            before.insert((record.record.clone(), id.clone().into_owned()), kept.clone());
            records.entry(record.record.clone()).or_default().push((record, kept));
        }
        let known: BTreeSet<&str> = schema.names().filter(|name| slo::is_record(name)).collect();
        assert_eq!(known, records.keys().map(String::as_str).collect());
        for (name, records) in &records {
            let series = schema.find(name).unwrap();
            let labels = &series.shape.labels;
            let mut set: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
            for (label, value) in records.iter().flat_map(|(record, _)| &record.labels) {
                set.entry(label).or_default().push(value);
            }
            let kept: BTreeSet<&str> =
                records.iter().flat_map(|(_, kept)| kept).map(String::as_str).collect();
            let all: BTreeSet<&str> = set.keys().chain(&kept).copied().collect();
            // Others may send them on under labels of their own, of which nothing is known.
            let certain = labels.names().filter(|label| {
                all.contains(label) || registry.targets.evaluates_rules() && !is_elsewhere(&registry)
            });
            assert_eq!(certain.collect::<BTreeSet<_>>(), all, "{name}");
            for (label, values) in &mut set {
                let Label { always, values: known, .. } = labels.get(label).unwrap();
                assert_eq!(*always, values.len() == records.len(), "{label} of {name}");
                values.sort_unstable();
                values.dedup();
                let is_closed = *label != slo::SLOTH_VERSION;
                assert_eq!(known.as_ref(), is_closed.then_some(&*values), "{label} of {name}");
            }
            for label in kept {
                let is_everywhere = records.iter().all(|(_, kept)| kept.contains(label));
                assert!(is_everywhere || !labels.must_have(label), "{label} of {name}");
                sets.insert((label.to_owned(), labels.must_have(label)));
            }
            count += 1;
        }
    }
    assert!(count > 100, "only {count} records were compared");
    for (label, always) in [("agent", true), ("agent", false), ("environment", false), ("route", false)] {
        assert!(sets.contains(&(label.to_owned(), always)), "{label} in {sets:?}");
    }
}

/// Whether others than Prometheus have the series too.
fn is_elsewhere(registry: &Registry) -> bool {
    let targets = &registry.targets;
    targets.prometheus_operator.is_some()
        || targets.mimir.is_some()
        || targets.thanos.is_some()
        || targets.victoriametrics.is_some()
}
