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

use kpi_registry::checks::check_expression;
use kpi_registry::diagnostic::Diagnostics;
use kpi_registry::load::load;
use kpi_registry::promql::Dialect;
use kpi_registry::registry::Registry;
use kpi_registry::render::human;
use kpi_registry::source::{SourceMap, Span, Spanned};

/// What is found in the expressions of the generated rules, and how many there are.
fn judged(registry: &Registry) -> (String, usize) {
    let directory = tempfile::tempdir().unwrap();
    support::write(&support::prometheus(registry), directory.path());
    let rules = support::rules(directory.path());
    let dialect = Dialect::rules(registry.prometheus.version.value);
    let (mut sources, mut found) = (SourceMap::default(), Diagnostics::default());
    let texts: Vec<Spanned<String>> = rules
        .iter()
        .map(|rule| {
            let expr = rule.expr().to_owned();
            let file = sources.add("rule".into(), "rule".into(), expr.clone());
            let span = Span::new(file, 0, u32::try_from(expr.len()).unwrap());
            Spanned::new(expr, span)
        })
        .collect();
    for text in &texts {
        let mut of_one = Diagnostics::default();
        check_expression(registry, &sources, text, dialect, &mut of_one);
        // A record computes what it records.
        of_one
            .iter()
            .filter(|finding| finding.code != "KPI1057")
            .for_each(|finding| found.push(finding.clone()));
    }
    let found = if found.is_empty() { String::new() } else { human(&found, &sources, false) };
    (found, rules.len())
}

#[test]
fn what_is_generated_is_right() {
    let names = ["rules.yaml", "slos.yaml", "infrastructure.yaml", "receivers.yaml", "flavours.yaml"];
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/auren/kpi_registry.yaml");
    let registries = names.into_iter().map(support::registry).chain(load(&example).registry);
    let (found, counts): (String, Vec<usize>) = registries.map(|registry| judged(&registry)).unzip();
    assert_eq!(found, "");
    let count: usize = counts.iter().sum();
    assert!(count > 300, "only {count} rules were judged");
}
