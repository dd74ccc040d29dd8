//! Tests of SLOs, for `promtool test rules`.

mod absence;
mod injected;
mod raw;

use std::borrow::Cow;
use std::collections::BTreeMap;

use kpi_registry::promql::Expr;
use kpi_registry::registry::Registry;
use kpi_registry::value::PromDuration;

use super::{Planned, name};
use crate::artifact::{Artifact, File, FileKind};
use crate::artifacts::prometheus::alerting::{self, Alert};
use crate::artifacts::prometheus::rule_tests::expected;
use crate::artifacts::prometheus::timeline::{Labels, STEP, Timeline};
use crate::artifacts::prometheus::{RULES_FROM_TESTS, TESTS, derived};
use crate::wire::rules::{AlertTest, ExpectedAlert, ExpectedSample, ExprTest, InputSeries, Test, TestFile};
use kpi_registry::series::target_labels;

crate::documented! {
    /// Tests of every alert on an SLO, run by `kpi test`. With injected records: silent at the threshold, firing just
    /// above it, silent with one window alone, after recovery, with too little traffic and without data. From raw
    /// series, for the fastest tier: the same, and no value that is no number when nothing happens.
    pub struct SloTests;
}

impl Artifact for SloTests {
    fn id(&self) -> &'static str {
        "prometheus-slo-tests"
    }

    fn group(&self) -> &'static str {
        "prometheus"
    }

    fn about(&self) -> &'static str {
        Self::ABOUT
    }

    fn files(&self, registry: &Registry) -> Vec<File> {
        let planned = alerting::plan(registry).slos;
        let mut sections: BTreeMap<(&str, String), Vec<&Planned<'_>>> = BTreeMap::new();
        for slo in &planned {
            let section = if slo.plan.is_derived {
                (derived::NAME, derived::NAME.to_owned())
            } else {
                (slo.plan.series.section, name(slo.plan.series.section))
            };
            sections.entry(section).or_default().push(slo);
        }
        sections
            .iter()
            .filter_map(|((name, rules), slos)| {
                let tests: Vec<Test<'_>> =
                    injected::test(registry, slos).into_iter().chain(raw::tests(registry, slos)).collect();
                let file = TestFile {
                    rule_files: vec![format!("{RULES_FROM_TESTS}/{rules}.yml")],
                    evaluation_interval: STEP.to_string(),
                    tests,
                };
                let path = format!("{TESTS}/{name}.slos.test.yml");
                (!file.tests.is_empty()).then(|| File::yaml(path, FileKind::PrometheusTests, &file))
            })
            .collect()
    }
}

/// A test on its way. All SLOs of a file share it, each with series of its own: a test costs promtool a new database and
/// an evaluation of every rule of the file.
#[derive(Default)]
struct Draft<'a> {
    series: Vec<InputSeries>,
    alerts: BTreeMap<(PromDuration, &'a str), Vec<ExpectedAlert<'a>>>,
    expressions: BTreeMap<(PromDuration, String), Option<i64>>,
}

impl<'a> Draft<'a> {
    /// Expects the alerts of one name at one time: those that fire, with the labels and the value of the expression.
    fn expect(
        &mut self,
        at: PromDuration,
        name: &'a str,
        firing: impl IntoIterator<Item = (&'a Alert<'a>, Labels<'a>, f64)>,
    ) {
        let firing = firing.into_iter().map(|(alert, labels, value)| expected(alert, &labels, value));
        self.alerts.entry((at, name)).or_default().extend(firing);
    }

    /// Expects an expression to give this one value without labels, or nothing.
    fn evaluate(&mut self, at: PromDuration, expr: &Expr, value: Option<i64>) {
        self.expressions.insert((at, expr.to_string()), value);
    }

    fn add(&mut self, timeline: Timeline) {
        let series = timeline.into_series();
        self.series.extend(series.map(|(series, values)| InputSeries { series, values }));
    }

    fn finish(self, name: &str) -> Option<Test<'a>> {
        let alerts = self.alerts.into_iter().map(|((at, name), exp_alerts)| AlertTest {
            eval_time: at.to_string(),
            alertname: Cow::Borrowed(name),
            exp_alerts,
        });
        let sample = |value| ExpectedSample { labels: "{}".into(), value };
        let expressions = self.expressions.into_iter().map(|((at, expr), value)| ExprTest {
            expr,
            eval_time: at.to_string(),
            exp_samples: value.map(sample).into_iter().collect(),
        });
        let test = Test {
            name: name.to_owned(),
            interval: STEP.to_string(),
            input_series: self.series,
            alert_rule_test: alerts.collect(),
            promql_expr_test: expressions.collect(),
        };
        (!test.input_series.is_empty()).then_some(test)
    }
}

/// The labels that a series of an SLO has of its events: the first value of every label that is kept.
fn kept_labels<'a>(registry: &'a Registry, slo: &'a Planned<'a>) -> Labels<'a> {
    let plan = &slo.plan;
    let agent = plan.agents.first().map_or("test", |agent| registry.agent(*agent).name.as_str());
    let of_target = target_labels(registry).into_iter().filter(|label| *label != "agent");
    let mut labels: Labels<'a> = of_target.map(|label| (label, "test")).collect();
    if plan.keeps_agent() {
        labels.insert("agent", agent);
    }
    for label in plan.slo.slo.by.iter().map(|label| registry.label(label.value)) {
        let first = label.values.closed().and_then(|values| values.first());
        labels.insert(&label.name.value, first.map_or("test", |value| value.value.as_str()));
    }
    labels
}
