//! What is generated is judged by the rules about what users write.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops at whatever goes wrong"
)]

#[allow(dead_code, reason = "shared with the tests of rules")]
mod support;

use std::path::Path;

use kpi_registry::load::load;
use kpi_registry::promql::{Dialect, Expr, Function, Grouping, Matcher, Range, Selector};
use kpi_registry::render::human;
use kpi_registry::value::PromDuration;

#[test]
fn what_is_generated_is_right() {
    let names = ["rules.yaml", "slos.yaml", "infrastructure.yaml", "receivers.yaml", "flavours.yaml"];
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/auren/kpi_registry.yaml");
    let mut count = 0;
    for registry in names.into_iter().map(support::registry).chain(load(&example).registry) {
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
        let name = selector(part).and_then(|selector| selector.metric.as_mut());
        let Some(name) = name.filter(|name| !name.starts_with("slo:")) else { return false };
        name.push_str("_x");
        true
    }),
    ("a label is misspelt", "KPI1042", |part| {
        let is_known = |selector: &&mut Selector| {
            selector.metric.as_ref().is_some_and(|name| !name.starts_with("slo:") && name != "up")
        };
        let Some(selector) = selector(part).filter(is_known) else { return false };
        let Some(matcher) = selector.matchers.iter_mut().find(|matcher| matcher.label != "__name__") else {
            return false;
        };
        let is_open = selector.metric.as_deref() == Some("ALERTS");
        matcher.label.push_str("_x");
        !is_open
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
